import Foundation
import RiposteCore
import RiposteInference

/// Speaks with espeak-ng: a small, clear, mechanical voice for about a hundred languages, instantly.
///
/// The library is GPL-3.0 and no part of Riposte: it is opened at run time, if the user has installed it.
public actor EspeakSynthesizer: Synthesizer {
    public struct Configuration: Sendable {
        /// The voice when none is asked for. Default "en-us".
        public var voice = "en-us"
        /// 0 to 99; 50 is the voice's own. `SpeechOptions.pitch` is a factor on it.
        public var pitch = 50
        /// What becomes of written text before it is spoken.
        public var reading = TextReading()
        /// Seconds of speech made ahead of the listener. Default 10.
        public var lookAhead = 10.0

        public init() {}
    }

    public nonisolated let name = "espeak-ng"
    public nonisolated let sampleRate: Int
    public nonisolated let voices: [Voice]
    nonisolated let gain: Float? = 1
    nonisolated var reading: TextReading { configuration.reading }
    nonisolated var identity: String { "\(library.version) \(configuration.voice) \(configuration.pitch)" }

    private let library: EspeakLibrary
    /// The library's own names of the voices, by ours.
    private let identifiers: [String: String]
    private let configuration: Configuration
    private let thread: InferenceThread
    /// What brings each voice to the common level, as far as they have spoken.
    private var gains: [String: Float] = [:]

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// Opens the library, which takes milliseconds, since it knows the voices and the sample rate.
    /// - Throws: `libraryMissing` if espeak-ng is not installed.
    public init(configuration: Configuration = .init(), thread: InferenceThread? = nil) throws {
        library = try EspeakLibrary()
        self.configuration = configuration
        self.thread = thread ?? InferenceThread(name: "speech")
        sampleRate = library.sampleRate
        let listings = try library.voices()
        voices = listings.map(\.voice)
        identifiers = Dictionary(listings.map { ($0.voice.name, $0.identifier) }) { first, _ in first }
    }

    public func load() async throws {}

    public nonisolated func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        var stream = SpeechStream(renderer: self)
        stream.configuration.lookAhead = configuration.lookAhead
        return stream.speak(pieces, options: options)
    }
}

extension EspeakSynthesizer: VoiceEngine {
    func gain(for options: SpeechOptions) throws -> Float? {
        try checkVoice(options)
        let voice = options.voice ?? configuration.voice
        if let gain = gains[voice] { return gain }
        // Figures are read in every language, whatever its letters.
        let samples = try library.speak(
            SpeechLevel.sample + " 1 2 3 4 5", voice: identifiers[voice] ?? voice, rate: 175,
            pitch: configuration.pitch)
        let gain = SpeechLevel.gain(for: samples, sampleRate: sampleRate)
        gains[voice] = gain
        return gain
    }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        let rate = Int(min(max(options.rate, 80), 450))
        let voice = options.voice ?? configuration.voice
        let samples = try library.speak(
            sentence.text, voice: identifiers[voice] ?? voice, rate: rate, pitch: pitch(options.pitch))
        try await writer.write(samples)
    }

    /// The library's pitch for a factor on the configured one: 50 steps are about an octave.
    private func pitch(_ factor: Double?) -> Int {
        let steps = 50 * log2(PitchShift.factor(factor))
        return min(max(configuration.pitch + Int(steps.rounded()), 0), 99)
    }
}
