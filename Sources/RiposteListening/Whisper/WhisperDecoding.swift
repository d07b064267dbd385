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
        /// As the sound and the favoured phrases have it.
        var logProbabilities: [Float] = []
        /// The same as the sound alone has it.
        var plainLogProbabilities: [Float] = []
        /// How far each choice was from the second best, in logits.
        var margins: [Float] = []
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

    /// What follows the text so far.
    private enum Step {
        case token(Int)
        case end
        /// The choice is close, and several texts are to go on.
        case fork(WhisperLogits, row: Int)
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
        /// After a draft, a choice closer than this, in logits, is nearly a tie. 0 takes it as it comes.
        var draftMargin: Float
        /// Phrases to favour. Not where chance chooses.
        var bias: PhraseBias?
        /// How to go on where a choice is close. Not where chance chooses.
        var beam = BeamSearch(width: 1)
    }

    private let model: WhisperModel
    private let memory: WhisperModel.Memory
    private let run: RunHandle

    private var options: Options
    private var past: WhisperModel.Past
    private var hypothesis = Hypothesis()
    private var phrases = PhraseBias.State()
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
        return try mask.withUnsafeBufferPointer { mask in
            try logits.withRow(0, mask: mask, exact: languages.map(\.value)) { scores in
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
            phrases = .init()
            try decodeOnce()
        }
        return hypothesis
    }

    private mutating func decodeOnce() throws {
        var next = try verifyDraft()
        while case .token(let token) = next {
            append(token)
            guard hypothesis.tokens.count < options.limit, !Repetition.isLoop(hypothesis.tokens) else { return }
            if run.isCancelled { throw RiposteError(.cancelled, .transcription, "The transcription was cancelled.") }
            let logits = try model.decode([token], past: &past, memory: memory, run: run)
            next = try choose(from: logits, row: 0)
        }
        guard case .fork(let logits, let row) = next else { return }
        let start = WhisperBeam.Start(hypothesis: hypothesis, phrases: phrases, past: past)
        var search = WhisperBeam(model, memory, options, from: start, run: run)
        hypothesis = try search.decode(logits, row: row)
    }

    /// Choices closer than this are given to the beam search; 0 without one.
    private var forkMargin: Float {
        options.beam.width > 1 && options.temperature == 0 ? options.beam.margin : 0
    }

    /// Runs the prompt with the draft behind it and keeps what agrees.
    /// - Returns: what is after that.
    private mutating func verifyDraft() throws -> Step {
        let (prompt, draft) = (options.prompt, Array(options.draft.prefix(options.limit - 1)))
        // A draft must not decide whether a choice is close, either.
        options.draftMargin = draft.isEmpty || options.draftMargin == 0 ? 0 : options.draftMargin + forkMargin
        let logits = try model.decode(prompt + draft, past: &past, memory: memory, run: run)
        hypothesis.noSpeechProbability = try Self.noSpeech(logits, prompt: options.prompt, model)
        for (index, token) in draft.enumerated() {
            let row = prompt.count - 1 + index
            let isSettled = index < options.settled
            let raises = raises
            let reach = options.bias?.reach ?? 0
            let choice = try scored(logits, row: row, exact: [token] + raises.map(\.token)) { scores in
                let best = scores.best(raising: raises, reach: reach, margin: options.draftMargin)
                return (best: best, scores: Scores(of: token, best, scores, raises, reach))
            }
            if choice.best.isNearTie, !isSettled { throw NearTie() }
            guard isSettled || choice.best.token == token else {
                past = try model.truncated(past, to: prompt.count + index)
                return try choose(from: logits, row: row)
            }
            note(choice.scores)
            append(token)
        }
        return try choose(from: logits, row: prompt.count - 1 + draft.count)
    }

    /// The next token, with its score noted.
    private mutating func choose(from logits: WhisperLogits, row: Int) throws -> Step {
        var generator = generator
        let raises = raises
        let reach = options.bias?.reach ?? 0
        let choice = try scored(logits, row: row, exact: raises.map(\.token)) {
            scores -> (token: Int, scores: Scores)? in
            let best = scores.best(raising: raises, reach: reach, margin: options.draftMargin)
            if best.isNearTie { throw NearTie() }
            if best.score - best.runnerUp < forkMargin { return nil }
            let token =
                options.temperature > 0
                ? scores.sample(temperature: options.temperature, largest: best.largest, using: &generator)
                : best.token
            return (token: token, scores: Scores(of: token, best, scores, raises, reach))
        }
        guard let choice else { return .fork(logits, row: row) }
        self.generator = generator
        note(choice.scores)
        guard choice.token != model.vocabulary.endOfText else {
            hypothesis.isComplete = true
            return .end
        }
        return .token(choice.token)
    }

    /// What is noted of a choice.
    private struct Scores {
        var logProbability: Float
        var plain: Float
        var margin: Float

        init(
            of token: Int, _ best: TokenScores.Choice, _ scores: TokenScores, _ raises: [PhraseBias.Raise],
            _ reach: Float
        ) {
            plain = scores.logProbability(of: token, largest: best.largest)
            logProbability =
                raises.isEmpty
                ? plain : scores.logProbability(of: token, raising: raises, reach: reach, largest: best.largest)
            margin = best.score - best.runnerUp
        }
    }

    private mutating func note(_ scores: Scores) {
        hypothesis.logProbabilities.append(scores.logProbability)
        hypothesis.plainLogProbabilities.append(scores.plain)
        hypothesis.margins.append(scores.margin)
    }

    private mutating func append(_ token: Int) {
        if let bias = options.bias {
            phrases = bias.advanced(phrases, by: token, isStart: hypothesis.tokens.isEmpty)
        }
        hypothesis.tokens.append(token)
    }

    /// What phrases raise among the next tokens.
    private var raises: [PhraseBias.Raise] {
        guard let bias = options.bias, options.temperature == 0 else { return [] }
        return bias.raises(after: phrases, isStart: hypothesis.tokens.isEmpty)
    }

    /// - Parameter exact: tokens whose scores count, whatever they are.
    private func scored<Result>(
        _ logits: WhisperLogits, row: Int, exact: [Int], _ body: (TokenScores) throws -> Result
    ) throws -> Result {
        let mask = hypothesis.tokens.isEmpty ? model.maskAtStart : model.mask
        return try mask.withUnsafeBufferPointer { try logits.withRow(row, mask: $0, exact: exact, body) }
    }

    /// Whisper's probability that there is no speech: that of a special token right after the start.
    static func noSpeech(_ logits: WhisperLogits, prompt: [Int], _ model: WhisperModel) throws -> Double {
        let start = prompt.firstIndex(of: model.vocabulary.startOfTranscript) ?? 0
        let mask = [Float](repeating: 0, count: model.vocabularySize)
        return try mask.withUnsafeBufferPointer { mask in
            try logits.withRow(start, mask: mask, exact: [model.vocabulary.noSpeech]) { scores in
                exp(Double(scores.logProbability(of: model.vocabulary.noSpeech, largest: scores.best.logit)))
            }
        }
    }
}
