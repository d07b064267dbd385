import Foundation
import RiposteCore

/// A model file of whisper.cpp: sizes, mel filters, vocabulary, then one tensor after the other.
///
/// The layout (little-endian): "ggml" as a number, eleven sizes; the filters' sizes and values; the tokens, each with its
/// length; then, to the end of the file, for each tensor its rank, the length of its name, its type, its dimensions
/// (innermost first), the name and the data.
struct GgmlFile {
    struct Tensor {
        /// Outermost first.
        let dimensions: [Int]
        let type: GgmlTensorType
        fileprivate let offset: Int

        var rowLength: Int { dimensions.last ?? 1 }
    }

    /// The sizes at the front, by whisper.cpp's names without the "n_".
    struct Sizes: Equatable {
        var vocabulary: Int
        var audioContext: Int
        var audioState: Int
        var audioHeads: Int
        var audioLayers: Int
        var textContext: Int
        var textState: Int
        var textHeads: Int
        var textLayers: Int
        var mels: Int
    }

    /// How every such file begins.
    static let magic: UInt32 = 0x6767_6d6c

    let sizes: Sizes
    /// [mels, 201], row after row.
    let filters: [Float]
    /// The bytes of each token, in the order of their ids.
    let tokens: [[UInt8]]
    let tensors: [String: Tensor]

    private let parts: ModelFileParts

    /// Whether a file begins like one of whisper.cpp.
    static func isOne(_ url: URL) -> Bool {
        guard let parts = try? ModelFileParts(urls: [url]),
            let magic = try? parts.array(UInt32.self, at: 0..<4)
        else { return false }
        return UInt32(littleEndian: magic[0]) == magic[0] && magic[0] == Self.magic
    }

    /// - Throws: `.corrupt` if it is no such file, `.badInput` if its numbers are of a type that is not read, `.storage`
    ///   if it cannot be read.
    init(_ url: URL) throws {
        parts = try ModelFileParts(urls: [url])
        var reader = ModelFileReader(parts: parts)
        guard try reader.integer(UInt32.self) == Self.magic else {
            throw RiposteError(
                .corrupt, .models, "\(url.lastPathComponent) does not begin like a model file of whisper.cpp.")
        }
        sizes = try reader.sizes()
        filters = try reader.filters(mels: sizes.mels)
        tokens = try reader.tokens(limit: sizes.vocabulary)
        var tensors: [String: Tensor] = [:]
        while reader.offset < parts.count {
            let (name, tensor) = try reader.tensor()
            tensors[name] = tensor
        }
        self.tensors = tensors
    }

    /// Some rows of a tensor, in single precision. A row is what the innermost dimension is long.
    func floats(_ tensor: Tensor, rows: Range<Int>) throws -> [Float] {
        let bytes = tensor.type.bytes(of: tensor.rowLength)
        let start = tensor.offset
        let range = (start + rows.lowerBound * bytes)..<(start + rows.upperBound * bytes)
        switch tensor.type {
        case .float32: return try parts.array(Float.self, at: range)
        case .float16: return HalfPrecision.widened(try parts.array(UInt16.self, at: range))
        default: return tensor.type.floats(try parts.array(UInt8.self, at: range))
        }
    }
}

extension ModelFileReader {
    private mutating func count(_ what: String, atMost limit: Int = 1 << 20) throws -> Int {
        let value = Int(try integer(Int32.self))
        guard value > 0, value <= limit else {
            throw RiposteError(.corrupt, .models, "The model file says it has \(value) \(what): it is damaged.")
        }
        return value
    }

    fileprivate mutating func sizes() throws -> GgmlFile.Sizes {
        let sizes = GgmlFile.Sizes(
            vocabulary: try count("tokens"), audioContext: try count("positions of sound"),
            audioState: try count("channels"), audioHeads: try count("heads"), audioLayers: try count("layers"),
            textContext: try count("positions of text"), textState: try count("channels"),
            textHeads: try count("heads"), textLayers: try count("layers"), mels: try count("mel bands"))
        _ = try integer(Int32.self)  // what most tensors are stored as; each says so itself
        return sizes
    }

    fileprivate mutating func filters(mels: Int) throws -> [Float] {
        let rows = try count("mel filters")
        let columns = try count("frequencies")
        guard rows == mels, columns == 201 else {
            throw RiposteError(
                .corrupt, .models, "The model file has \(rows) × \(columns) mel filters, not \(mels) × 201.")
        }
        let start = offset
        try skip(rows * columns * 4)
        return try parts.array(Float.self, at: start..<offset)
    }

    fileprivate mutating func tokens(limit: Int) throws -> [[UInt8]] {
        let count = try count("tokens in its vocabulary", atMost: limit)
        return try (0..<count).map { id in
            let length = Int(try integer(UInt32.self))
            guard length <= 1 << 12 else {
                throw RiposteError(.corrupt, .models, "Token \(id) has \(length) bytes: the model file is damaged.")
            }
            return Array(try bytes(length))
        }
    }

    fileprivate mutating func tensor() throws -> (String, GgmlFile.Tensor) {
        let rank = try count("dimensions", atMost: 4)
        let length = try count("letters in a name", atMost: 256)
        let code = try integer(Int32.self)
        let dimensions = try (0..<rank).map { _ in try count("numbers in a row", atMost: 1 << 28) }
        let name = String(decoding: try bytes(length), as: UTF8.self)
        let type = try GgmlTensorType(code: code, tensor: name)
        guard dimensions[0].isMultiple(of: type.block) else {
            throw RiposteError(
                .corrupt, .models, "\(name) has rows of \(dimensions[0]) numbers, which \(type) cannot hold.")
        }
        let start = offset
        do {
            try skip(type.bytes(of: dimensions[0]) * dimensions.dropFirst().reduce(1, *))
        } catch {
            throw RiposteError(.corrupt, .models, "The model file ends within \(name): it is cut off.")
        }
        return (name, GgmlFile.Tensor(dimensions: dimensions.reversed(), type: type, offset: start))
    }
}
