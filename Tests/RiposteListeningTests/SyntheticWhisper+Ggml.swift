import Foundation

@testable import RiposteListening

extension SyntheticWhisper {
    /// Writes a file of whisper.cpp's.
    func writeGgml(_ type: GgmlTensorType, to file: URL, tokens: [[UInt8]] = Self.tokens) throws {
        var writer = ByteWriter()
        let heads = sizes.width / 64
        writer.numbers(
            [
                0x6767_6d6c, sizes.vocabulary, sizes.audioPositions, sizes.width, heads, sizes.encoderLayers,
                sizes.textPositions, sizes.width, heads, sizes.decoderLayers, sizes.mels, 1, sizes.mels, 201,
            ].map(Int32.init))
        writer.numbers([Float](repeating: 0.5, count: sizes.mels * 201))
        let text = sizes.vocabulary > 51864 ? 50257 : 50256
        writer.number(Int32(text))
        for token in tokens.prefix(text) {
            writer.number(Int32(token.count))
            writer.bytes(token)
        }
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            for (target, rows) in Self.targets(of: name, rows: array.shape[0]) {
                let inner = array.values.count / array.shape[0]
                let values = Array(array.values[(rows.lowerBound * inner)..<(rows.upperBound * inner)])
                var shape = [rows.count] + array.shape.dropFirst()
                if target.hasPrefix("encoder.conv"), target.hasSuffix("bias") { shape.append(1) }
                let isWhole = shape.count < 2 || shape.last == 1 || target.hasSuffix("positional_embedding")
                let own = isWhole ? .float32 : shape.count > 2 && type != .float32 ? .float16 : type
                writer.numbers([shape.count, target.utf8.count, Int(own.rawValue)].map(Int32.init))
                writer.numbers(shape.reversed().map(Int32.init))
                writer.bytes(target.utf8)
                Self.write(values, as: own, to: &writer)
            }
        }
        try writer.data.write(to: file)
    }

    private static func write(_ values: [Float], as type: GgmlTensorType, to writer: inout ByteWriter) {
        switch type {
        case .float32: writer.numbers(values)
        case .float16: writer.halves(values)
        default:
            for start in stride(from: 0, to: values.count, by: 32) {
                write(block: Array(values[start..<(start + 32)]), as: type, to: &writer)
            }
        }
    }

    private static func write(block: [Float], as type: GgmlTensorType, to writer: inout ByteWriter) {
        let low = block.min() ?? 0
        let high = block.max() ?? 0
        let bits = type == .eightBits ? 8 : type == .fourBits || type == .fourBitsWithMinimum ? 4 : 5
        let hasMinimum = type == .fourBitsWithMinimum || type == .fiveBitsWithMinimum
        let limit = Float(1 << (bits - 1))
        let scale = hasMinimum ? (high - low) / (2 * limit - 1) : max(high, -low) / (limit - 1)
        let factor = scale > 0 ? 1 / scale : 0
        writer.numbers([Float16(scale)])
        if hasMinimum { writer.numbers([Float16(low)]) }
        if type == .eightBits { return writer.numbers(block.map { Int8(($0 * factor).rounded()) }) }
        let numbers = block.map { UInt8((($0 - (hasMinimum ? low : 0)) * factor + (hasMinimum ? 0 : limit)).rounded()) }
        if bits == 5 {
            writer.number(numbers.enumerated().reduce(UInt32(0)) { $0 | UInt32($1.element >> 4) << UInt32($1.offset) })
        }
        for index in 0..<16 { writer.number(numbers[index] & 15 | (numbers[index + 16] & 15) << 4) }
    }

    /// The tensors an array becomes, and of which of its rows.
    private static func targets(of name: String, rows: Int) -> [(name: String, rows: Range<Int>)] {
        let single = [
            "encoder/position_encodings/encodings": "encoder.positional_embedding",
            "decoder/position_encodings/encodings": "decoder.positional_embedding",
            "decoder/embeddings/weight": "decoder.token_embedding.weight",
        ]
        if let target = single[name] { return [(target, 0..<rows)] }
        var path = name.split(separator: "/").map(String.init)
        let part = path.removeFirst()
        let last = path.removeLast().replacing("gamma", with: "weight").replacing("beta", with: "bias")
        if path == ["layer_norm"] { return [("\(part).\(part == "encoder" ? "ln_post" : "ln").\(last)", 0..<rows)] }
        guard let layer = path.first, layer.hasPrefix("layer_") else {
            return [("\(part).\(path[0]).\(last)", 0..<rows)]
        }
        let block = "\(part).blocks.\(layer.dropFirst(6))"
        let place = path.dropFirst().joined(separator: "/")
        let names = [
            "self_attention/layer_norm": ["attn_ln"], "self_attention/linear_1": ["attn.out"],
            "self_attention/linear_0": ["attn.query", "attn.key", "attn.value"],
            "attention/layer_norm": ["cross_attn_ln"], "attention/linear_0": ["cross_attn.query"],
            "attention/linear_1": ["cross_attn.key", "cross_attn.value"], "attention/linear_2": ["cross_attn.out"],
            "ffn/layer_norm": ["mlp_ln"], "ffn/linear_0": ["mlp.0"], "ffn/linear_1": ["mlp.2"],
        ]
        let parts = names[place] ?? []
        return parts.enumerated().compactMap { index, target in
            // The keys have no bias.
            if target.hasSuffix("key"), last == "bias" { return nil }
            let size = rows / parts.count
            return ("\(block).\(target).\(last)", (index * size)..<((index + 1) * size))
        }
    }
}
