import Foundation
import RiposteCore
import RiposteInference

/// Beam search: the few best texts so far go on side by side, in one run of the decoder for each token.
///
/// It ends when `width` · `patience` texts have ended. The best of them is the one with the highest mean log-probability,
/// as Whisper has it: without that, short texts would win.
struct WhisperBeam {
    private struct Beam {
        var hypothesis = WhisperDecoding.Hypothesis()
        /// Sum of the log-probabilities.
        var score: Float = 0
        /// What phrases have added: kept where one is complete, given back where it is not.
        var bonus: Float = 0
        var phrases = PhraseBias.State()

        var total: Float { score + bonus }
    }

    private struct Candidate {
        var beam: Int
        var token: Int
        var logProbability: Float
        /// The same as phrases have it.
        var biased: Float
        /// To the best other one after the same text, as phrases have it; negative where that is better.
        var margin: Float
        /// Added by phrases, or taken back.
        var bonus: Float
        var total: Float
    }

    /// Where a search begins.
    struct Start {
        var hypothesis: WhisperDecoding.Hypothesis
        var phrases: PhraseBias.State
        /// What the decoder has seen: the prompt and the hypothesis.
        var past: WhisperModel.Past
    }

    private let model: WhisperModel
    private let memory: WhisperModel.Memory
    private let options: WhisperDecoding.Options
    private let beam: BeamSearch
    private let run: RunHandle
    private var past: WhisperModel.Past
    private var beams: [Beam]
    private var ended: [Beam] = []

    init(
        _ model: WhisperModel, _ memory: WhisperModel.Memory, _ options: WhisperDecoding.Options, from start: Start,
        run: RunHandle
    ) {
        self.model = model
        self.memory = memory
        self.options = options
        self.run = run
        beam = options.beam
        past = start.past
        let score = start.hypothesis.plainLogProbabilities.reduce(0, +)
        let bonus = start.hypothesis.logProbabilities.reduce(0, +) - score
        beams = [Beam(hypothesis: start.hypothesis, score: score, bonus: bonus, phrases: start.phrases)]
    }

