import Foundation
import RiposteCore

/// What a prepared Whisper folder holds: its `graphs.json`.
public struct WhisperManifest: Sendable, Equatable, Codable {
    /// Counts up when the graphs change.
    public static let currentVersion = 4

    public let version: Int
    public let dimensions: WhisperDimensions
    /// Whether the prompt names a language and a task.
    public let isMultilingual: Bool
    /// Positions of silence that one of the remembered ones stands for.
    public let stride: Int
    /// The features of silence: what an utterance's clamped features must have where it is quiet.
    public let silenceLevel: Float
    /// The log10 mel energy that an utterance's largest has to be moved to.
    public let loudest: Float
    /// The graphs that are there.
    public let precisions: [WhisperPrecision]
    /// Where the exact rows of the vocabulary lie, by the name of the precision, where the graph's product with it is coarse.
    let vocabularies: [String: VocabularyTable.Place]

    init(
        dimensions: WhisperDimensions, stride: Int, precisions: [WhisperPrecision],
        vocabularies: [String: VocabularyTable.Place]
    ) {
        version = Self.currentVersion
        self.dimensions = dimensions
        isMultilingual = dimensions.isMultilingual
        self.stride = stride
        silenceLevel = SilenceMemory.level
        loudest = SilenceMemory.loudest
        self.precisions = precisions
        self.vocabularies = vocabularies
    }

    /// Reads the manifest of a prepared folder. Throws `.corrupt` if it is damaged or of another version.
    public init(folder: URL) throws {
        do {
            let data = try Data(contentsOf: folder.appending(path: WhisperGraphs.manifestFile))
            self = try JSONDecoder().decode(Self.self, from: data)
        } catch {
            throw RiposteError(
                .corrupt, .models, "\(folder.path) is not a prepared Whisper model; fetch it again.", underlying: error)
        }
        guard version == Self.currentVersion else {
            throw RiposteError(
                .corrupt, .models, "\(folder.path) was prepared by another version; fetch it again.")
        }
    }

    func write(to folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        do {
            try encoder.encode(self).write(to: folder.appending(path: WhisperGraphs.manifestFile))
        } catch {
            throw RiposteError(.storage, .models, "Cannot write into \(folder.path).", underlying: error)
        }
    }
}
