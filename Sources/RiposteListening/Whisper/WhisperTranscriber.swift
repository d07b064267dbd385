import Foundation
import RiposteAudio
import RiposteCore
import RiposteInference

/// Speech to text with Whisper.
///
/// One transcriber serves any number of utterances; they share the weights and take turns on the transcriber's own
/// thread. By default an utterance costs what its length costs, not what Whisper's window of 30 s does: what the silence
/// after it would contribute has been computed once, when the model was prepared.
///
/// ```swift
/// let transcriber = WhisperTranscriber(folder: try store.folder(of: "whisper-base"), name: "whisper-base")
/// let transcript = try await transcriber.transcribe(samples)
/// ```
public actor WhisperTranscriber: Transcriber {
    public nonisolated let name: String
    public nonisolated let configuration: Configuration

    private let folder: URL
    private let voiceActivity: (any WindowScorer)?
    private var loaded: WhisperRecognizer?
    /// The last request's phrases as tokens: they are mostly the next one's, too.
    private var bias: (phrases: [String], boost: Double, value: PhraseBias?)?

    private let thread = InferenceThread(name: "whisper")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    /// Utterances take turns on these. Where there are several, none is the actor's own, which has to be free to begin the
    /// next utterance.
    private let workers: [InferenceThread]
    private var begun = 0

    /// - Parameters:
    ///   - folder: of the prepared model.
    ///   - name: see `Transcriber`; by default the folder's.
    ///   - voiceActivity: when given, sound in which it hears no speech gives an empty transcript. Default: none,
    ///     because a session listens with its own.
    public init(
        folder: URL, name: String? = nil, configuration: Configuration = .init(),
        voiceActivity: (any WindowScorer)? = nil
    ) {
        self.folder = folder
        self.name = name ?? folder.lastPathComponent
        self.configuration = configuration
        self.voiceActivity = voiceActivity
        let count = configuration.concurrentUtterances
        workers = count > 1 ? (1...count).map { InferenceThread(name: "whisper-\($0)") } : [thread]
    }

    /// Loads the graphs and runs them once, so that the first utterance is not slower than the others.
    /// - Throws: `RiposteError`: `.modelMissing`, `.corrupt`, `.libraryMissing`.
    public func load() throws {
        _ = try recognizer()
    }

    public func unload() {
        (loaded, bias) = (nil, nil)
    }

    /// - Throws: as `load`; `.badInput` for a language the model does not know, or a task it cannot do.
    public func beginUtterance(_ request: TranscriptionRequest) throws -> any Transcription {
        let recognizer = try recognizer()
        try recognizer.check(request)
        begun += 1
        return WhisperTranscription(
            recognizer: recognizer, request: request, bias: bias(request, recognizer.model.tokenizer),
            voiceActivity: voiceActivity, thread: workers[begun % workers.count])
    }

    /// The language spoken, with its probability. A model that knows English only always says English.
    /// - Parameters:
    ///   - samples: mono, 16 kHz; the first 30 s are listened to.
    ///   - candidates: ISO 639-1 codes of those it may be. Default: all the model knows.
    /// - Throws: as `beginUtterance`.
    public func detectLanguage(
        of samples: [Float], candidates: [String] = []
    ) throws -> (language: String, probability: Double) {
        var request = TranscriptionRequest(language: nil)
        request.candidateLanguages = candidates
        try recognizer().check(request)
        var spectrogram = try recognizer().spectrogram()
        spectrogram.append(samples.prefix(480_000))
        return try recognizer().detectLanguage(in: spectrogram, candidates: candidates, run: RunHandle())
    }

    private func bias(_ request: TranscriptionRequest, _ tokenizer: BytePairTokenizer) -> PhraseBias? {
        if let bias, bias.phrases == request.phrases, bias.boost == request.boost { return bias.value }
        let value = PhraseBias(request.phrases, boost: request.boost, tokenizer: tokenizer)
        bias = (request.phrases, request.boost, value)
        return value
    }

    private func recognizer() throws -> WhisperRecognizer {
        if let loaded { return loaded }
        let recognizer = try WhisperRecognizer(folder: folder, configuration: configuration)
        try recognizer.warmUp()
        loaded = recognizer
        return recognizer
    }
}