    /// Decodes to the end.
    /// - Throws: `.cancelled` between two tokens once the run is cancelled; what the decoder throws.
    mutating func decode(_ first: WhisperLogits, row: Int) throws -> WhisperDecoding.Hypothesis {
        var (logits, rows) = (first, [row])
        let wanted = max(1, Int((Double(beam.width) * beam.patience).rounded()))
        while true {
            let candidates = try rows.enumerated().flatMap { try self.candidates(logits, row: $1, beam: $0) }
                .sorted { ($0.total, $1.token) > ($1.total, $0.token) }
            let previous = beams.count
            let kept = advance(candidates)
            guard let best = beams.first, ended.count < wanted, best.hypothesis.tokens.count < options.limit,
                !isDecided(best)
            else { break }
            if run.isCancelled { throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.") }
            if kept != Array(0..<previous) { past = try model.rows(kept, of: past) }
            logits = try model.decode(
                batch: beams.map { $0.hypothesis.tokens.suffix(1) }, past: &past, memory: memory, run: run)
            rows = Array(beams.indices)
        }
        let best = (ended.isEmpty ? beams : ended).max { normalized($0) < normalized($1) }
        return best?.hypothesis ?? .init()
    }

    /// What may follow one of the texts: the likeliest tokens, and those that phrases raise.
    private func candidates(_ logits: WhisperLogits, row: Int, beam index: Int) throws -> [Candidate] {
        let beam = beams[index]
        let isStart = beam.hypothesis.tokens.isEmpty
        let raises = options.bias?.raises(after: beam.phrases, isStart: isStart) ?? []
        let count = 2 * self.beam.width
        let mask = isStart ? model.maskAtStart : model.mask
        return try mask.withUnsafeBufferPointer { mask in
            try logits.withRow(
                row, mask: mask, exact: raises.map(\.token), leading: max(WhisperLogits.leading, 2 * count)
            ) { self.candidates($0, likeliest: $0.likeliest(count), beam, index, raises) }
        }
    }

    private func candidates(
        _ scores: TokenScores, likeliest: [(token: Int, logit: Float)], _ beam: Beam, _ index: Int,
        _ raises: [PhraseBias.Raise]
    ) -> [Candidate] {
        guard let largest = likeliest.first?.logit else { return [] }
        var tokens = Set(likeliest.map(\.token))
        var amounts: [Int: Float] = [:]
        if let bias = options.bias {
            for raise in raises where scores.isWithin(bias.reach, of: largest, raise.token) {
                tokens.insert(raise.token)
                amounts[raise.token] = raise.amount
            }
        }
        let total = scores.logSum(largest: largest)
        let added = amounts.reduce(Float(0)) { sum, raise in
            let plain = exp(scores.logits[raise.key] + scores.mask[raise.key] - largest - total)
            return sum + plain * (exp(raise.value) - 1)
        }
        let ordered = tokens.map { scores.logits[$0] + scores.mask[$0] + (amounts[$0] ?? 0) }.sorted(by: >)
        let givenBack = (options.bias?.amount ?? 0) * Float(beam.phrases.unfinished)
        return tokens.map { token in
            let raised = scores.logits[token] + scores.mask[token] + (amounts[token] ?? 0)
            let logProbability = scores.logits[token] + scores.mask[token] - largest - total
            let bonus = (amounts[token] ?? 0) - givenBack
            return Candidate(
                beam: index, token: token, logProbability: logProbability,
                biased: logProbability + (amounts[token] ?? 0) - log(1 + added),
                margin: raised == ordered[0] ? raised - (ordered.dropFirst().first ?? raised) : raised - ordered[0],
                bonus: bonus, total: beam.total + logProbability + bonus)
        }
    }

    /// Makes of the best candidates the next beams.
    ///
    /// Only those that end among the best `width` end; what they leave free is taken by the next ones that go on.
    /// - Returns: the rows the beams come from.
    private mutating func advance(_ candidates: [Candidate]) -> [Int] {
        var next: [Beam] = []
        var kept: [Int] = []
        for (rank, candidate) in candidates.enumerated() where next.count < beam.width {
            var beam = beams[candidate.beam]
            beam.score += candidate.logProbability
            beam.bonus += candidate.bonus
            beam.hypothesis.logProbabilities.append(candidate.biased)
            beam.hypothesis.plainLogProbabilities.append(candidate.logProbability)
            beam.hypothesis.margins.append(candidate.margin)
            guard candidate.token != model.vocabulary.endOfText else {
                if rank < self.beam.width {
                    beam.hypothesis.isComplete = true
                    ended.append(beam)
                }
                continue
            }
            if let bias = options.bias {
                let isStart = beam.hypothesis.tokens.isEmpty
                beam.phrases =
                    candidate.bonus > -bias.amount * Float(beam.phrases.unfinished)
                    ? bias.advanced(beam.phrases, by: candidate.token, isStart: isStart) : .init()
            }
            beam.hypothesis.tokens.append(candidate.token)
            guard !Repetition.isLoop(beam.hypothesis.tokens) else { continue }
            next.append(beam)
            kept.append(candidate.beam)
        }
        // A text that loops is worth something only where there is no other.
        if next.isEmpty, ended.isEmpty { ended = beams }
        beams = next
        return kept
    }

    /// Whether nothing that goes on can win any more. Where the length does not count, a score only falls; phrases still to
    /// come could raise it, but a text that has ended is not to be outdone by adding phrases to it.
    private func isDecided(_ best: Beam) -> Bool {
        beam.lengthPenalty == 0 && ended.contains { $0.total >= best.total }
    }

    private func normalized(_ beam: Beam) -> Float {
        let length = Float(max(1, beam.hypothesis.tokens.count))
        return beam.total / Float(pow(Double(length), self.beam.lengthPenalty))
    }
}
