import Foundation
import RiposteCore
import RiposteInference

/// Which voices there are, and which engine and models each of them needs.
///
/// ```swift
/// let voice = try VoiceCatalogue().synthesizer(for: "heart")
/// ```
public struct VoiceCatalogue: Sendable {
    /// A voice that comes as models of the store.
    private struct Entry {
        let voice: Voice
        /// The models it needs, its own one first.
        let models: [String]
    }

    public static let defaultVoice = "heart"

    private static let entries =
        [
            Entry(
                voice: Voice(
                    name: "heart", engine: "hibari", language: "en-US", gender: "female", licence: "Apache-2.0"),
                models: ["hibari"]),
            Entry(
                voice: Voice(name: "joe", engine: "piper", language: "en-US", gender: "male", licence: "CC0-1.0"),
                models: ["piper-joe", "hibari"]),
        ]
        + ["jf_alpha", "jf_gongitsune", "jf_nezumi", "jf_tebukuro", "jm_kumo"].map {
            Entry(voice: KokoroSynthesizer.voice($0), models: ["kokoro", "hibari"])
        }

    private let store: ModelStore
    private let reading: TextReading
    private let ownVoices: URL

    /// - Parameters:
    ///   - reading: what becomes of written text before it is pronounced, with the user's own dictionary.
    ///   - ownVoices: a folder with voices of the user's: Piper's (`NAME.onnx` and `NAME.onnx.json`) and Kokoro's (`.npz`,
    ///     `.npy`, `.bin`). Default: what `RIPOSTE_VOICES` names, else `~/.local/share/riposte/voices`.
    public init(store: ModelStore = .standard, reading: TextReading = .init(), ownVoices: URL? = nil) {
        self.store = store
        self.reading = reading
        self.ownVoices = ownVoices ?? Self.standardFolder
    }

    /// Where voices of the user's own are looked for.
    public static var standardFolder: URL {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_VOICES"].flatMap { $0.isEmpty ? nil : $0 }
        return named.map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.homeDirectoryForCurrentUser.appendingPathComponent(".local/share/riposte/voices")
    }

    /// All voices: those of the store, whether their models are there or not, the user's own, and espeak-ng's if it is
    /// installed.
    public var voices: [Voice] {
        let formant = (try? EspeakLibrary()).flatMap { try? $0.voices() } ?? []
        return Self.entries.map(\.voice) + ownFiles.flatMap(\.voices) + formant.map(\.voice)
    }

    /// The models a voice needs that are not there; empty for one that can speak.
    public func missingModels(for voice: Voice) -> [String] {
        guard let entry = Self.entries.first(where: { $0.voice == voice }) else {
            return voice.engine == "kokoro" ? ["kokoro", "hibari"].filter { store.status(of: $0) != .ready } : []
        }
        return entry.models.filter { store.status(of: $0) != .ready }
    }

