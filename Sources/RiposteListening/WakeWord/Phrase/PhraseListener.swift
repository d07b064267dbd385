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
        /// The folder of a larger prepared Whisper model, asked as well where the small one hears a phrase. It is loaded
        /// when that first happens, which is seldom. Default nil: the small one decides alone.
        public var confirming: URL?
        /// It is asked from this score of the small one's on. Default 0.2.
        public var confirmsFrom = 0.2

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
        /// For each phrase, how likely it was said, 0 … 1; joined with the larger recogniser's where that was asked.
        public var scores: [Double]
        /// The larger recogniser's own, where it was asked.
        public var confirmations: [Double]?
    }

    public nonisolated let phrases: [String]
    private let spellings: [[String]]
    private let folder: URL
    private let configuration: Configuration
    private let soundAlike: SoundAlike
    private let thread = InferenceThread(name: "wake-phrase")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private var loaded: PhraseLikelihood?
    private var loadedConfirming: PhraseLikelihood?

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

    /// Whether a larger recogniser is asked as well: then thresholds can be lower.
    public nonisolated var isConfirmed: Bool { configuration.confirming != nil }

    public func load() throws { _ = try likelihood() }

    /// The same with other enrolments.
    nonisolated func relearned(_ enrolments: [String: PhraseEnrolment]) -> PhraseListener {
        PhraseListener(folder: folder, phrases: phrases, enrolments: enrolments, configuration: configuration)
    }

    /// - Parameters:
    ///   - sound: mono, 16 kHz, up to a few seconds.
    ///   - least: the score from which on a larger recogniser is asked; nil: the configuration's.
    public func look(at sound: [Float], confirmingFrom least: Double? = nil) throws -> Look {
        var look = try look(at: sound, by: likelihood())
        let least = least ?? configuration.confirmsFrom
        guard let folder = configuration.confirming, look.scores.contains(where: { $0 >= least }) else { return look }
        let larger = try self.look(at: sound, by: confirming(folder)).scores
        look.confirmations = larger
        look.scores = zip(look.scores, larger).map { $0 < least ? $0 : PhraseScore.joined($0, $1) }
        return look
    }

    private func look(at sound: [Float], by likelihood: PhraseLikelihood) throws -> Look {
        let look = try likelihood.look(at: sound)
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
        if let limit = configuration.unloadsAfter, seconds >= limit { (loaded, loadedConfirming) = (nil, nil) }
    }

    private func likelihood() throws -> PhraseLikelihood {
        if let loaded { return loaded }
        let likelihood = try likelihood(of: folder)
        loaded = likelihood
        return likelihood
    }

    private func confirming(_ folder: URL) throws -> PhraseLikelihood {
        if let loadedConfirming { return loadedConfirming }
        let likelihood = try likelihood(of: folder)
        loadedConfirming = likelihood
        return likelihood
    }

    private func likelihood(of folder: URL) throws -> PhraseLikelihood {
        var whisper = WhisperTranscriber.Configuration()
        whisper.threads = 1
        return PhraseLikelihood(
            try WhisperRecognizer(folder: folder, configuration: whisper), spellings: spellings)
    }
}
