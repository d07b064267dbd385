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

    private static let entries = [
        Entry(
            voice: Voice(
                name: "heart", engine: "hibari", language: "en-US", gender: "female", licence: "Apache-2.0"),
            models: ["hibari"]),
        Entry(
            voice: Voice(name: "joe", engine: "piper", language: "en-US", gender: "male", licence: "CC0-1.0"),
            models: ["piper-joe", "hibari"]),
    ]

    private let store: ModelStore

    public init(store: ModelStore = .standard) {
        self.store = store
    }

    /// All voices: those of the store, whether their models are there or not, and espeak-ng's if it is installed.
    public var voices: [Voice] {
        let formant = (try? EspeakLibrary()).flatMap { try? $0.voices() } ?? []
        return Self.entries.map(\.voice) + formant.map(\.voice)
    }

    /// The models a voice needs that are not there; empty for one that can speak.
    public func missingModels(for voice: Voice) -> [String] {
        guard let entry = Self.entries.first(where: { $0.voice == voice }) else { return [] }
        return entry.models.filter { store.status(of: $0) != .ready }
    }

    /// The engine for a voice, not loaded yet.
    ///
    /// - Parameters:
    ///   - name: A name from `voices`, or the path of a Piper voice of the user's own (`…/NAME.onnx`, with its
    ///     `.onnx.json` beside it). Default: `defaultVoice`.
    ///   - thread: Where it computes. Default: a thread of its own.
    /// - Throws: `modelMissing` or `libraryMissing`, with what gets it; `badInput` for a name nobody has.
    public func synthesizer(for name: String? = nil, thread: InferenceThread? = nil) throws -> any Synthesizer {
        let name = name ?? Self.defaultVoice
        switch name {
        case "heart":
            return HibariSynthesizer(folder: try store.folder(of: "hibari"), thread: thread)
        case "joe":
            var configuration = PiperSynthesizer.Configuration()
            configuration.voiceName = "joe"
            configuration.licence = "CC0-1.0"
            let model = try store.folder(of: "piper-joe").appendingPathComponent("en_US-joe-medium.onnx")
            return try PiperSynthesizer(
                model: model, lexicons: try store.folder(of: "hibari"), configuration: configuration, thread: thread)
        case _ where name.hasSuffix(".onnx"):
            return try PiperSynthesizer(
                model: URL(fileURLWithPath: name), lexicons: try? store.folder(of: "hibari"), thread: thread)
        default:
            return try formantSynthesizer(for: name, thread)
        }
    }

    /// The same as a function.
    public static func synthesizer(
        for name: String? = nil, store: ModelStore = .standard
    ) throws -> any Synthesizer {
        try VoiceCatalogue(store: store).synthesizer(for: name)
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
        if name != "espeak-ng", name != "espeak" {
            guard listings.contains(where: { $0.voice.name == name }) else {
                throw RiposteError(.badInput, .configuration, "There is no voice '\(name)'. \(hint)")
            }
            configuration.voice = name
        }
        return try EspeakSynthesizer(configuration: configuration, thread: thread)
    }
}