    /// The bytes of a voice: of its network as it is stored, or to be fetched if it is not; nil where it has no file.
    public func byteCount(of voice: Voice) -> Int? {
        if let own = ownFiles.first(where: { $0.voices.contains(voice) }) {
            return (try? own.url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize
        }
        guard let model = Self.entries.first(where: { $0.voice == voice })?.models.first else { return nil }
        guard let folder = try? store.folder(of: model) else {
            return store.catalogue[model]?.downloadByteCount
        }
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        return files?.reduce(0) { sum, file in
            sum + (((file as? URL).flatMap { try? $0.resourceValues(forKeys: [.fileSizeKey]) })?.fileSize ?? 0)
        }
    }

    /// Whether a name is the path of a voice's file, and not a voice's name.
    public static func isFile(_ name: String) -> Bool { VoiceFile(path: name) != nil }

    /// The engine for a voice, not loaded yet.
    ///
    /// - Parameters:
    ///   - name: A name from `voices`; or the path of a voice of the user's own: a Piper voice's `.onnx`, with its
    ///     `.onnx.json` beside it and, if it has several speakers, one of them behind a slash, or a Kokoro voice's `.npz`
    ///     (with the voice's name behind a slash), `.npy` or `.bin`. Default: `defaultVoice`.
    ///   - thread: Where it computes. Default: a thread of its own.
    /// - Throws: `modelMissing` or `libraryMissing`, with what gets it; `badInput` for a name nobody has.
    public func synthesizer(for name: String? = nil, thread: InferenceThread? = nil) throws -> any Synthesizer {
        let name = name ?? Self.defaultVoice
        if let file = VoiceFile(path: name) { return try synthesizer(for: file, thread) }
        if let entry = Self.entries.first(where: { $0.voice.name == name }) {
            return try synthesizer(for: entry.voice, thread)
        }
        for file in ownFiles {
            guard let voice = file.voices.first(where: { $0.name == name }) else { continue }
            return try synthesizer(for: file.speaking(voice), thread)
        }
        return try formantSynthesizer(for: name, thread)
    }

    /// The engine for a voice that markup names: as `synthesizer(for:)`, and for "male", "female" and "neutral" the first
    /// English one of that gender that is there.
    public func synthesizer(named name: String) throws -> any Synthesizer {
        guard ["male", "female", "neutral"].contains(name) else { return try synthesizer(for: name) }
        let voice = voices.first {
            ($0.gender == name || name == "neutral") && $0.language.hasPrefix("en") && missingModels(for: $0).isEmpty
        }
        guard let voice else {
            throw RiposteError(.badInput, .configuration, "There is no \(name) voice here; riposte voices lists them.")
        }
        return try synthesizer(for: voice.name)
    }

    /// The same as a function.
    public static func synthesizer(
        for name: String? = nil, store: ModelStore = .standard
    ) throws -> any Synthesizer {
        try VoiceCatalogue(store: store).synthesizer(for: name)
    }

    private func synthesizer(for voice: Voice, _ thread: InferenceThread?) throws -> any Synthesizer {
        switch voice.engine {
        case "hibari":
            var configuration = HibariSynthesizer.Configuration()
            configuration.reading = reading
            return HibariSynthesizer(
                folder: try store.folder(of: "hibari"), configuration: configuration, thread: thread)
        case "kokoro":
            return try kokoro(voice.name, file: nil, thread)
        default:
            var configuration = PiperSynthesizer.Configuration()
            configuration.voiceName = voice.name
            configuration.licence = voice.licence
            configuration.gender = voice.gender
            configuration.reading = reading
            let model = try store.folder(of: "piper-joe").appendingPathComponent("en_US-joe-medium.onnx")
            return try PiperSynthesizer(
                model: model, lexicons: try store.folder(of: "hibari"), configuration: configuration, thread: thread)
        }
    }

    private func synthesizer(for file: VoiceFile, _ thread: InferenceThread?) throws -> any Synthesizer {
        if file.isKokoro { return try kokoro(file.speaker, file: file.url, thread) }
        var configuration = PiperSynthesizer.Configuration()
        configuration.speaker = file.speaker
        configuration.reading = reading
        return try PiperSynthesizer(
            model: file.url, lexicons: try? store.folder(of: "hibari"), configuration: configuration, thread: thread)
    }

    private func kokoro(_ voice: String?, file: URL?, _ thread: InferenceThread?) throws -> any Synthesizer {
        var configuration = KokoroSynthesizer.Configuration()
        configuration.voice = voice
        configuration.reading = reading
        return try KokoroSynthesizer(
            folder: try store.folder(of: "kokoro"), lexicons: try store.folder(of: "hibari"), voiceFile: file,
            configuration: configuration, thread: thread)
    }

    /// The voices' files in the user's folder.
    private var ownFiles: [VoiceFile] {
        let files = (try? FileManager.default.contentsOfDirectory(at: ownVoices, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { VoiceFile(path: $0.path) }
    }

    private func formantSynthesizer(for name: String, _ thread: InferenceThread?) throws -> any Synthesizer {
        let names = Self.entries.map(\.voice.name).joined(separator: ", ")
        let hint = "There are \(names), files ending in .onnx, and espeak-ng's; riposte voices lists them."
        let listings: [EspeakLibrary.Listing]
        do {
            listings = try EspeakLibrary().voices()
        } catch let error as RiposteError where error.code == .libraryMissing {
            if name == "espeak-ng" || name == "espeak" { throw error }
            throw RiposteError(
                .badInput, .configuration,
                "There is no voice '\(name)'. \(hint) espeak-ng is not installed: apt install libespeak-ng1")
        }
        var configuration = EspeakSynthesizer.Configuration()
        configuration.reading = reading
        if name != "espeak-ng", name != "espeak" {
            guard listings.contains(where: { $0.voice.name == name }) else {
                throw RiposteError(.badInput, .configuration, "There is no voice '\(name)'. \(hint)")
            }
            configuration.voice = name
        }
        return try EspeakSynthesizer(configuration: configuration, thread: thread)
    }
}
