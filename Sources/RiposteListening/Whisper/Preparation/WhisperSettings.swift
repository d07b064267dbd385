import Foundation
import RiposteCore

/// What is known of a checkpoint besides its weights: CTranslate2's `config.json`, as far as it is used.
struct WhisperSettings: Codable, Equatable {
    /// Where the alignment heads are from.
    enum Origin: String, Sendable {
        case checkpoint = "its own"
        case size = "OpenAI's for this size"
        case upperHalf = "not known: the upper half of the decoder"
    }

    /// Pairs of decoder layer and head whose attention follows the sound.
    var alignmentHeads: [[Int]]?
    /// Never chosen.
    var suppressIds: [Int]?
    /// Not chosen as the first token of a text.
    var suppressIdsBegin: [Int]?

    var origin = Origin.checkpoint

    enum CodingKeys: String, CodingKey {
        case alignmentHeads = "alignment_heads"
        case suppressIds = "suppress_ids"
        case suppressIdsBegin = "suppress_ids_begin"
    }

    /// With what is left out filled in: the alignment heads by the size, the tokens by OpenAI's choice.
    /// - Throws: `.corrupt` if the alignment heads are not in the model.
    func completed(_ dimensions: WhisperDimensions, _ tokenizer: BytePairTokenizer) throws -> WhisperSettings {
        var settings = self
        if alignmentHeads?.isEmpty ?? true {
            let size = WhisperSize(dimensions)
            settings.alignmentHeads = size?.alignmentHeads ?? WhisperSize.upperHeads(dimensions)
            settings.origin = size == nil ? .upperHalf : .size
        }
        settings.suppressIds = suppressIds ?? UnspokenTokens.ids(tokenizer)
        settings.suppressIdsBegin = suppressIdsBegin ?? UnspokenTokens.idsAtStart(tokenizer)
        let fits = (settings.alignmentHeads ?? []).allSatisfy { pair in
            pair.count == 2 && (0..<dimensions.decoderLayers).contains(pair[0])
                && (0..<dimensions.heads).contains(pair[1])
        }
        guard fits else {
            throw RiposteError(
                .corrupt, .models, "The alignment_heads of the model's config.json are not all in the model.")
        }
        return settings
    }

    func write(into folder: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        do {
            try encoder.encode(self).write(to: folder.appending(path: "config.json"))
        } catch {
            throw RiposteError(.storage, .models, "Cannot write into \(folder.path).", underlying: error)
        }
    }
}
