/// A voice an engine can speak with.
public struct Voice: Sendable, Equatable {
    /// What `--voice` takes ("heart", "joe", "en-gb").
    public var name: String
    /// The engine that has it ("hibari", "piper", "espeak-ng").
    public var engine: String
    /// BCP 47 ("en-US").
    public var language: String
    public var gender: String?
    public var licence: String

    public init(name: String, engine: String, language: String, gender: String? = nil, licence: String) {
        self.name = name
        self.engine = engine
        self.language = language
        self.gender = gender
        self.licence = licence
    }
}

/// How to speak.
public struct SpeechOptions: Sendable, Equatable, Codable {
    /// A voice's name; nil is the engine's default.
    public var voice: String?
    /// Words a minute; 175 is the normal rate of every voice, so 350 is twice as fast.
    public var rate: Double
    /// 0 … 1; linear amplitude. 1 is the loudest that does not clip.
    public var volume: Double
    /// How high the voice is, as a factor on its own pitch, 0.5 … 2; nil is its own.
    public var pitch: Double?

    /// The normal rate of every voice, in words a minute.
    public static let normalRate = 175.0

    public init(voice: String? = nil, rate: Double = normalRate, volume: Double = 0.9, pitch: Double? = nil) {
        self.voice = voice
        self.rate = rate
        self.volume = volume
        self.pitch = pitch
    }
}

/// A piece of speech, with the text it belongs to.
public struct SpokenFrame: Sendable, Equatable {
    /// Consecutive, mono, at the synthesizer's `sampleRate`.
    public var audio: AudioFrame
    /// The sentence or clause the sound belongs to, as it was given.
    public var text: String
    /// How much of `text` has been said at the end of the frame, 0 … 1. It tells what was heard when the
    /// listener interrupts.
    public var progress: Double
    /// The marks (SSML) that are reached where this frame begins, in order.
    public var marks: [String]

    public init(audio: AudioFrame, text: String, progress: Double = 1, marks: [String] = []) {
        self.audio = audio
        self.text = text
        self.progress = progress
        self.marks = marks
    }
}

/// The role of a speech engine.
public protocol Synthesizer: Sendable {
    /// A short name for traces ("hibari").
    var name: String { get }
    /// In hertz, the same for all of its speech.
    var sampleRate: Int { get }
    var voices: [Voice] { get }

    /// Loads and warms the model. Construction is cheap; this does the work. Calling it again does nothing.
    func load() async throws

    /// Lets go of the model, for a while in which it is not needed. It comes back by `load`, or late, when it is next
    /// used. Default: nothing.
    func unload() async

    /// Speaks text that arrives in pieces (as a language model makes it; pieces may split words), sentence by
    /// sentence: the first one sounds while the rest is still being written or made.
    /// Ends when the text ends; stops promptly when its consumer goes away.
    func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error>
}

extension Synthesizer {
    public func unload() async {}

    /// Speaks a whole text.
    public func speak(_ text: String, options: SpeechOptions = .init()) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let pieces = AsyncStream<String> { continuation in
            continuation.yield(text)
            continuation.finish()
        }
        return speak(pieces, options: options)
    }
}
