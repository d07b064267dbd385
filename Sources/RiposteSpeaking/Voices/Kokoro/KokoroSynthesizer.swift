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
        /// The voice when none is asked for. Default: the first by name.
        public var voice: String?
        /// What becomes of written text before it is pronounced.
        public var reading = TextReading()

        public init() {}
    }

    private struct Model {
        let session: InferenceSession
        let vocabulary: [Unicode.Scalar: Int64]
        let pronouncer: Pronouncer
        var gains: [String: Float] = [:]
    }

    /// Phonemes in one go; the styles end at 510.
    private static let phonemeLimit = 400

    public nonisolated let name = "kokoro"
    public nonisolated let sampleRate = 24_000
    public nonisolated let voices: [Voice]
    nonisolated let gain: Float? = 1
    nonisolated let understandsPhonemes = true
    nonisolated var reading: TextReading { configuration.reading }

    private let folder: URL
    private let lexicons: URL
    private let styles: [String: [Float]]
    private let configuration: Configuration
    private let thread: InferenceThread
    private var model: Model?

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
        self.folder = folder
        self.lexicons = lexicons
        self.configuration = configuration
        self.thread = thread ?? InferenceThread(name: "speech")
        styles = try KokoroVoiceFile(voiceFile ?? folder.appendingPathComponent("voices.npz")).voices
        voices = styles.keys.sorted().map(Self.voice)
        if let voice = configuration.voice, styles[voice] == nil {
            let names = voices.map(\.name).joined(separator: ", ")
            throw RiposteError(.badInput, .synthesis, "There is no voice '\(voice)' of Kokoro; there are \(names).")
        }
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
    public func load() async throws {
        guard model == nil else { return }
        var settings = InferenceSession.Configuration(threads: configuration.threads)
        // Every sentence has another length.
        settings.plansMemory = false
        let session = try InferenceSession(model: folder.appendingPathComponent("model.onnx"), configuration: settings)
        let pronouncer = try Pronouncer(folder: lexicons)
        try pronouncer.warmUp()
        model = Model(
            session: session, vocabulary: try Self.vocabulary(in: folder), pronouncer: pronouncer)
        _ = try await gain(for: .init())
    }

    private static func vocabulary(in folder: URL) throws -> [Unicode.Scalar: Int64] {
        struct File: Decodable { let vocab: [String: Int64] }
        let file = folder.appendingPathComponent("vocab.json")
        guard let data = try? Data(contentsOf: file), let table = try? JSONDecoder().decode(File.self, from: data)
        else { throw RiposteError(.corrupt, .synthesis, "\(file.path) is not a table of phonemes.") }
        var vocabulary: [Unicode.Scalar: Int64] = [:]
        for (phoneme, number) in table.vocab {
            if let scalar = phoneme.unicodeScalars.first { vocabulary[scalar] = number }
        }
        return vocabulary
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

extension KokoroSynthesizer: SentenceRenderer {
    func gain(for options: SpeechOptions) async throws -> Float? {
        try checkVoice(options)
        try await load()
        guard let model else { return gain }
        let voice = voiceName(options)
        if let gain = model.gains[voice] { return gain }
        let phonemes = try model.pronouncer.phonemes(for: SpeechLevel.sample)
        let samples = try await sound(of: phonemes, options: SpeechOptions(voice: options.voice), model)
        let gain = SpeechLevel.gain(for: samples, sampleRate: sampleRate)
        self.model?.gains[voice] = gain
        return gain
    }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        try await load()
        guard let model else { return }
        let phonemes = try model.pronouncer.phonemes(for: sentence.text)
        for part in PhonemeParts.split(phonemes, limit: Self.phonemeLimit) {
            try Task.checkCancellation()
            try await writer.write(try await sound(of: part, options: options, model))
            try await writer.endClause(pause: 0.12 * SpeechOptions.normalRate / max(options.rate, 1))
        }
    }

    private func voiceName(_ options: SpeechOptions) -> String {
        options.voice ?? configuration.voice ?? voices.first?.name ?? ""
    }

    private func sound(of phonemes: String, options: SpeechOptions, _ model: Model) async throws -> [Float] {
        let ids = phonemes.unicodeScalars.compactMap { model.vocabulary[$0] }
        guard !ids.isEmpty, let table = styles[voiceName(options)] else { return [] }
        let width = KokoroVoiceFile.styleLength
        let row = min(ids.count, table.count / width) - 1
        let pitch = PitchShift.factor(options.pitch)
        let rates = HibariSynthesizer.rates
        let rate = min(max(options.rate, rates.lowerBound), rates.upperBound) / pitch
        let outputs = try await model.session.runUntilCancelled(
            [
                "tokens": try Tensor([0] + ids + [0], shape: [1, ids.count + 2]),
                "style": try Tensor(Array(table[(row * width)..<((row + 1) * width)]), shape: [1, width]),
                "speed": try Tensor([Float(rate / SpeechOptions.normalRate)]),
            ], outputs: ["audio"])
        guard let output = outputs["audio"] else {
            throw RiposteError(.corrupt, .synthesis, "Kokoro's network has no output 'audio'.")
        }
        return PitchShift.apply(pitch, to: try output.floats(), sampleRate: sampleRate)
    }
}
