/// Which of the published Whisper models one is, told by its sizes.
struct WhisperSize: Equatable {
    /// As OpenAI calls it: "tiny.en", "large-v3".
    let name: String
    /// Pairs of decoder layer and head whose attention follows the sound, as OpenAI published them.
    let alignmentHeads: [[Int]]

    /// The published size with these dimensions; nil for one of another's own making.
    init?(_ dimensions: WhisperDimensions) {
        let family = Self.families.first {
            $0.width == dimensions.width && $0.mels == dimensions.mels
                && $0.layers == [dimensions.encoderLayers, dimensions.decoderLayers]
        }
        guard let family, let heads = dimensions.isMultilingual ? family.heads : family.englishHeads else { return nil }
        name = dimensions.isMultilingual ? family.name : "\(family.name).en"
        alignmentHeads = Self.pairs(heads)
    }

    /// Where no heads are known: all of the upper half of the decoder's layers, as OpenAI does it.
    static func upperHeads(_ dimensions: WhisperDimensions) -> [[Int]] {
        (dimensions.decoderLayers / 2..<dimensions.decoderLayers).flatMap { layer in
            (0..<dimensions.heads).map { [layer, $0] }
        }
    }

    /// A size in its multilingual and its English form.
    private struct Family {
        let name: String
        let width: Int
        /// Of the encoder and of the decoder.
        let layers: [Int]
        var mels = 80
        let heads: String
        var englishHeads: String?
    }

    private static func pairs(_ text: String) -> [[Int]] {
        text.split(separator: " ").map { $0.split(separator: ".").compactMap { Int($0) } }
    }

    /// Heads are written LAYER.HEAD. large-v1 has the sizes of large-v2, and cannot be told from it.
    private static let families = [
        Family(
            name: "tiny", width: 384, layers: [4, 4], heads: "2.2 3.0 3.2 3.3 3.4 3.5",
            englishHeads: "1.0 2.0 2.5 3.0 3.1 3.2 3.3 3.4"),
        Family(
            name: "base", width: 512, layers: [6, 6], heads: "3.1 4.2 4.3 4.7 5.1 5.2 5.4 5.6",
            englishHeads: "3.3 4.7 5.1 5.5 5.7"),
        Family(
            name: "small", width: 768, layers: [12, 12], heads: "5.3 5.9 8.0 8.4 8.7 8.8 9.0 9.7 9.9 10.5",
            englishHeads: "6.6 7.0 7.3 7.8 8.2 8.5 8.7 9.0 9.4 9.8 9.10 10.0 10.1 10.2 10.3 10.6 10.11 11.2 11.4"),
        Family(
            name: "medium", width: 1024, layers: [24, 24], heads: "13.15 15.4 15.15 16.1 20.0 23.4",
            englishHeads:
                "11.4 14.1 14.12 14.14 15.4 16.0 16.4 16.9 17.12 17.14 18.7 18.10 18.15 20.0 20.3 20.9 20.14 21.12"),
        Family(
            name: "large-v2", width: 1280, layers: [32, 32],
            heads: "10.12 13.17 16.11 16.12 16.13 17.15 17.16 18.4 18.11 18.19 19.11 21.2 21.3 22.3 22.9 22.12 23.5 "
                + "23.7 23.13 25.5 26.1 26.12 27.15"),
        Family(
            name: "large-v3", width: 1280, layers: [32, 32], mels: 128,
            heads: "7.0 10.17 12.18 13.12 16.1 17.14 19.11 21.4 24.1 25.6"),
        Family(
            name: "large-v3-turbo", width: 1280, layers: [32, 4], mels: 128, heads: "2.4 2.11 3.3 3.6 3.11 3.14"),
    ]
}
