import Foundation
import RiposteCore

/// A row of logits with the mask of what may be chosen: picks tokens and scores them.
struct TokenScores {
    let logits: UnsafeBufferPointer<Float>
    /// Added to the logits: −∞ or 0.
    let mask: UnsafeBufferPointer<Float>

    /// Logits this far below the largest add nothing: e^−20 times the whole vocabulary is 1e-4.
    private static let reach: Float = 20

    /// The likeliest token and its logit, and the second likeliest and its.
    var best: (token: Int, logit: Float, second: Int, runnerUp: Float) {
        var token = 0
        var runner = 0
        var first = -Float.infinity
        var second = -Float.infinity
        var index = 0
        while index < logits.count {
            let value = logits[index] + mask[index]
            if value > second {
                if value > first {
                    (second, first, runner, token) = (first, value, token, index)
                } else {
                    (second, runner) = (value, index)
                }
            }
            index &+= 1
        }
        return (token, first, runner, second)
    }

    /// The likeliest tokens with their logits, the best first.
    func likeliest(_ count: Int) -> [(token: Int, logit: Float)] {
        var found: [(token: Int, logit: Float)] = []
        var least = -Float.infinity
        var index = 0
        while index < logits.count {
            let value = logits[index] + mask[index]
            if value > least {
                let place = found.firstIndex { $0.logit < value } ?? found.count
                found.insert((index, value), at: place)
                if found.count > count { found.removeLast() }
                if found.count == count { least = found[count - 1].logit }
            }
            index &+= 1
        }
        return found
    }

    /// Whether a token is at most `reach` below the largest logit.
    func isWithin(_ reach: Float, of largest: Float, _ token: Int) -> Bool {
        logits.indices.contains(token) && logits[token] + mask[token] >= largest - reach
    }

    /// The logarithm of the sum of e^(logit − largest).
    func logSum(largest: Float) -> Float { log(sum(largest: largest, scale: 1)) }

    /// What was chosen of a row, and what from.
    struct Choice {
        var token: Int
        /// Of the token chosen, and of the second best; raised where a phrase raises them.
        var score: Float
        var runnerUp: Float
        /// The largest logit without phrases.
        var largest: Float
        /// Scores that differ so little may decide otherwise.
        var isNearTie: Bool
    }

    /// The best token when some are raised: those that are within `reach` of the likeliest.
    /// - Parameter margin: two scores closer than this are nearly a tie, and so is a token so close to the end of the
    ///   reach that would win if it were inside.
    func best(raising raises: [PhraseBias.Raise], reach: Float, margin: Float) -> Choice {
        let plain = best
        var choice = Choice(
            token: plain.token, score: plain.logit, runnerUp: plain.runnerUp, largest: plain.logit,
            isNearTie: plain.logit - plain.runnerUp < margin)
        guard !raises.isEmpty else { return choice }
        var scores = [plain.token: plain.logit, plain.second: plain.runnerUp]
        var uncertain: [Float] = []
        for raise in raises where logits.indices.contains(raise.token) {
            let value = logits[raise.token] + mask[raise.token]
            let distance = plain.logit - value - reach
            if distance <= 0 { scores[raise.token] = value + raise.amount }
            if abs(distance) < margin { uncertain.append(value + raise.amount) }
        }
        let ordered = scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }
        choice.token = ordered[0].key
        choice.score = ordered[0].value
        choice.runnerUp = ordered[1].value
        choice.isNearTie =
            choice.score - choice.runnerUp < margin || uncertain.contains { $0 > choice.score - margin }
        return choice
    }

    /// The logarithm of a token's probability when some are raised.
    func logProbability(of token: Int, raising raises: [PhraseBias.Raise], reach: Float, largest: Float) -> Float {
        guard !raises.isEmpty else { return logProbability(of: token, largest: largest) }
        var own = logits[token] + mask[token] - largest
        var total = sum(largest: largest, scale: 1)
        for raise in raises where logits.indices.contains(raise.token) {
            let value = logits[raise.token] + mask[raise.token] - largest
            guard value >= -reach else { continue }
            total += exp(value + raise.amount) - exp(value)
            if raise.token == token { own += raise.amount }
        }
        return own - log(total)
    }

    /// The logarithm of a token's probability among those that may be chosen.
    func logProbability(of token: Int, largest: Float) -> Float {
        logits[token] + mask[token] - largest - log(sum(largest: largest, scale: 1))
    }

    /// A token drawn by its probability at a temperature above 0.
    func sample(temperature: Float, largest: Float, using generator: inout SeededGenerator) -> Int {
        let scale = 1 / temperature
        var rest = Float.random(in: 0..<1, using: &generator) * sum(largest: largest, scale: scale)
        var last = 0
        for index in 0..<logits.count {
            let distance = (logits[index] + mask[index] - largest) * scale
            guard distance > -Self.reach else { continue }
            last = index
            rest -= exp(distance)
            if rest < 0 { break }
        }
        return last
    }

    /// The sum of e^(scale · (logit − largest)).
    private func sum(largest: Float, scale: Float) -> Float {
        VectorExponential.sum(
            logits, mask: mask, largest: largest, least: largest - Self.reach / scale, scale: scale)
    }
}
