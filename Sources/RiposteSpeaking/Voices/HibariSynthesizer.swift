import Foundation
import RiposteCore
import RiposteInference

/// Speaks American English with hibari's voice "heart": the most natural one for its cost, at 24 kHz.
///
/// A sentence of two and a half seconds takes about 25 ms on one thread; the first sound is there after half of
/// that. The same text gives the same samples.
///
/// ```swift
/// let voice = HibariSynthesizer(folder: try ModelStore.standard.folder(of: "hibari"))
/// for try await frame in voice.speak("Your tea is ready.") { … }
/// ```
public actor HibariSynthesizer: Synthesizer {
    public struct Configuration: Sendable {
        /// Threads of the network. Default 1: the other core has other things to do.
        public var threads = 1
        /// Seconds of speech made ahead of the listener. Default 10.
        public var lookAhead = 10.0
        /// How text is cut into sentences.
        public var cutter = SentenceCutter.Configuration()
        /// Decides the noise in the voice. Any value sounds the same.
        public var seed: UInt64 = 20_26
        /// What becomes of written text before it is pronounced.
        public var reading = TextReading()

        public init() {}
    }

    /// Makes the phonemes of a sentence, in misaki's alphabet.
    typealias Pronunciation = @Sendable (String) throws -> String

    /// What is there once the model is loaded.
    private struct Model {
        let session: InferenceSession
        /// The network's number for each phoneme.
        let vocabulary: [Unicode.Scalar: Int64]
        let pronunciation: Pronunciation
    }

    /// Phonemes the network was trained on in one go, at most.
    static let phonemeLimit = 400
    /// Words a minute, the range in which the network speaks clearly.
    static let rates = 80.0...450.0

    public nonisolated let name = "hibari"
    public nonisolated let sampleRate = HibariVocoder.sampleRate
    public nonisolated let voices = [
        Voice(name: "heart", engine: "hibari", language: "en-US", gender: "female", licence: "Apache-2.0")
    ]
    /// The voice speaks at −25 dBFS; +5 dB is the common level.
    nonisolated let gain: Float? = 1.8
    nonisolated let understandsPhonemes = true
    nonisolated var reading: TextReading { configuration.reading }
    nonisolated var identity: String { "hibari \(FileStamp.of(folder)) \(configuration.seed)" }

    private let folder: URL
    private let configuration: Configuration
    private let makePronunciation: @Sendable (URL) throws -> Pronunciation
    private let thread: InferenceThread
    private var model: Model?

    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(
        folder: URL, configuration: Configuration = .init(), thread: InferenceThread? = nil,
        makePronunciation: @escaping @Sendable (URL) throws -> Pronunciation
    ) {
        self.folder = folder
        self.configuration = configuration
        self.thread = thread ?? InferenceThread(name: "speech")
        self.makePronunciation = makePronunciation
    }

    /// Loads the network and the lexicons and speaks a word to nobody, so that the first answer is not slower.
    /// - Throws: `storage` or `corrupt` if the model's folder is not whole, `libraryMissing` without ONNX Runtime.
    public func load() async throws {
        guard model == nil else { return }
        let vocabulary = try Self.vocabulary(in: folder)
        var settings = InferenceSession.Configuration(threads: configuration.threads)
        // Every sentence has another length.
        settings.plansMemory = false
        let session = try InferenceSession(
            model: folder.appendingPathComponent("hibari.onnx"), configuration: settings)
        let model = Model(
            session: session, vocabulary: vocabulary, pronunciation: try makePronunciation(folder))
        self.model = model
        _ = try await features(of: try model.pronunciation("Hello there."), speed: 1, model)
    }

    public func unload() { model = nil }

    public nonisolated func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        var stream = SpeechStream(renderer: self)
        stream.configuration.lookAhead = configuration.lookAhead
        stream.configuration.cutter = configuration.cutter
        return stream.speak(pieces, options: options)
    }

    /// `vocab.json`: a phoneme's character to its number.
    private static func vocabulary(in folder: URL) throws -> [Unicode.Scalar: Int64] {
        let file = folder.appendingPathComponent("vocab.json")
        let data: Data
        do {
            data = try Data(contentsOf: file)
        } catch {
            throw RiposteError(.storage, .synthesis, "\(file.path) could not be read.", underlying: error)
        }
        guard let table = try? JSONDecoder().decode([String: Int64].self, from: data) else {
            throw RiposteError(.corrupt, .synthesis, "\(file.path) is not a table of phonemes.")
        }
        var vocabulary: [Unicode.Scalar: Int64] = [:]
        for (phoneme, number) in table {
            if let scalar = phoneme.unicodeScalars.first { vocabulary[scalar] = number }
        }
        return vocabulary
    }
}

// MARK: Rendering

extension HibariSynthesizer: VoiceEngine {
    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        try await load()
        guard let model else { return }
        let speed = Float(min(max(options.rate, Self.rates.lowerBound), Self.rates.upperBound) / 175)
        let phonemes = try model.pronunciation(sentence.text)
        for part in PhonemeParts.split(phonemes, limit: Self.phonemeLimit) {
            try Task.checkCancellation()
            guard var features = try await features(of: part, speed: speed, model) else { continue }
            features.shiftPitch(by: Float(PitchShift.factor(options.pitch)))
            var vocoder = HibariVocoder(features, seed: configuration.seed)
            while let samples = vocoder.next() { try await writer.write(samples) }
            try await writer.endClause(pause: Double(0.12 / speed))
        }
    }

    /// What the network says about phonemes; nil when there is nothing to say.
    private func features(of phonemes: String, speed: Float, _ model: Model) async throws -> HibariFeatures? {
        let known = phonemes.unicodeScalars.compactMap { model.vocabulary[$0] }
        guard !known.isEmpty else { return nil }
        let ids = [0] + known + [0]
        let outputs = try await model.session.runUntilCancelled(
            ["ids": try Tensor(ids, shape: [1, ids.count]), "speed": try Tensor([speed])],
            outputs: ["lh", "theta", "ln", "lr", "phi", "f0"])
        func plane(_ name: String) throws -> [Float] {
            guard let tensor = outputs[name] else {
                throw RiposteError(.corrupt, .synthesis, "hibari.onnx has no output '\(name)'.")
            }
            return try tensor.floats()
        }
        let features = HibariFeatures(
            voicedMagnitude: try plane("lh"), voicedPhase: try plane("theta"), noiseMagnitude: try plane("ln"),
            freeMagnitude: try plane("lr"), freePhase: try plane("phi"), pitch: try plane("f0"))
        guard features.isConsistent else {
            throw RiposteError(.corrupt, .synthesis, "hibari.onnx gave spectra of another shape than expected.")
        }
        return features
    }

    /// The sound of phonemes without shaping, for comparison with the reference.
    func sound(ofPhonemes phonemes: String, parts: HibariVocoder.Parts) async throws -> [Float] {
        try await load()
        guard let model, let features = try await features(of: phonemes, speed: 1, model) else { return [] }
        var vocoder = HibariVocoder(features, seed: configuration.seed, parts: parts)
        var sound: [Float] = []
        while let samples = vocoder.next() { sound += samples }
        return sound
    }
}

extension Synthesizer {
    /// - Throws: `badInput` if a voice is asked for that this engine does not have.
    func checkVoice(_ options: SpeechOptions) throws {
        guard let voice = options.voice, !voices.contains(where: { $0.name == voice }) else { return }
        let names = voices.map(\.name).joined(separator: ", ")
        throw RiposteError(.badInput, .synthesis, "\(name) has no voice '\(voice)'; it has \(names).")
    }
}
