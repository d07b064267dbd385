import Foundation
import RiposteCore
import RiposteInference
import Testing

@testable import RiposteListening

/// Reading the formats that can be imported, on made-up models.
@Suite struct WhisperImportFormatTests {
    /// A block of each form, made by hand: number i of it is i − 16 in eighths, or as near to that as the form comes.
    @Test func blocksAreTheNumbersTheyStandFor() {
        let eighth: [UInt8] = [0x00, 0x30]  // 0.125
        let quarter: [UInt8] = [0x00, 0x34]
        let minusTwo: [UInt8] = [0x00, 0xC0]
        let exact = (0..<32).map { Float($0 - 16) / 8 }
        let coarse = (0..<32).map { (index: Int) -> Float in Float(index / 2 - 8) / 4 }

        let bytes = (0..<32).map { UInt8(bitPattern: Int8($0 - 16)) }
        #expect(GgmlTensorType.eightBits.floats(eighth + bytes) == exact)

        // Number j is in the lower half of byte j, number j + 16 in the upper; the fifth bit is set from 16 on.
        let lower: [UInt8] = (0..<16).map { $0 | $0 << 4 }
        let fifths: [UInt8] = [0, 0, 0xff, 0xff]
        #expect(GgmlTensorType.fiveBits.floats(eighth + fifths + lower) == exact)
        #expect(GgmlTensorType.fiveBitsWithMinimum.floats(eighth + minusTwo + fifths + lower) == exact)

        let nibbles = (0..<16).map { (index: Int) -> UInt8 in
            let half = UInt8(index / 2)
            return half | (half + 8) << 4
        }
        #expect(GgmlTensorType.fourBits.floats(quarter + nibbles) == coarse)
        #expect(GgmlTensorType.fourBitsWithMinimum.floats(quarter + minusTwo + nibbles) == coarse)
        // Two in a row.
        #expect(GgmlTensorType.fourBits.floats(quarter + nibbles + quarter + nibbles) == coarse + coarse)
    }

    @Test func halvesAreNarrowedToWhatTheyWere() {
        let halves = (0...UInt16.max).filter { $0 & 0x7c00 != 0x7c00 }
        #expect(HalfPrecision.narrowed(HalfPrecision.widened(halves)) == halves)
    }

