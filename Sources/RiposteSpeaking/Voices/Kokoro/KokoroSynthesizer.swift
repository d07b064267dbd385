import Foundation
import RiposteCore
import RiposteInference

/// Speaks with Kokoro-82M: the most natural voices, at about ten times the cost of Piper's.
///
/// The package that has the network ships Japanese speakers; they speak English here. A voice file of the user's own
/// brings others. English is pronounced by Riposte itself.
public actor KokoroSynthesizer: Synthesizer {
    public struct Configuration: Sendable {
        /// Threads of the network. Default 2: with one it can hardly keep up with a listener.
        public var threads = 2
        /// Seconds of speech made ahead of the listener. Default 10.
        public var lookAhead = 10.0
        /// How text is cut into sentences.
        public var cutter = SentenceCutter.Configuration()
        /// The voice when none is asked for. Default: the most intelligible one that is there, or the first by name.
        public var voice: String?
        /// What becomes of written text before it is pronounced.
        public var reading = TextReading()

        public init() {}
    }

    public nonisolated let name = "kokoro"
    public nonisolated let sampleRate = 24_000
    public nonisolated let voices: [Voice]
    nonisolated let gain: Float? = 1
    nonisolated let understandsPhonemes = true
    nonisolated var reading: TextReading { configuration.reading }

    var gains: [String: Float] = [:]

    private let network: KokoroNetwork
    private let voiceFile: URL
    private let styles: [String: [Float]]
    private let configuration: Configuration
    private let thread: InferenceThread

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameters:
    ///   - folder: the model `kokoro`.
    ///   - lexicons: the prepared model `hibari`, whose lexicons English is pronounced with.
    ///   - voiceFile: voices of the user's own, `.npz`, `.npy` or `.bin`. Default: the model's.
    ///   - thread: where it computes. Default: a thread of its own.
    /// - Throws: `storage` or `corrupt` if the voices cannot be read; `badInput` if the configured one is not there.
    public init(
        folder: URL, lexicons: URL, voiceFile: URL? = nil, configuration: Configuration = .init(),
        thread: InferenceThread? = nil
    ) throws {
        try self.init(
            network: KokoroNetwork(folder: folder, lexicons: lexicons, threads: configuration.threads),
            voiceFile: voiceFile ?? Self.voices(in: folder), configuration: configuration, thread: thread)
    }

    /// The voices of the package in `folder`.
    static func voices(in folder: URL) -> URL { folder.appendingPathComponent("voices.npz") }

    /// - Parameter network: may be other engines', too.
    init(
        network: KokoroNetwork, voiceFile: URL, configuration: Configuration = .init(), thread: InferenceThread? = nil
    ) throws {
        self.network = network
        self.voiceFile = voiceFile
        self.configuration = configuration
        self.thread = thread ?? InferenceThread(name: "speech")
        styles = try KokoroVoiceFile(voiceFile).voices
        voices = styles.keys.sorted().map(Self.voice)
        if let voice = configuration.voice, styles[voice] == nil {
            let names = voices.map(\.name).joined(separator: ", ")
            throw RiposteError(.badInput, .synthesis, "There is no voice '\(voice)' of Kokoro; there are \(names).")
        }
    }

    /// The package's voices that are read back with the fewest wrong words: 0.4 % of 22 sentences, jf_alpha 6.9 %.
    private static let clearest = ["jf_gongitsune", "jm_kumo"]

    /// Who speaks when nobody is named.
    nonisolated var defaultVoice: String {
        configuration.voice ?? Self.clearest.first { name in voices.contains { $0.name == name } }
            ?? voices.first?.name ?? ""
    }

    /// Kokoro's names begin with the language of the speaker and f or m.
    static func voice(_ name: String) -> Voice {
        let languages: [Character: String] = [
            "a": "en-US", "b": "en-GB", "e": "es", "f": "fr", "h": "hi", "i": "it", "j": "ja", "p": "pt-BR", "z": "zh",
        ]
        let isNamed = name.dropFirst(2).first == "_"
        let gender = isNamed ? ["f": "female", "m": "male"][String(name.dropFirst().prefix(1))] : nil
        let home = isNamed ? name.first.flatMap { languages[$0] } : nil
        // It is English that they are given here, whoever speaks it.
        let language = home?.hasPrefix("en") ?? false ? home : home.map { "en-x-\($0.prefix(2).lowercased())" }
        return Voice(
            name: name, engine: "kokoro", language: language ?? "en", gender: gender, licence: "Apache-2.0")
    }

    /// Loads the network and the lexicons, and speaks a sentence to nobody.
    /// - Throws: `storage` or `corrupt` if the model is not whole, `libraryMissing` without ONNX Runtime.
    public func load() async throws { _ = try await gain(for: .init()) }

    public func unload() {
        network.unload()
        // `load` measures the level, and loads what that needs.
        gains = [:]
    }

    public nonisolated func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        var stream = SpeechStream(renderer: self)
        stream.configuration.lookAhead = configuration.lookAhead
        stream.configuration.cutter = configuration.cutter
        return stream.speak(pieces, options: options)
    }
}

extension KokoroSynthesizer: PhonemeRenderer {
    nonisolated var identity: String { "kokoro \(network.identity) \(FileStamp.of(voiceFile)) \(speaker(.init()))" }

    nonisolated func speaker(_ options: SpeechOptions) -> String {
        options.voice ?? defaultVoice
    }

    func phonemes(of text: String) throws -> String { try network.load().pronouncer.phonemes(for: text) }

    func sound(of phonemes: String, options: SpeechOptions) async throws -> [Float] {
        let parts = try network.load()
        let ids = phonemes.unicodeScalars.compactMap { parts.vocabulary[$0] }
        guard !ids.isEmpty, let table = styles[speaker(options)] else { return [] }
        let width = KokoroVoiceFile.styleLength
        let row = min(ids.count, table.count / width) - 1
        let outputs = try await parts.session.runUntilCancelled(
            [
                "tokens": try Tensor([0] + ids + [0], shape: [1, ids.count + 2]),
                "style": try Tensor(Array(table[(row * width)..<((row + 1) * width)]), shape: [1, width]),
                "speed": try Tensor([Float(networkRate(options) / SpeechOptions.normalRate)]),
            ], outputs: ["audio"])
        guard let output = outputs["audio"] else {
            throw RiposteError(.corrupt, .synthesis, "Kokoro's network has no output 'audio'.")
        }
        return PitchShift.apply(
            PitchShift.factor(options.pitch), to: try output.floats(), sampleRate: sampleRate)
    }
}
