import RiposteCore
import RiposteInference

import func Foundation.exp

/// One way through the decoder: from the prompt to the end of the text.
///
/// A draft, the previous hypothesis of the same utterance, is verified in a single pass: it gives what the decoder would
/// choose after each of the draft's tokens. Those that agree are kept, and decoding goes on from there. Since a run over
/// many tokens is not computed in the same order as one over a single token, a choice that is nearly a tie is made anew
/// from a run of its own, so that the result is that of decoding without a draft.
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
        /// Choices closer than this, in logits, are made from a run of one token.
        var draftMargin: Float
    }

    let model: WhisperModel
    let memory: WhisperModel.Memory
    let options: Options
    let run: RunHandle

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
    static func languages(
        _ model: WhisperModel, _ memory: WhisperModel.Memory, run: RunHandle
    ) throws -> [(code: String, probability: Double)] {
        var past = model.noPast
        let logits = try model.decode([model.vocabulary.startOfTranscript], past: &past, memory: memory, run: run)
        let languages = model.vocabulary.languages.sorted { $0.value < $1.value }
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
        var next = try verifyDraft()
        while let token = next {
            hypothesis.tokens.append(token)
            guard hypothesis.tokens.count < options.limit, !Repetition.isLoop(hypothesis.tokens) else {
                return hypothesis
            }
            if run.isCancelled { throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.") }
            let logits = try model.decode([token], past: &past, memory: memory, run: run)
            next = try choose(from: logits, row: 0)
        }
        return hypothesis
    }

    /// Runs the prompt with the draft behind it and keeps what agrees.
    /// - Returns: the token after that, or nil for the end.
    private mutating func verifyDraft() throws -> Int? {
        let (prompt, draft) = (options.prompt, Array(options.draft.prefix(options.limit - 1)))
        let logits = try model.decode(prompt + draft, past: &past, memory: memory, run: run)
        hypothesis.noSpeechProbability = try noSpeech(logits)
        for (index, token) in draft.enumerated() {
            let choice = try scored(logits, row: prompt.count - 1 + index) { scores in
                let best = scores.best
                return (
                    token: best.token, isClear: best.logit - best.runnerUp >= options.draftMargin,
                    logProbability: scores.logProbability(of: token, largest: best.logit)
                )
            }
            guard index < options.settled || (choice.token == token && choice.isClear) else {
                return try leaveDraft(after: index, choice.isClear ? (logits, prompt.count - 1 + index) : nil)
            }
            hypothesis.tokens.append(token)
            hypothesis.logProbabilities.append(choice.logProbability)
        }
        if draft.isEmpty { return try choose(from: logits, row: prompt.count - 1) }
        let isClear = try scored(logits, row: prompt.count - 1 + draft.count) { scores in
            let best = scores.best
            return best.logit - best.runnerUp >= options.draftMargin
        }
        return try leaveDraft(after: draft.count, isClear ? (logits, prompt.count - 1 + draft.count) : nil)
    }

    /// Goes on without the draft.
    /// - Parameters:
    ///   - kept: tokens of it that were kept.
    ///   - choice: the logits and row for the next token, or nil to compute them from a run without the draft.
    private mutating func leaveDraft(after kept: Int, _ choice: (logits: Tensor, row: Int)?) throws -> Int? {
        if let choice {
            past = try model.truncated(past, to: options.prompt.count + kept)
            return try choose(from: choice.logits, row: choice.row)
        }
        let last = kept == 0 ? options.prompt : [hypothesis.tokens[kept - 1]]
        past = try model.truncated(past, to: kept == 0 ? 0 : options.prompt.count + kept - 1)
        let logits = try model.decode(last, past: &past, memory: memory, run: run)
        return try choose(from: logits, row: last.count - 1)
    }

    /// The next token, with its score noted; nil for the end.
    private mutating func choose(from logits: Tensor, row: Int) throws -> Int? {
        var generator = generator
        let choice = try scored(logits, row: row) { scores in
            let best = scores.best
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