    @Test(arguments: [80, 128])
    func ggmlHasTheSameArraysAsCTranslate2(mels: Int) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "ggml.bin")
        let model = SyntheticWhisper(.init(vocabulary: mels == 80 ? 51864 : 51866, mels: mels))
        try model.writeGgml(.float32, to: file)
        let source = try WhisperSource(file)
        #expect(source.format == "whisper.cpp" && source.checkpoint.storage == "f32")
        #expect(source.dimensions.mels == mels && source.dimensions.isMultilingual == (mels == 128))
        #expect(source.dimensions.encoderLayers == 2 && source.dimensions.decoderLayers == 1)
        for (name, array) in model.arrays {
            #expect(source.checkpoint.shape(of: name) == array.shape, "\(name)")
            #expect(try source.checkpoint.floats(name) == array.values, "\(name)")
            // Some of the rows, over the edge between the parts of what is stacked.
            let rows = array.shape[0] / 4..<(array.shape[0] - 1)
            let inner = array.values.count / array.shape[0]
            let expected = Array(array.values[(rows.lowerBound * inner)..<(rows.upperBound * inner)])
            #expect(try source.checkpoint.floats(name, rows: rows) == expected, "\(name)")
        }
    }

    @Test(arguments: [GgmlTensorType.fourBits, .fourBitsWithMinimum, .fiveBits, .fiveBitsWithMinimum, .eightBits])
    func quantisedArraysAreNearTheOriginal(type: GgmlTensorType) throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "ggml.bin")
        let model = SyntheticWhisper(.init())
        try model.writeGgml(type, to: file)
        let source = try WhisperSource(file)
        #expect(source.checkpoint.storage == "\(type)")
        let name = "encoder/layer_1/ffn/linear_1/weight"
        let original = try #require(model.arrays[name]?.values)
        let found = try source.checkpoint.floats(name)
        let largest = original.map(abs).max() ?? 0
        let step =
            2 * largest / Float(type == .eightBits ? 255 : type == .fourBits || type == .fourBitsWithMinimum ? 14 : 30)
        #expect(zip(original, found).allSatisfy { abs($0 - $1) <= step * 0.6 })
    }

    @Test(arguments: [CTranslate2File.ElementType.float32, .float16, .bfloat16, .int8])
    func cTranslate2IsReadInItsForms(type: CTranslate2File.ElementType) throws {
        let folder = try TemporaryFolder()
        let model = SyntheticWhisper(.init(vocabulary: 500))
        try model.writeCTranslate2(type, to: folder.url, tokenizer: Data())
        let source = try WhisperSource(folder.url)
        #expect(source.format == "CTranslate2" && source.checkpoint.storage == "\(type)")
        for (name, array) in model.arrays where !name.contains("embeddings") {
            let found = try source.checkpoint.floats(name)
            let largest = array.values.map(abs).max() ?? 0
            let tolerance: Float =
                switch type {
                case .float32: 0
                case .float16: largest / 1024
                case .bfloat16: largest / 127
                default: largest / 250
                }
            #expect(zip(array.values, found).allSatisfy { abs($0 - $1) <= tolerance }, "\(name)")
        }
    }

    // MARK: What is wrong is named

    private func message(_ body: (URL) throws -> URL) throws -> String {
        let folder = try TemporaryFolder()
        let path = try body(folder.url)
        let error = #expect(throws: RiposteError.self) {
            let source = try WhisperSource(path)
            let made = folder.url.appending(path: "made")
            try FileManager.default.createDirectory(at: made, withIntermediateDirectories: true)
            try WhisperPreparation(name: "whisper-x").prepare(source, into: made) { _ in }
        }
        return error?.message ?? ""
    }

    private func ggml(_ folder: URL, _ change: (inout SyntheticWhisper) -> Void = { _ in }) throws -> URL {
        var model = SyntheticWhisper(.init(encoderLayers: 1))
        change(&model)
        let file = folder.appending(path: "ggml.bin")
        try model.writeGgml(.float32, to: file)
        return file
    }

    @Test func aCutOffFileIsNamed() throws {
        for keep in [0.0001, 0.01, 0.5, 0.99] {
            let text = try message { folder in
                let file = try ggml(folder)
                let data = try Data(contentsOf: file)
                try data.prefix(Int(Double(data.count) * keep)).write(to: file)
                return file
            }
            #expect(text.contains("cut off"), "\(keep): \(text)")
        }
    }

    @Test func otherFilesAreNamed() throws {
        let text = try message { folder in
            let file = folder.appending(path: "x.bin")
            try Data("RIFF and so on".utf8).write(to: file)
            return file
        }
        #expect(text.contains("does not begin like a model file of whisper.cpp"))
        #expect(try message { $0.appending(path: "nothing") }.contains("There is no"))
        #expect(try message { $0 }.contains("no model.bin"))
    }

    @Test func aWrongShapeIsNamed() throws {
        let missing = try message { folder in
            try ggml(folder) { $0.arrays["encoder/layer_0/ffn/layer_norm/gamma"] = nil }
        }
        #expect(missing.contains("encoder/layer_0/ffn/layer_norm/gamma"), "\(missing)")
        let wrong = try message { folder in
            try ggml(folder) {
                let values = [Float](repeating: 0, count: 64 * 32)
                $0.arrays["encoder/layer_0/self_attention/linear_1/weight"] = .init(shape: [64, 32], values: values)
            }
        }
        #expect(wrong.contains("[64, 32], not [64, 64]"), "\(wrong)")
    }

    @Test func numbersThatAreNoneAreNamed() throws {
        for bad in [Float.nan, .infinity, -.infinity] {
            let text = try message { folder in
                try ggml(folder) { $0.arrays["decoder/layer_0/ffn/linear_0/weight"]?.values[99] = bad }
            }
            #expect(text.contains("decoder.blocks.0.mlp.0.weight") && text.contains("infinite"), "\(text)")
        }
    }

    @Test func aVocabularyThatIsNotWhispersIsNamed() throws {
        let text = try message { folder in
            let file = folder.appending(path: "ggml.bin")
            try SyntheticWhisper(.init(encoderLayers: 1, vocabulary: 60000)).writeGgml(.float16, to: file)
            return file
        }
        #expect(text.contains("no vocabulary of Whisper's"), "\(text)")
    }

    @Test func anotherNetworkIsNamed() throws {
        let text = try message { folder in
            let model = SyntheticWhisper(.init(encoderLayers: 1, vocabulary: 500))
            try model.writeCTranslate2(
                .float16, to: folder, tokenizer: Data(), specification: "TransformerSpec")
            return folder
        }
        #expect(text.contains("TransformerSpec"), "\(text)")
    }

    @Test func aMissingOrStrangeTokenizerIsNamed() throws {
        let model = SyntheticWhisper(.init(encoderLayers: 1, vocabulary: 500))
        let missing = try message { folder in
            try model.writeCTranslate2(.float16, to: folder, tokenizer: Data())
            try FileManager.default.removeItem(at: folder.appending(path: "tokenizer.json"))
            return folder
        }
        #expect(missing.contains("tokenizer.json"), "\(missing)")
        let strange = try message { folder in
            let form = #"{"added_tokens": [], "model": {"vocab": {"a": 0}, "merges": []}}"#
            try model.writeCTranslate2(.float16, to: folder, tokenizer: Data(form.utf8))
            return folder
        }
        #expect(strange.contains("<|endoftext|>"), "\(strange)")
    }

    // MARK: What it is

    @Test(arguments: [
        (384, 4, 4, 51865, 80, "tiny"), (512, 6, 6, 51864, 80, "base.en"), (768, 12, 12, 51865, 80, "small"),
        (1024, 24, 24, 51864, 80, "medium.en"), (1280, 32, 32, 51865, 80, "large-v2"),
        (1280, 32, 32, 51866, 128, "large-v3"), (1280, 32, 4, 51866, 128, "large-v3-turbo"),
    ])
    func sizesHaveTheirNames(
        width: Int, encoder: Int, decoder: Int, vocabulary: Int, mels: Int, name: String
    ) throws {
        let dimensions = WhisperDimensions(
            width: width, encoderLayers: encoder, decoderLayers: decoder, vocabulary: vocabulary, mels: mels)
        let size = try #require(WhisperSize(dimensions))
        #expect(size.name == name)
        #expect(!size.alignmentHeads.isEmpty)
        #expect(size.alignmentHeads.allSatisfy { $0[0] < decoder && $0[1] < width / 64 })
        let millions = [
            "tiny": 38, "base.en": 73, "small": 242, "medium.en": 762, "large-v2": 1543, "large-v3": 1543,
            "large-v3-turbo": 809,
        ]
        #expect(abs(WhisperLayout.parameterCount(dimensions) / 1_000_000 - (millions[name] ?? 0)) <= 2)
    }

    @Test func anotherSizeHasTheUpperHeads() {
        let dimensions = WhisperDimensions(
            width: 128, encoderLayers: 2, decoderLayers: 3, vocabulary: 51864, mels: 80)
        #expect(WhisperSize(dimensions) == nil)
        #expect(WhisperSize.upperHeads(dimensions) == [[1, 0], [1, 1], [2, 0], [2, 1]])
    }
}

extension WhisperDimensions {
    init(width: Int, encoderLayers: Int, decoderLayers: Int, vocabulary: Int, mels: Int) {
        self.init(
            width: width, encoderLayers: encoderLayers, decoderLayers: decoderLayers, vocabulary: vocabulary,
            mels: mels, audioPositions: 1500, textPositions: 448)
    }
}
