import Foundation
import RiposteCore

/// The files of a Whisper checkpoint, wherever they lie in a folder.
struct CheckpointFiles {
    /// `model.bin`, or its parts in order.
    let model: [URL]
    private let texts: [URL]

    /// Throws `.corrupt` if one is missing.
    init(in folder: URL) throws {
        let found = FileManager.default.enumerator(
            at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
        let files = (found?.allObjects as? [URL] ?? []).sorted { $0.path < $1.path }
        func first(_ name: String) throws -> URL {
            guard let file = files.first(where: { $0.lastPathComponent == name }) else {
                throw RiposteError(.corrupt, .models, "There is no \(name) in \(folder.path).")
            }
            return file
        }
        let parts = files.filter { $0.lastPathComponent.hasPrefix("model.bin.part") }
            .sorted { $0.lastPathComponent < $1.lastPathComponent }
        model = parts.isEmpty ? [try first("model.bin")] : parts
        texts = [try first("config.json"), try first("tokenizer.json")]
    }

    /// Copies what the decoding side reads.
    func copyTexts(into folder: URL) throws {
        for text in texts {
            do {
                try Data(contentsOf: text).write(to: folder.appending(path: text.lastPathComponent))
            } catch {
                throw RiposteError(
                    .storage, .models, "Cannot copy \(text.lastPathComponent) to \(folder.path).", underlying: error)
            }
        }
    }

    /// The pairs of decoder layer and head whose attention follows the sound, from `config.json`. Throws `.corrupt` if
    /// they are not there, or not in the model.
    func alignmentHeads(_ dimensions: WhisperDimensions) throws -> [[Int]] {
        struct Configuration: Decodable {
            let alignmentHeads: [[Int]]

            enum CodingKeys: String, CodingKey {
                case alignmentHeads = "alignment_heads"
            }
        }
        guard let file = texts.first(where: { $0.lastPathComponent == "config.json" }),
            let configuration = try? JSONDecoder().decode(Configuration.self, from: Data(contentsOf: file)),
            !configuration.alignmentHeads.isEmpty,
            configuration.alignmentHeads.allSatisfy({ pair in
                pair.count == 2 && (0..<dimensions.decoderLayers).contains(pair[0])
                    && (0..<dimensions.heads).contains(pair[1])
            })
        else {
            throw RiposteError(.corrupt, .models, "The model's config.json has no alignment_heads that fit it.")
        }
        return configuration.alignmentHeads
    }
}
