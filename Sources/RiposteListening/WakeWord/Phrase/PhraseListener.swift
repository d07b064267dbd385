import Foundation
import RiposteCore
import RiposteInference

/// Looks at pieces of sound for phrases: the recogniser behind ``PhraseDetector`` and ``PhraseVerifier``.
///
/// The recogniser is loaded for the first piece, and let go of when it was not needed for a while.
public actor PhraseListener {
    public struct Configuration: Sendable {
        /// Seconds of sound without a piece to look at after which the recogniser is let go of; it comes back within
        /// half a second. Default 30. nil keeps it.
        public var unloadsAfter: Double? = 30
        /// Gives the phonemes of a text. Default: a rough alphabet of letters.
        public var phonemes: (@Sendable (String) throws -> String)?

        public init() {}
    }

    /// What a piece of sound says of the phrases.
    public struct Look: Sendable {
        /// What the recogniser wrote.
        public var text: String
        public var confidence: Double
        /// For each phrase, the log-probability where it is likeliest, and how alike it is to the text, 0 … 1.
        public var likelihoods: [Double]
        public var similarities: [Double]
        /// For each phrase, how likely it was said, 0 … 1.
        public var scores: [Double]
    }

    public nonisolated let phrases: [String]
    private let spellings: [[String]]
    private let folder: URL
    private let configuration: Configuration
    private let soundAlike: SoundAlike
    private let thread = InferenceThread(name: "wake-phrase")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private var loaded: PhraseLikelihood?

    /// - Parameters:
    ///   - folder: of a prepared Whisper model; tiny.en is enough.
    ///   - phrases: as they are typed.
    ///   - enrolments: by phrase, what was learnt of it from recordings.
    public init(
        folder: URL, phrases: [String], enrolments: [String: PhraseEnrolment] = [:],
        configuration: Configuration = .init()
    ) {
        self.folder = folder
        self.phrases = phrases
        spellings = phrases.map { [$0] + (enrolments[$0]?.spellings ?? []) }
        self.configuration = configuration
        soundAlike = SoundAlike(phonemes: configuration.phonemes)
    }

    public func load() throws { _ = try likelihood() }

    /// The same with other enrolments.
    nonisolated func relearned(_ enrolments: [String: PhraseEnrolment]) -> PhraseListener {
        PhraseListener(folder: folder, phrases: phrases, enrolments: enrolments, configuration: configuration)
    }

    /// - Parameter sound: mono, 16 kHz, up to a few seconds.
    public func look(at sound: [Float]) throws -> Look {
        let look = try likelihood().look(at: sound)
        let similarities = try spellings.map { spellings in
            try spellings.map { try soundAlike.similarity(of: $0, to: look.text) }.max() ?? 0
        }
        let scores = zip(look.phrases, similarities).map {
            PhraseScore.probability(.init(likelihood: $0, similarity: $1))
        }
        return Look(
            text: look.text, confidence: look.confidence, likelihoods: look.phrases, similarities: similarities,
            scores: scores)
    }

    /// So much sound has passed since it was last asked, in seconds: it may let go of the recogniser.
    func rested(for seconds: Double) {
        if let limit = configuration.unloadsAfter, seconds >= limit { loaded = nil }
    }

    private func likelihood() throws -> PhraseLikelihood {
        if let loaded { return loaded }
        var whisper = WhisperTranscriber.Configuration()
        whisper.threads = 1
        let recognizer = try WhisperRecognizer(folder: folder, configuration: whisper)
        let likelihood = PhraseLikelihood(recognizer, spellings: spellings)
        loaded = likelihood
        return likelihood
    }
}