extension WhisperTranscriber {
    public struct Configuration: Sendable, Equatable {
        /// What the encoder is given.
        public enum Window: Sendable, Equatable {
            /// The utterance; what the silence after it contributes is known beforehand.
            case utterance
            /// The utterance and silence up to 30 s, as Whisper was trained: the reference, many times slower.
            case full
            /// The same with zeros among the features in the place of silence, as faster-whisper has it: to compare with.
            case zeroPadded
        }

        /// Default: `utterance`.
        public var window = Window.utterance
        /// Default: 8 bits.
        public var encoderPrecision = WhisperPrecision.int8
        /// Default: 8 bits.
        public var decoderPrecision = WhisperPrecision.int8
        /// Threads for the encoder and the decoder. Default 2.
        public var threads = 2
        /// Utterances that are recognised at the same time. Default 1: somebody waits, and an utterance has all threads.
        /// For recordings, as many as there are processors with a thread each take less time in all.
        public var concurrentUtterances = 1
        /// Silence encoded after the utterance, in seconds. Default 0.3.
        public var trailingSilence = 0.3
        /// Sound at either end of an utterance that stays this far below its loudest, in powers of ten of the energy in a
        /// mel band, is taken for quiet and left out; nil keeps all. Default 4, that is 40 dB.
        public var quietDistance: Float? = 4
        /// So much of the quiet is kept at either end, in seconds. Default 0.3.
        public var quietMargin = 0.3

        /// How many texts go on side by side while a final transcript is decoded. Default: one, the likeliest token each
        /// time. A draft saves nothing with more.
        public var beam = BeamSearch(width: 1)
        /// The same with phrases to favour, where `beam` has a width of 1. Default: three from the first choice on that is
        /// closer than 0.5.
        public var phraseBeam = BeamSearch(width: 3, margin: 0.5)

        /// A text longer than this many tokens for each second of sound, and a dozen, is a loop. Default 10: fast speech
        /// has about 6.
        public var tokensPerSecond = 10.0
        /// A text that packs better than this is a loop. Default 2.4, Whisper's own.
        public var compressionLimit = 2.4
        /// A mean log-probability of the tokens below this is a failure. Default −1, Whisper's own.
        public var logProbabilityLimit = -1.0
        /// With a no-speech probability above this, and a mean log-probability of the tokens below `silenceLogProbability`,
        /// there was no speech. Default 0.5: Whisper's own 0.6 lets through what it hears in kitchen noise and knocks, which
        /// `riposte bench silence` counts.
        public var noSpeechLimit = 0.5
        /// See `noSpeechLimit`. Default −0.8; Whisper's own is −1.
        public var silenceLogProbability = -0.8
        /// Tried in turn, on the full window, after a failure. Default Whisper's own. Empty: no second try at all.
        public var fallbackTemperatures: [Float] = [0, 0.2, 0.4, 0.6, 0.8, 1]
        /// What the tries above 0 draw their random numbers from. Default 0.
        public var seed: UInt64 = 0
        /// Sound whose loudest mel energy is below 10 to this is silence. Default −6.5, about −75 dBFS.
        public var silenceLevel: Float = -6.5

        /// Hypotheses in a row that must agree before what they agree on is settled. Default 0: nothing is settled before
        /// the end, so that what comes later can still correct it. What is settled is kept in the final transcript:
        /// with 3, at two hypotheses a second, about one command in ten ends with another word than it would.
        public var settlingHypotheses = 0
        /// Words at the end of what they agree on that are not settled yet. Default 3.
        public var withheldWords = 3
        /// A final transcript is decoded without the hypothesis before if any choice is closer than this, in logits, so
        /// that it never depends on what was asked before. Default 0.3: in 8 bits, a run over many tokens and runs over
        /// one have been seen to differ by up to 0.25. In single precision 0.001 is enough. 0 trusts every draft.
        public var draftMargin: Float = 0.3

        public init() {}

        /// Whisper as it was published: full window, single precision.
        public static var reference: Configuration {
            var configuration = Configuration()
            configuration.window = .full
            configuration.encoderPrecision = .float
            configuration.decoderPrecision = .float
            configuration.draftMargin = 0.001
            return configuration
        }
    }
}
