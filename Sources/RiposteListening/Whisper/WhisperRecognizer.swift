import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference
import Synchronization

/// Recognises one piece of up to 30 s at a time: features to hypothesis, with a second try where the first one fails.
final class WhisperRecognizer: Sendable {
    /// What was recognised, and from what.
    struct Result: Sendable {
        var hypothesis = WhisperDecoding.Hypothesis()
        var language: String?
        /// Nil where the language was given.
        var languageProbability: Double?
        /// Empty unless asked for. Times count from the start of the piece.
        var words: [Transcript.Word] = []
        /// Whether phrases were favoured.
        var hasPhrases = false
        /// No speech, whatever the hypothesis says.
        var isSilence = false
    }

    /// What is known of the utterance beforehand.
    struct Hints: Sendable {
        var language: String?
        /// Where no language is given: those it may be. Empty is any.
        var candidateLanguages: [String] = []
        var task = TranscriptionRequest.Task.transcribe
        /// Tokens of what is taken to have been said before.
        var previous: [Int] = []
        /// The hypothesis before, and how much of it is settled.
        var draft: [Int] = []
        var settled = 0
        /// The piece ends at this frame of the spectrogram. Default: at the end of the sound.
        var frames: Int?
        /// Whether the words' times are looked for.
        var wantsWords = false
        /// Whether the result must not depend on the draft, not even in a near tie.
        var isExact = true
        /// Phrases to favour.
        var bias: PhraseBias?
        /// Whether a failure is worth another try.
        var allowsFallback = true
    }

    /// Frames of Whisper's window of 30 s.
    static let fullWindow = 3000
    /// A window of more frames than this is large: what it needs of memory counts.
    static let largeWindow = 1000
    /// Tokens of text at most, Whisper's own.
    private static let tokenLimit = 224
    /// Tokens that the decoder has positions for, the prompt's included.
    private static let positions = 448

    let model: WhisperModel
    let configuration: WhisperTranscriber.Configuration
    let confidence: WhisperConfidence
    /// Held by who encodes a large window.
    let largeWindows = Mutex(())

    init(folder: URL, configuration: WhisperTranscriber.Configuration) throws {
        self.configuration = configuration
        model = try WhisperModel(
            .init(
                folder: folder, encoderPrecision: configuration.encoderPrecision,
                decoderPrecision: configuration.decoderPrecision, threads: configuration.threads,
                keepsMemory: configuration.concurrentUtterances == 1))
        confidence = WhisperConfidence(width: model.manifest.dimensions.width)
    }

    func spectrogram() -> LogMelSpectrogram { LogMelSpectrogram(melCount: model.melCount) }

    /// Runs everything once on a second of hum, so that memory is there and the code is warm.
    func warmUp() throws {
        var spectrogram = spectrogram()
        spectrogram.append((0..<16_000).map { 0.1 * sin(Float($0) * 0.1) })
        var hints = Hints()
        hints.language = "en"
        hints.allowsFallback = false
        _ = try recognize(spectrogram, hints, run: RunHandle())
    }

    func detectLanguage(
        in spectrogram: LogMelSpectrogram, candidates: [String] = [], run: RunHandle
    ) throws -> (language: String, probability: Double) {
        guard !model.vocabulary.languages.isEmpty else { return ("en", 1) }
        let memory = try encode(spectrogram, sounding(spectrogram, Hints()), configuration.window, run: run)
        return try language(memory, candidates: candidates, run: run)
    }

    /// Recognises the sound of a spectrogram, up to 30 s.
    func recognize(_ spectrogram: LogMelSpectrogram, _ hints: Hints, run: RunHandle) throws -> Result {
        let sounding = sounding(spectrogram, hints)
        guard !sounding.isEmpty, spectrogram.loudest > configuration.silenceLevel else {
            return Result(language: hints.language, isSilence: true)
        }
        var memory = try encode(spectrogram, sounding, configuration.window, run: run)
        let detected =
            try hints.language == nil ? language(memory, candidates: hints.candidateLanguages, run: run) : nil
        let language = hints.language ?? detected?.language
        let prompt = model.vocabulary.prompt(language: language, task: hints.task, after: hints.previous)
        // The end of the text takes a position too.
        let limit = min(limit(frames: sounding.count), Self.positions - prompt.count - 1)
        let options = WhisperDecoding.Options(
            prompt: prompt, draft: hints.draft, settled: hints.settled, limit: limit,
            draftMargin: hints.isExact ? configuration.draftMargin : 0, bias: hints.bias, beam: beam(hints))
        var result = Result(language: language, languageProbability: detected?.probability)
        result.hasPhrases = hints.bias != nil
        result.hypothesis = try WhisperDecoding.hypothesis(model, memory, options, run: run)
        if isFailure(result.hypothesis), !isSilence(result.hypothesis), hints.allowsFallback {
            if configuration.window == .utterance, !configuration.fallbackTemperatures.isEmpty {
                memory = try encode(spectrogram, sounding, .full, run: run)
            }
            result.hypothesis = try tryAgain(after: result.hypothesis, memory, options, run: run)
        }
        result.isSilence = isSilence(result.hypothesis)
        if hints.wantsWords, !result.isSilence {
            result.words = try words(
                of: result.hypothesis, prompt: options.prompt, memory, end: sounding.upperBound, run: run)
        }
        return result
    }

