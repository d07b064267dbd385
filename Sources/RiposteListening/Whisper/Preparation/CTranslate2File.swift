import Foundation
import RiposteCore

/// A CTranslate2 `model.bin`: named arrays of numbers, read when asked for.
///
/// The layout (little-endian): version, specification name, revision, variable count, then for each variable
/// its name, dimensions, element type, byte count and data; at the end pairs of alias and name. A string is a
/// 16-bit length that counts a final zero, then the bytes.
///
/// Of quantised arrays, "NAME_scale" is what the numbers were multiplied with before they were rounded: a number for
/// each row, or one for all.
struct CTranslate2File: WhisperCheckpoint {
    enum ElementType: UInt8 {
        case float32 = 0
        case int8 = 1
        case int16 = 2
        case int32 = 3
        case float16 = 4
        case bfloat16 = 5

        var size: Int {
            switch self {
            case .int8: 1
            case .int16, .float16, .bfloat16: 2
            case .int32, .float32: 4
            }
        }
    }

    struct Variable {
        let dimensions: [Int]
        let type: ElementType
        fileprivate let bytes: Range<Int>
    }

    /// What kind of network it is: "WhisperSpec".
    let specification: String
    let variables: [String: Variable]

    private let parts: ModelFileParts

    /// - Parameter parts: the file, or the pieces it was cut into, in order.
    /// - Throws: `.corrupt` if they are not such a file, `.storage` if they cannot be read.
    init(parts urls: [URL]) throws {
        parts = try ModelFileParts(urls: urls)
        var reader = ModelFileReader(parts: parts)
        let version = try reader.integer(UInt32.self)
        guard version == 6 else {
            throw RiposteError(
                .corrupt, .models,
                "\(urls.first?.lastPathComponent ?? "The model file") begins like no CTranslate2 model of version 6.")
        }
        specification = try reader.string()
        _ = try reader.integer(UInt32.self)  // revision
        var variables: [String: Variable] = [:]
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let name = try reader.string()
            variables[name] = try reader.variable(name)
        }
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let alias = try reader.string()
            variables[alias] = variables[try reader.string()]
        }
        self.variables = variables
    }

    var storage: String {
        variables["decoder/layer_0/ffn/linear_0/weight"].map { "\($0.type)" } ?? "unknown numbers"
    }

    func shape(of name: String) -> [Int]? { variables[name]?.dimensions }

    func isHalf(_ name: String) -> Bool { variables[name]?.type == .float16 }

    func floats(_ name: String, rows: Range<Int>) throws -> [Float] {
        _ = try knownShape(of: name)
        guard let variable = variables[name] else { return [] }
        let count = variable.dimensions.dropFirst().reduce(1, *)
        let bytes = variable.type.size * count
        let start = variable.bytes.lowerBound
        let range = (start + rows.lowerBound * bytes)..<(start + rows.upperBound * bytes)
        guard range.upperBound <= variable.bytes.upperBound else {
            throw RiposteError(.corrupt, .models, "\(name) has \(variable.dimensions) numbers and not as many rows.")
        }
        let values: [Float]
        switch variable.type {
        case .float32: values = try parts.array(Float.self, at: range)
        case .float16: values = HalfPrecision.widened(try parts.array(UInt16.self, at: range))
        case .bfloat16:
            values = try parts.array(UInt16.self, at: range).map { Float(bitPattern: UInt32($0) << 16) }
        case .int8: values = try scaled(parts.array(Int8.self, at: range), name, rows: rows, count: count)
        case .int16: values = try scaled(parts.array(Int16.self, at: range), name, rows: rows, count: count)
        case .int32: throw RiposteError(.corrupt, .models, "\(name) is stored as integers.")
        }
        try WeightCheck.requireFinite(values, in: name)
        return values
    }

    private func scaled<T: FixedWidthInteger & BitwiseCopyable>(
        _ numbers: [T], _ name: String, rows: Range<Int>, count: Int
    ) throws -> [Float] {
        let scale = "\(name)_scale"
        let shape = try knownShape(of: scale)
        let all = try floats(scale)
        guard all.count == 1 || shape == variables[name]?.dimensions.prefix(1).map({ $0 }) else {
            throw RiposteError(.corrupt, .models, "\(scale) has the sizes \(shape), not one for each row of \(name).")
        }
        return numbers.withUnsafeBufferPointer { numbers in
            [Float](unsafeUninitializedCapacity: numbers.count) { target, initialized in
                var index = 0
                for row in rows {
                    let factor = 1 / (all.count == 1 ? all[0] : all[row])
                    let end = index &+ count
                    while index < end {
                        target[index] = Float(numbers[index]) * factor
                        index &+= 1
                    }
                }
                initialized = index
            }
        }
    }
}

extension ModelFileReader {
    fileprivate mutating func string() throws -> String {
        let length = Int(try integer(UInt16.self))
        return String(decoding: try bytes(length).prefix { $0 != 0 }, as: UTF8.self)
    }

    fileprivate mutating func variable(_ name: String) throws -> CTranslate2File.Variable {
        let rank = Int(try integer(UInt8.self))
        var dimensions: [Int] = []
        for _ in 0..<rank { dimensions.append(Int(try integer(UInt32.self))) }
        let code = try integer(UInt8.self)
        guard let type = CTranslate2File.ElementType(rawValue: code) else {
            throw RiposteError(.corrupt, .models, "\(name) has numbers of an unknown type, \(code).")
        }
        let length = Int(try integer(UInt32.self))
        let bytes = offset..<(offset + length)
        guard dimensions.reduce(type.size, { $0.multipliedReportingOverflow(by: $1).partialValue }) == length else {
            throw RiposteError(.corrupt, .models, "\(name) has \(length) bytes, which \(dimensions) does not fill.")
        }
        try skip(length)
        return CTranslate2File.Variable(dimensions: dimensions, type: type, bytes: bytes)
    }
}
