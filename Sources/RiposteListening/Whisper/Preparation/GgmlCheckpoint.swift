import Foundation
import RiposteCore

/// The weights of a model file of whisper.cpp, under CTranslate2's names.
///
/// Where CTranslate2 stacks several matrices (query, key and value), the rows of one come after those of the other; the
/// key has no bias, which is a bias of zeros.
struct GgmlCheckpoint: WhisperCheckpoint {
    let file: GgmlFile

    init(_ file: GgmlFile) {
        self.file = file
    }

    var storage: String {
        file.tensors["decoder.blocks.0.mlp.0.weight"].map { "\($0.type)" } ?? "unknown numbers"
    }

    func shape(of name: String) -> [Int]? {
        let parts = Self.parts(of: name)
        // What is always a bias of zeros has its size from what it is stacked with.
        guard let first = parts.lazy.compactMap({ tensor($0) }).first else { return nil }
        // The biases of the convolutions are stored as columns.
        let dimensions = name.hasSuffix("/bias") ? [first.dimensions.reduce(1, *)] : first.dimensions
        let rows = parts.map { part in
            part == nil || parts.count == 1 ? dimensions[0] : tensor(part)?.dimensions.first ?? 0
        }
        return [rows.reduce(0, +)] + dimensions.dropFirst()
    }

    func isHalf(_ name: String) -> Bool {
        Self.parts(of: name).allSatisfy { part in part == nil || tensor(part)?.type == .float16 }
    }

    func floats(_ name: String, rows: Range<Int>) throws -> [Float] {
        let shape = try knownShape(of: name)
        let parts = Self.parts(of: name)
        let partRows = shape[0] / parts.count
        var values: [Float] = []
        values.reserveCapacity(rows.count * shape.dropFirst().reduce(1, *))
        for (index, part) in parts.enumerated() {
            let own = (index * partRows)..<((index + 1) * partRows)
            let wanted = rows.clamped(to: own)
            guard !wanted.isEmpty else { continue }
            guard let part else {
                values += [Float](repeating: 0, count: wanted.count)
                continue
            }
            guard let tensor = tensor(part) else {
                throw RiposteError(.corrupt, .models, "The model file has no \(part).")
            }
            let found = try floats(tensor, (wanted.lowerBound - own.lowerBound)..<(wanted.upperBound - own.lowerBound))
            try WeightCheck.requireFinite(found, in: part)
            values += found
        }
        return values
    }

    /// - Parameter rows: elements of the first axis.
    private func floats(_ tensor: GgmlFile.Tensor, _ rows: Range<Int>) throws -> [Float] {
        let first = tensor.dimensions[0]
        // A vector, or a column, is read at once: its elements need not be rows that can be read by themselves.
        if tensor.dimensions.dropFirst().reduce(1, *) == 1 {
            let count = first / tensor.rowLength
            return Array(try file.floats(tensor, rows: 0..<max(count, 1))[rows])
        }
        let inner = tensor.dimensions.dropFirst().dropLast().reduce(1, *)
        return try file.floats(tensor, rows: (rows.lowerBound * inner)..<(rows.upperBound * inner))
    }

    private func tensor(_ name: String?) -> GgmlFile.Tensor? { name.flatMap { file.tensors[$0] } }
}

extension GgmlCheckpoint {
    /// The names in the file of what an array is made of; nil is a bias of zeros.
    private static func parts(of name: String) -> [String?] {
        let pieces = name.split(separator: "/").map(String.init)
        guard pieces.count > 2, let part = pieces.first, let last = pieces.last else { return [nil] }
        let side = part == "encoder" ? "encoder" : "decoder"
        let suffix = ["gamma": "weight", "beta": "bias"][last] ?? last
        if pieces[1].hasPrefix("layer_") {
            guard pieces[1] != "layer_norm" else {
                return ["\(side).\(side == "encoder" ? "ln_post" : "ln").\(suffix)"]
            }
            let block = "\(side).blocks.\(pieces[1].dropFirst("layer_".count))"
            return layerParts(pieces.dropFirst(2).dropLast().joined(separator: "/"), suffix).map { part in
                part.map { "\(block).\($0)" }
            }
        }
        switch pieces[1] {
        case "conv1", "conv2": return ["\(side).\(pieces[1]).\(suffix)"]
        case "position_encodings": return ["\(side).positional_embedding"]
        case "embeddings": return ["\(side).token_embedding.\(suffix)"]
        default: return [nil]
        }
    }

    private static func layerParts(_ place: String, _ suffix: String) -> [String?] {
        let key = suffix == "bias" ? nil : "key.\(suffix)"
        switch place {
        case "self_attention/layer_norm": return ["attn_ln.\(suffix)"]
        case "self_attention/linear_0":
            return ["attn.query.\(suffix)", key.map { "attn.\($0)" }, "attn.value.\(suffix)"]
        case "self_attention/linear_1": return ["attn.out.\(suffix)"]
        case "attention/layer_norm": return ["cross_attn_ln.\(suffix)"]
        case "attention/linear_0": return ["cross_attn.query.\(suffix)"]
        case "attention/linear_1": return [key.map { "cross_attn.\($0)" }, "cross_attn.value.\(suffix)"]
        case "attention/linear_2": return ["cross_attn.out.\(suffix)"]
        case "ffn/layer_norm": return ["mlp_ln.\(suffix)"]
        case "ffn/linear_0": return ["mlp.0.\(suffix)"]
        case "ffn/linear_1": return ["mlp.2.\(suffix)"]
        default: return [nil]
        }
    }
}
