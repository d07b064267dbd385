/// The role of a speech recogniser. Weights are shared: one transcriber serves many utterances, also at once.
public protocol Transcriber: Sendable {
    /// A short name for traces and `doctor` ("whisper-base").
    var name: String { get }

    /// Loads and warms the model. Construction is cheap; this does the work. Calling it again does nothing.
    func load() async throws

    /// Lets go of the model, for a while in which it is not needed. It comes back by `load`, or late, when it is next
    /// used. Default: nothing.
    func unload() async

    /// Starts the recognition of one utterance.
    func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription
}

/// What a recogniser is told before an utterance.
public struct TranscriptionRequest: Sendable, Equatable, Codable {
    /// What is to become of the speech.
    public enum Task: String, Sendable, Codable, CaseIterable {
        /// It is written down in the language it is spoken in.
        case transcribe
        /// It is written down in English, whatever the language.
        case translate
    }

    /// An ISO 639-1 code, or nil to detect the language.
    public var language: String?
    /// Where the language is to be detected: the codes of those it may be. Empty, the default, is any.
    public var candidateLanguages: [String] = []
    /// Default: `transcribe`.
    public var task = Task.transcribe
    /// Phrases that are likely here (names, commands, the expected slot's values), to be favoured.
    public var phrases: [String]
    /// How strongly `phrases` are favoured; 0 is not at all, 20 the most (Google's scale).
    public var boost: Double
    /// What may have been said just before: sets spelling, style and subject ("Riposte, GRDB, Hummingbird."). It is a
    /// hint, weaker than `phrases`, and costs time with its length. Default: none.
    public var prompt: String?
    /// Whether word times are wanted; they cost a little.
    public var wantsWords: Bool

    public init(language: String? = "en", phrases: [String] = [], boost: Double = 10, wantsWords: Bool = false) {
        self.language = language
        self.phrases = phrases
        self.boost = boost
        self.wantsWords = wantsWords
    }
}

/// The recognition of one utterance: sound goes in as it comes, transcripts come out when they are asked for.
///
/// It is pulled, not pushed: on a small machine the session decides when a partial transcript is worth its
/// time. `append`, `partial` and `final` may alternate: a final transcript asked for at a pause is a
/// speculation that costs nothing to drop when the speaker goes on.
public protocol Transcription: Sendable {
    /// Adds sound, mono at 16 kHz, without waiting for recognition.
    func append(_ samples: [Float]) async
    /// What has been understood so far, reusing the previous result as far as it holds. `kind` is `.partial`
    /// or `.stable`.
    func partial() async throws -> Transcript
    /// The transcript of all the sound so far, as good as the engine can make it.
    func final() async throws -> Transcript
}

extension Transcriber {
    public func unload() async {}

    /// Recognises a whole utterance in one go. `samples`: mono, 16 kHz.
    public func transcribe(_ samples: [Float], _ request: TranscriptionRequest = .init()) async throws -> Transcript {
        let utterance = try await beginUtterance(request)
        await utterance.append(samples)
        return try await utterance.final()
    }
}
