import Foundation
import RiposteCore
import RiposteInference

/// Speaks with any Piper voice: a network (`NAME.onnx`) and its description (`NAME.onnx.json`).
///
/// Slower than hibari by about four times, but there are voices for many languages, and of other people. English is
/// pronounced by Riposte itself.
public actor PiperSynthesizer: Synthesizer {
    public struct Configuration: Sendable {
        /// Threads of the network. Default 1.
        public var threads = 1
        /// Seconds of speech made ahead of the listener. Default 10.
        public var lookAhead = 10.0
        /// How text is cut into sentences.
        public var cutter = SentenceCutter.Configuration()
        /// What `--voice` takes. Default: the name in the file's name ("joe" for en_US-joe-medium.onnx).
        public var voiceName: String?
        /// The speaker of a voice with several: a name of its description, or a number. Default: the first.
        public var speaker: String?
        /// The voice's licence, as far as it is known.
        public var licence = "unknown"
        /// The speaker's gender, as far as it is known.
        public var gender: String?
        /// What becomes of written text before it is pronounced.
        public var reading = TextReading()

        public init() {}
    }

    /// Makes the phonemes of a sentence, in espeak-ng's alphabet.
    typealias Pronunciation = @Sendable (String) throws -> String

    private struct Model {
        let session: InferenceSession
        let pronunciation: Pronunciation
    }

    public nonisolated let name = "piper"
    public nonisolated let sampleRate: Int
    public nonisolated let voices: [Voice]
    /// Until the voice's own level is known: most are about −22 dBFS.
    nonisolated let gain: Float? = 1.25
    nonisolated let understandsPhonemes: Bool
    nonisolated var reading: TextReading { configuration.reading }

    var gains: [String: Float] = [:]

    private let file: URL
    /// What the words are looked up in, if it is Riposte that pronounces them.
    private let lexicons: URL?
    private let description: PiperVoiceDescription
    private let configuration: Configuration
    private let makePronunciation: @Sendable () throws -> Pronunciation
    private let thread: InferenceThread
    private var model: Model?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        model: URL, configuration: Configuration = .init(), lexicons: URL? = nil, thread: InferenceThread? = nil,
        makePronunciation: @escaping @Sendable () throws -> Pronunciation
    ) throws {
        file = model
        let description = try PiperVoiceDescription(besides: model)
        self.description = description
        self.configuration = configuration
        self.lexicons = lexicons
        understandsPhonemes = lexicons != nil
        self.makePronunciation = makePronunciation
        self.thread = thread ?? InferenceThread(name: "speech")
        sampleRate = description.audio.sampleRate
        if let speaker = configuration.speaker, description.speakerNumber(speaker) == nil {
            let names = description.speakerNames.prefix(20).joined(separator: ", ")
            throw RiposteError(
                .badInput, .synthesis, "\(model.lastPathComponent) has no speaker '\(speaker)'; there are \(names).")
        }
        voices = Self.voices(of: description, file: model, configuration)
    }

    /// The voices in a file, from its description alone.
    static func voices(in model: URL) throws -> [Voice] {
        voices(of: try PiperVoiceDescription(besides: model), file: model, Configuration())
    }

    private static func voices(
        of description: PiperVoiceDescription, file: URL, _ configuration: Configuration
    ) -> [Voice] {
        // en_US-joe-medium: language, name, quality.
        let parts = file.deletingPathExtension().lastPathComponent.split(separator: "-")
        let name = configuration.voiceName ?? String(parts.count > 1 ? parts[1] : parts.first ?? "piper")
        let code = description.language?.code ?? description.espeak?.voice ?? "und"
        let language = code.replacingOccurrences(of: "_", with: "-")
        let names = description.speakerNames.map { "\(name)/\($0)" }
        return (names.count > 1 ? names : [name]).map {
            Voice(
                name: $0, engine: "piper", language: language, gender: configuration.gender,
                licence: configuration.licence)
        }
    }

    /// Loads the network and speaks a sentence to nobody, so that the first answer is not slower and the voice's level is
    /// known.
    /// - Throws: `storage` or `corrupt` if the model is not whole, `libraryMissing` without ONNX Runtime or, for
    ///   languages other than English, without espeak-ng.
    public func load() async throws { _ = try await gain(for: .init()) }

    private func loaded() throws -> Model {
        if let model { return model }
        var settings = InferenceSession.Configuration(threads: configuration.threads)
        // Every sentence has another length; a plan for each would take 60 MB more and save nothing.
        settings.plansMemory = false
        let session = try InferenceSession(model: file, configuration: settings)
        let model = Model(session: session, pronunciation: try makePronunciation())
        self.model = model
        return model
    }

    public func unload() {
        model = nil
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

extension PiperSynthesizer: PhonemeRenderer {
    /// Some ten seconds of speech; with what a long sentence has, its network takes 100 MB more.
    nonisolated var phonemeLimit: Int { 150 }

    nonisolated var identity: String {
        let description = FileStamp.of(file.appendingPathExtension("json"))
        let words = lexicons.map(FileStamp.of) ?? (try? EspeakLibrary())?.version ?? ""
        return "piper \(FileStamp.of(file)) \(description) \(words) \(speaker(.init()))"
    }

    /// The speaker's number, of a voice "NAME/SPEAKER", or else of the configuration.
    nonisolated func speaker(_ options: SpeechOptions) -> String {
        let named = options.voice.flatMap { voice in
            voice.firstIndex(of: "/").map { String(voice[voice.index(after: $0)...]) }
        }
        return String((named ?? configuration.speaker).flatMap(description.speakerNumber) ?? 0)
    }

    func phonemes(of text: String) throws -> String { try loaded().pronunciation(text) }

    func sound(of phonemes: String, options: SpeechOptions) async throws -> [Float] {
        guard let ids = description.ids(of: phonemes) else { return [] }
        let model = try loaded()
        let scales: [Float] = [
            description.inference?.noiseScale ?? 0.667,
            (description.inference?.lengthScale ?? 1) * Float(SpeechOptions.normalRate / networkRate(options)),
            description.inference?.noiseW ?? 0.8,
        ]
        var inputs = [
            "input": try Tensor(ids, shape: [1, ids.count]),
            "input_lengths": try Tensor([Int64(ids.count)]),
            "scales": try Tensor(scales),
        ]
        if model.session.inputs.contains(where: { $0.name == "sid" }) {
            inputs["sid"] = try Tensor([Int64(speaker(options)) ?? 0])
        }
        let outputs = try await model.session.runUntilCancelled(inputs, outputs: ["output"])
        guard let output = outputs["output"] else {
            throw RiposteError(.corrupt, .synthesis, "\(file.lastPathComponent) has no output 'output'.")
        }
        return PitchShift.apply(
            PitchShift.factor(options.pitch), to: try output.floats(), sampleRate: sampleRate)
    }
}
