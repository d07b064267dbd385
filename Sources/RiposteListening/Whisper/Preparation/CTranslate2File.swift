import Foundation
import RiposteCore

/// A CTranslate2 `model.bin`: named arrays of numbers, mapped and read when asked for.
///
/// The layout (little-endian): version, specification name, revision, variable count, then for each variable
/// its name, dimensions, element type, byte count and data; at the end pairs of alias and name. A string is a
/// 16-bit length that counts a final zero, then the bytes.
struct CTranslate2File {
    enum ElementType: UInt8 {
        case float32 = 0
        case int8 = 1
        case int16 = 2
        case int32 = 3
        case float16 = 4
    }

    struct Variable {
        let dimensions: [Int]
        let type: ElementType
        fileprivate let bytes: Range<Int>
    }

    /// What kind of network it is: "WhisperSpec".
    let specification: String
    let variables: [String: Variable]

    private let parts: JoinedParts

    /// - Parameter parts: the file, or the pieces it was cut into, in order.
    /// Throws `.corrupt` if they are not such a file, `.storage` if they cannot be read.
    init(parts urls: [URL]) throws {
        parts = try JoinedParts(urls: urls)
        var reader = Reader(parts: parts)
        let version = try reader.integer(UInt32.self)
        guard version == 6 else {
            throw RiposteError(.corrupt, .models, "The model file has format version \(version); 6 is known.")
        }
        specification = try reader.string()
        _ = try reader.integer(UInt32.self)  // revision
        var variables: [String: Variable] = [:]
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let name = try reader.string()
            variables[name] = try reader.variable()
        }
        for _ in 0..<(try reader.integer(UInt32.self)) {
            let alias = try reader.string()
            variables[alias] = variables[try reader.string()]
        }
        self.variables = variables
    }

    func variable(_ name: String) throws -> Variable {
        guard let variable = variables[name] else {
            throw RiposteError(.corrupt, .models, "The model file has no \(name): is it a Whisper model?")
        }
        return variable
    }

    /// The bits of a half-precision array. Throws `.badInput` for a model of another precision.
    func halves(_ name: String) throws -> [UInt16] {
        let variable = try variable(name)
        guard variable.type == .float16 else {
            throw RiposteError(
                .badInput, .models,
                "\(name) is stored as \(variable.type); convert the model with float16 weights to import it.")
        }
        return try parts.array(UInt16.self, at: variable.bytes)
    }

    /// An array of half or single precision as floats.
    func floats(_ name: String) throws -> [Float] {
        let variable = try variable(name)
        if variable.type == .float32 { return try parts.array(Float.self, at: variable.bytes) }
        let table = HalfPrecision.floats
        return try halves(name).map { table[Int($0)] }
    }
}

extension CTranslate2File {
    /// One file in pieces, read as if it were whole.
    fileprivate struct JoinedParts {
        private let parts: [(start: Int, data: Data)]
        let count: Int

        init(urls: [URL]) throws {
            var start = 0
            parts = try urls.map { url in
                do {
                    let data = try Data(contentsOf: url, options: .alwaysMapped)
                    defer { start += data.count }
                    return (start, data)
                } catch {
                    throw RiposteError(.storage, .models, "Cannot read \(url.path).", underlying: error)
                }
            }
            count = start
        }

        func array<T: BitwiseCopyable>(_: T.Type, at range: Range<Int>) throws -> [T] {
            guard range.lowerBound >= 0, range.upperBound <= count else {
                throw RiposteError(.corrupt, .models, "The model file ends early.")
            }
            let length = range.count / MemoryLayout<T>.stride
            return [T](unsafeUninitializedCapacity: length) { values, initialized in
                let target = UnsafeMutableRawBufferPointer(values)
                for (start, data) in parts {
                    let overlap = range.clamped(to: start..<(start + data.count))
                    guard !overlap.isEmpty else { continue }
                    let source = data.startIndex + overlap.lowerBound - start
                    let destination = UnsafeMutableRawBufferPointer(
                        rebasing: target[(overlap.lowerBound - range.lowerBound)...])
                    data.copyBytes(to: destination, from: source..<(source + overlap.count))
                }
                initialized = length
            }
        }
    }

    /// Reads the file's table from front to back.
    private struct Reader {
        let parts: JoinedParts
        var offset = 0

        init(parts: JoinedParts) { self.parts = parts }

        mutating func integer<T: FixedWidthInteger & BitwiseCopyable>(_: T.Type) throws -> T {
            let end = offset + MemoryLayout<T>.size
            defer { offset = end }
            return T(littleEndian: try parts.array(T.self, at: offset..<end)[0])
        }

        mutating func string() throws -> String {
            let length = Int(try integer(UInt16.self))
            defer { offset += length }
            let bytes = try parts.array(UInt8.self, at: offset..<(offset + length))
            return String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }

        mutating func variable() throws -> Variable {
            let rank = Int(try integer(UInt8.self))
            var dimensions: [Int] = []
            for _ in 0..<rank { dimensions.append(Int(try integer(UInt32.self))) }
            let code = try integer(UInt8.self)
            guard let type = ElementType(rawValue: code) else {
                throw RiposteError(.corrupt, .models, "The model file has numbers of an unknown type \(code).")
            }
            let length = Int(try integer(UInt32.self))
            defer { offset += length }
            return Variable(dimensions: dimensions, type: type, bytes: offset..<(offset + length))
        }
    }
}
