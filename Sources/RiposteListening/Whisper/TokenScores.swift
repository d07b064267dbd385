import Foundation

/// A row of logits with the mask of what may be chosen: picks tokens and scores them.
struct TokenScores {
    let logits: UnsafeBufferPointer<Float>
    /// Added to the logits: −∞ or 0.
    let mask: UnsafeBufferPointer<Float>

    /// Logits this far below the largest add nothing: e^−20 times the whole vocabulary is 1e-4.
    private static let reach: Float = 20

    /// The likeliest token, its logit, and that of the second likeliest.
    var best: (token: Int, logit: Float, runnerUp: Float) {
        var token = 0
        var first = -Float.infinity
        var second = -Float.infinity
        var index = 0
        while index < logits.count {
            let value = logits[index] + mask[index]
            if value > second {
                if value > first {
                    (second, first, token) = (first, value, index)
                } else {
                    second = value
                }
            }
            index &+= 1
        }
        return (token, first, second)
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
        let least = largest - Self.reach / scale
        var sum: Float = 0
        var index = 0
        while index < logits.count {
            let value = logits[index] + mask[index]
            if value > least { sum += exp((value - largest) * scale) }
            index &+= 1
        }
        return sum
    }
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
