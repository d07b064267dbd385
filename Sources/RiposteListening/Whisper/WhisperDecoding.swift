import RiposteCore
import RiposteInference

import func Foundation.exp

/// One way through the decoder: from the prompt to the end of the text.
///
/// A draft, the previous hypothesis of the same utterance, is verified in a single pass: it gives what the decoder would
/// choose after each of the draft's tokens. Those that agree are kept, and decoding goes on from there. Since a run over
/// many tokens is not computed in the same order as one over a single token, its scores differ in the last digits. Where a
/// choice is nearly a tie, that could decide it; decoding then starts again without the draft, so that the result never
/// depends on it.
struct WhisperDecoding {
    struct Hypothesis: Sendable, Equatable {
        /// Text tokens, without the end.
        var tokens: [Int] = []
        /// One for each token, and one more for the end, if it was reached.
        var logProbabilities: [Float] = []
        var noSpeechProbability: Double = 0
        /// Whether the end was reached; otherwise there were too many tokens, or the same ones over and over.
        var isComplete = false

        /// The mean over the tokens and the end, as Whisper's limits are meant. 0 without tokens.
        var averageLogProbability: Double {
            guard !logProbabilities.isEmpty else { return 0 }
            return Double(logProbabilities.reduce(0, +)) / Double(logProbabilities.count)
        }
    }

    /// A choice after a draft that the draft may have decided.
    private struct NearTie: Error {}

    struct Options: Sendable {
        var prompt: [Int]
        /// Verified first; may be empty.
        var draft: [Int] = []
        /// So many of the draft's tokens are kept in any case.
        var settled = 0
        /// Text tokens at most.
        var limit: Int
        /// 0 takes the likeliest token each time.
        var temperature: Float = 0
        /// After a draft, a choice closer than this, in logits, is nearly a tie. 0 takes it as it comes.
        var draftMargin: Float
    }

    private let model: WhisperModel
    private let memory: WhisperModel.Memory
    private let run: RunHandle

    private var options: Options
    private var past: WhisperModel.Past
    private var hypothesis = Hypothesis()
    private var generator: SeededGenerator

    /// Decodes.
    /// - Throws: `.cancelled` between two tokens once the run is cancelled; what the decoder throws.
    static func hypothesis(
        _ model: WhisperModel, _ memory: WhisperModel.Memory, _ options: Options, seed: UInt64 = 0, run: RunHandle
    ) throws -> Hypothesis {
        var decoding = WhisperDecoding(model: model, memory: memory, options: options, seed: seed, run: run)
        return try decoding.decode()
    }

    /// The probability of each language after the start token.
    /// - Parameter candidates: the codes of those it may be; empty is any.
    static func languages(
        _ model: WhisperModel, _ memory: WhisperModel.Memory, candidates: [String], run: RunHandle
    ) throws -> [(code: String, probability: Double)] {
        var past = model.noPast
        let logits = try model.decode([model.vocabulary.startOfTranscript], past: &past, memory: memory, run: run)
        let languages = model.vocabulary.languages.sorted { $0.value < $1.value }
            .filter { candidates.isEmpty || candidates.contains($0.key) }
        var mask = [Float](repeating: -.infinity, count: model.vocabularySize)
        for (_, id) in languages { mask[id] = 0 }
        return try logits.withFloats { row in
            mask.withUnsafeBufferPointer { mask in
                let scores = TokenScores(logits: row, mask: mask)
                let largest = scores.best.logit
                return languages.map { ($0.key, exp(Double(scores.logProbability(of: $0.value, largest: largest)))) }
            }
        }
    }

    private init(
        model: WhisperModel, memory: WhisperModel.Memory, options: Options, seed: UInt64, run: RunHandle
    ) {
        self.model = model
        self.memory = memory
        self.options = options
        self.run = run
        past = model.noPast
        generator = SeededGenerator(seed: seed)
    }

