import Foundation
import RiposteCore
import RiposteInference

/// Which voices there are, and which engine and models each of them needs.
///
/// Voices of one model are one engine in memory, with weights that are loaded once, as long as they come from one
/// catalogue (or copies of it).
///
/// ```swift
/// let voice = try VoiceCatalogue().synthesizer(for: "heart")
/// ```
public struct VoiceCatalogue: Sendable {
    /// A voice that comes as models of the store.
    struct Entry {
        let voice: Voice
        /// The models it needs, its own one first.
        let models: [String]
    }

    public static let defaultVoice = "heart"

    static let entries =
        [
            Entry(
                voice: Voice(
                    name: "heart", engine: "hibari", language: "en-US", gender: "female", licence: "Apache-2.0"),
                models: ["hibari"]),
            Entry(
                voice: Voice(name: "joe", engine: "piper", language: "en-US", gender: "male", licence: "CC0-1.0"),
                models: ["piper-joe", "hibari"]),
        ]
        + ["jf_gongitsune", "jm_kumo", "jf_alpha", "jf_nezumi", "jf_tebukuro"].map {
            Entry(voice: KokoroSynthesizer.voice($0), models: kokoroModels)
        }
    private static let kokoroModels = ["kokoro", "hibari"]

    let store: ModelStore
    let reading: TextReading
    /// What is in use.
    let engines = SharedEngines()
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
        Self.entries.map(\.voice) + ownFiles.flatMap(\.voices) + formantVoices
    }

    private var formantVoices: [Voice] {
        ((try? EspeakLibrary()).flatMap { try? $0.voices() } ?? []).map(\.voice)
    }

    /// A voice, and what is to know about its files.
    public struct Listing: Sendable {
        public let voice: Voice
        /// The models it needs that are not there; empty for one that can speak.
        public let missingModels: [String]
        /// The bytes of its network as it is stored, or to be fetched if it is not; nil where it has no file.
        public let byteCount: Int?

        public init(voice: Voice, missingModels: [String] = [], byteCount: Int? = nil) {
            self.voice = voice
            self.missingModels = missingModels
            self.byteCount = byteCount
        }
    }

    /// All `voices`, each with what it needs. Files are looked at once.
    public var listings: [Listing] {
        var missing: [String: Bool] = [:]
        func isMissing(_ model: String) -> Bool {
            if let known = missing[model] { return known }
            let isMissing = store.status(of: model) != .ready
            missing[model] = isMissing
            return isMissing
        }
        var sizes: [String: Int] = [:]
        let stored = Self.entries.map { entry in
            let size = sizes[entry.models[0]] ?? byteCount(ofModel: entry.models[0])
            sizes[entry.models[0]] = size
            return Listing(voice: entry.voice, missingModels: entry.models.filter(isMissing), byteCount: size)
        }
        let own = ownFiles.flatMap { file in
            let size = (try? file.url.resourceValues(forKeys: [.fileSizeKey]))?.fileSize
            let needs = file.isKokoro ? Self.kokoroModels.filter(isMissing) : []
            return file.voices.map { Listing(voice: $0, missingModels: needs, byteCount: size) }
        }
        return stored + own + formantVoices.map { Listing(voice: $0, missingModels: [], byteCount: nil) }
    }

    private func byteCount(ofModel model: String) -> Int? {
        guard let folder = try? store.folder(of: model) else { return store.catalogue[model]?.downloadByteCount }
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: [.fileSizeKey])
        return files?.reduce(0) { sum, file in
            sum + (((file as? URL).flatMap { try? $0.resourceValues(forKeys: [.fileSizeKey]) })?.fileSize ?? 0)
        }
    }

    /// Whether a name is the path of a voice's file, and not a voice's name.
    public static func isFile(_ name: String) -> Bool { VoiceFile(path: name) != nil }

    /// The voices' files in the user's folder.
    var ownFiles: [VoiceFile] {
        let files = (try? FileManager.default.contentsOfDirectory(at: ownVoices, includingPropertiesForKeys: nil)) ?? []
        return files.sorted { $0.path < $1.path }.compactMap { VoiceFile(path: $0.path) }
    }
}
