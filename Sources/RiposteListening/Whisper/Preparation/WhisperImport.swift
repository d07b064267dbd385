import Foundation
import RiposteCore
import RiposteInference

/// A Whisper model of the user's own, opened and checked, to be put into the store.
///
/// ```swift
/// let model = try WhisperImport(URL(fileURLWithPath: "ggml-small.bin"))
/// print(model.summary)
/// try await store.add(model.modelImport())
/// ```
public struct WhisperImport {
    /// The kind of model, for `ModelStore.Configuration.importVersions`.
    public static let kind = "whisper"
    /// The current version of what is made of an import.
    public static let version = WhisperManifest.currentVersion

    public let path: URL
    public let dimensions: WhisperDimensions
    /// Which of OpenAI's sizes it is ("small", "large-v3-turbo", "base.en"); nil for another one.
    public let sizeName: String?
    public let parameterCount: Int
    /// How most of the numbers are stored: "float16", "q5_0".
    public let storage: String

    private let source: WhisperSource
    private let headsOrigin: WhisperSettings.Origin

    /// Opens a model and checks its sizes, its arrays' shapes and its vocabulary; the numbers are looked at when it is
    /// prepared.
    ///
    /// - Parameter path: a CTranslate2 folder, or a ggml file of whisper.cpp.
    /// - Throws: `RiposteError`: `.corrupt` for what is damaged or no Whisper model, `.badInput` for what is stored in a
    ///   form that is not read, `.storage` for what cannot be read.
    public init(_ path: URL) throws {
        self.path = path
        source = try WhisperSource(path)
        dimensions = source.dimensions
        sizeName = WhisperSize(dimensions)?.name
        parameterCount = WhisperLayout.parameterCount(dimensions)
        storage = source.checkpoint.storage
        guard dimensions.audioPositions == 1500, dimensions.textPositions == 448 else {
            throw RiposteError(
                .badInput, .models,
                "The model listens to \(dimensions.audioPositions) positions and writes \(dimensions.textPositions) tokens; "
                    + "only Whisper's own 1500 and 448 are supported.")
        }
        headsOrigin = try source.headsOrigin()
    }

    /// What it is, in a sentence.
    public var summary: String {
        let size = sizeName.map { "Whisper \($0)" } ?? "a Whisper model of a size of its own"
        let millions = Double(parameterCount) / 1e6
        let count = millions < 100 ? (millions * 10).rounded() / 10 : millions.rounded()
        let languages = dimensions.isMultilingual ? "\(source.languageCount) languages" : "English only"
        return "\(size), in \(source.format)'s format: \(count.formatted()) million parameters as \(storage), "
            + "\(languages), \(dimensions.mels) mel bands, \(dimensions.encoderLayers) + \(dimensions.decoderLayers) "
            + "layers of width \(dimensions.width); alignment heads: \(headsOrigin.rawValue)"
    }

    /// For the store.
    /// - Parameter name: the model's name, with or without "whisper-" in front. Default: that of its size, or else of the
    ///   file.
    /// - Throws: `.badInput` for what is no name.
    public func modelImport(name: String? = nil) throws -> ModelImport {
        let plain = name ?? sizeName ?? path.deletingPathExtension().lastPathComponent
        let full = plain.hasPrefix("whisper-") ? plain : "whisper-\(plain)"
        let allowed = full.unicodeScalars.allSatisfy { scalar in
            ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || ("0"..."9").contains(scalar)
                || "-_.".unicodeScalars.contains(scalar)
        }
        guard allowed, full.count > "whisper-".count, full.count <= 100 else {
            throw RiposteError(
                .badInput, .configuration,
                "“\(plain)” cannot be a model's name: letters, digits, -, _ and . can. Give one with --name.")
        }
        let languages = dimensions.isMultilingual ? "\(source.languageCount) languages" : "English only"
        return ModelImport(
            path, sources: source.files, preparer: WhisperPreparation(name: full), kind: Self.kind,
            purpose: "understands speech: Whisper \(sizeName ?? "of another size"), \(languages)",
            // A byte for each number, and the vocabulary.
            expectedByteCount: parameterCount + parameterCount / 10 + 4_000_000)
    }
}