    private mutating func decode() throws -> Hypothesis {
        do {
            try decodeOnce()
        } catch is NearTie {
            options.draft = Array(options.draft.prefix(options.settled))
            options.draftMargin = 0
            past = model.noPast
            hypothesis = Hypothesis()
            try decodeOnce()
        }
        return hypothesis
    }

    private mutating func decodeOnce() throws {
        var next = try verifyDraft()
        while let token = next {
            hypothesis.tokens.append(token)
            guard hypothesis.tokens.count < options.limit, !Repetition.isLoop(hypothesis.tokens) else { return }
            if run.isCancelled { throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.") }
            let logits = try model.decode([token], past: &past, memory: memory, run: run)
            next = try choose(from: logits, row: 0)
        }
    }

    /// Runs the prompt with the draft behind it and keeps what agrees.
    /// - Returns: the token after that, or nil for the end.
    private mutating func verifyDraft() throws -> Int? {
        let (prompt, draft) = (options.prompt, Array(options.draft.prefix(options.limit - 1)))
        if draft.isEmpty { options.draftMargin = 0 }
        let logits = try model.decode(prompt + draft, past: &past, memory: memory, run: run)
        hypothesis.noSpeechProbability = try noSpeech(logits)
        for (index, token) in draft.enumerated() {
            let row = prompt.count - 1 + index
            let isSettled = index < options.settled
            let choice = try scored(logits, row: row) { scores in
                let best = scores.best
                return (
                    token: best.token, isNearTie: best.logit - best.runnerUp < options.draftMargin,
                    logProbability: scores.logProbability(of: token, largest: best.logit)
                )
            }
            if choice.isNearTie, !isSettled { throw NearTie() }
            guard isSettled || choice.token == token else {
                past = try model.truncated(past, to: prompt.count + index)
                return try choose(from: logits, row: row)
            }
            hypothesis.tokens.append(token)
            hypothesis.logProbabilities.append(choice.logProbability)
        }
        return try choose(from: logits, row: prompt.count - 1 + draft.count)
    }

    /// The next token, with its score noted; nil for the end.
    private mutating func choose(from logits: Tensor, row: Int) throws -> Int? {
        var generator = generator
        let choice = try scored(logits, row: row) { scores in
            let best = scores.best
            if best.logit - best.runnerUp < options.draftMargin { throw NearTie() }
            let token =
                options.temperature > 0
                ? scores.sample(temperature: options.temperature, largest: best.logit, using: &generator) : best.token
            return (token: token, logProbability: scores.logProbability(of: token, largest: best.logit))
        }
        self.generator = generator
        hypothesis.logProbabilities.append(choice.logProbability)
        guard choice.token != model.vocabulary.endOfText else {
            hypothesis.isComplete = true
            return nil
        }
        return choice.token
    }

    private func scored<Result>(
        _ logits: Tensor, row: Int, _ body: (TokenScores) throws -> Result
    ) throws -> Result {
        let size = model.vocabularySize
        let mask = hypothesis.tokens.isEmpty ? model.maskAtStart : model.mask
        return try logits.withFloats { logits in
            try mask.withUnsafeBufferPointer { mask in
                let row = UnsafeBufferPointer(rebasing: logits[(row * size)..<((row + 1) * size)])
                return try body(TokenScores(logits: row, mask: mask))
            }
        }
    }

    /// Whisper's probability that there is no speech: that of a special token right after the start.
    private func noSpeech(_ logits: Tensor) throws -> Double {
        let start = options.prompt.firstIndex(of: model.vocabulary.startOfTranscript) ?? 0
        let size = model.vocabularySize
        return try logits.withFloats { logits in
            let mask = [Float](repeating: 0, count: size)
            return mask.withUnsafeBufferPointer { mask in
                let row = UnsafeBufferPointer(rebasing: logits[(start * size)..<((start + 1) * size)])
                let scores = TokenScores(logits: row, mask: mask)
                return exp(
                    Double(scores.logProbability(of: model.vocabulary.noSpeech, largest: scores.best.logit)))
            }
        }
    }
}