    /// The beam search that the configuration has for such an utterance. A partial transcript is not worth one.
    private func beam(_ hints: Hints) -> BeamSearch {
        guard hints.isExact, hints.settled == 0 else { return BeamSearch(width: 1) }
        guard hints.bias != nil else { return configuration.beam }
        var beam = configuration.beam.width == 1 ? configuration.phraseBeam : configuration.beam
        beam.lengthPenalty = 0
        return beam
    }

    /// Decodes what failed on the full window: another window first, since that is what went wrong if anything did; only
    /// then chance.
    private func tryAgain(
        after first: WhisperDecoding.Hypothesis, _ memory: WhisperModel.Memory, _ options: WhisperDecoding.Options,
        run: RunHandle
    ) throws -> WhisperDecoding.Hypothesis {
        var options = options
        options.draft = Array(options.draft.prefix(options.settled))
        var tries = [first]
        for temperature in configuration.fallbackTemperatures
        where temperature > 0 || configuration.window == .utterance {
            options.temperature = temperature
            let hypothesis = try WhisperDecoding.hypothesis(
                model, memory, options, seed: configuration.seed, run: run)
            if !isFailure(hypothesis) || isSilence(hypothesis) { return hypothesis }
            tries.append(hypothesis)
        }
        let sane = tries.filter { !isLoop($0) }
        return (sane.isEmpty ? tries : sane).max { $0.averageLogProbability < $1.averageLogProbability } ?? first
    }

    /// The text of tokens, without space around it.
    func text(of tokens: [Int]) -> String {
        model.tokenizer.decode(tokens, droppingIncompleteEnd: true).trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What the session is told of a result.
    func transcript(of result: Result) -> Transcript {
        let hypothesis = result.hypothesis
        guard !result.isSilence else {
            return Transcript(
                text: "", language: result.language, confidence: 0,
                noSpeechProbability: hypothesis.tokens.isEmpty ? 1 : hypothesis.noSpeechProbability)
        }
        let evidence = TranscriptEvidence(hypothesis, hasPhrases: result.hasPhrases)
        var transcript = Transcript(
            text: text(of: hypothesis.tokens), language: result.language,
            confidence: confidence.probability(evidence), noSpeechProbability: hypothesis.noSpeechProbability,
            words: result.words)
        transcript.evidence = evidence.values
        return transcript
    }

    private func language(
        _ memory: WhisperModel.Memory, candidates: [String], run: RunHandle
    ) throws -> (language: String, probability: Double) {
        guard !model.vocabulary.languages.isEmpty else { return ("en", 1) }
        let best = try WhisperDecoding.languages(model, memory, candidates: candidates, run: run)
            .max { $0.probability < $1.probability }
        return best.map { ($0.code, $0.probability) } ?? ("en", 0)
    }

    private func limit(frames: Int) -> Int {
        min(Self.tokenLimit, 12 + Int(Double(frames) / 100 * configuration.tokensPerSecond))
    }

    private func isFailure(_ hypothesis: WhisperDecoding.Hypothesis) -> Bool {
        isLoop(hypothesis) || hypothesis.averageLogProbability < configuration.logProbabilityLimit
    }

    private func isLoop(_ hypothesis: WhisperDecoding.Hypothesis) -> Bool {
        !hypothesis.isComplete
            || Repetition.compressionRatio(of: model.tokenizer.decode(hypothesis.tokens))
                > configuration.compressionLimit
    }

    private func isSilence(_ hypothesis: WhisperDecoding.Hypothesis) -> Bool {
        hypothesis.noSpeechProbability > configuration.noSpeechLimit
            && hypothesis.averageLogProbability < configuration.silenceLogProbability
    }
}
