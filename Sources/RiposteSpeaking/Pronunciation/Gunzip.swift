import Foundation
import RiposteCore

/// Unpacks gzip (RFC 1952): the voice's dictionaries come compressed.
///
/// Written out here because Foundation has no such thing on Linux, a C library would be one more thing to install,
/// and neither `gzip` nor Python can be counted on where a server runs.
enum Gunzip {
    /// - Throws: `.corrupt` if the bytes are not whole and right; the checksum is compared.
    static func unpack(_ data: Data) throws -> Data {
        let bytes = [UInt8](data)
        guard bytes.count > 18, bytes[0] == 0x1F, bytes[1] == 0x8B, bytes[2] == 8 else { throw damaged }
        let flags = bytes[3]
        var position = 10
        if flags & 4 != 0 { position += 2 + Int(bytes[10]) + Int(bytes[11]) << 8 }
        // The file's name and a comment, each ended by a zero.
        for flag in [UInt8(8), 16] where flags & flag != 0 {
            guard position < bytes.count, let end = bytes[position...].firstIndex(of: 0) else { throw damaged }
            position = end + 1
        }
        if flags & 2 != 0 { position += 2 }
        guard position < bytes.count - 8 else { throw damaged }
        let trailer = bytes.suffix(8).map(UInt32.init)
        let length = trailer[4] | trailer[5] << 8 | trailer[6] << 16 | trailer[7] << 24
        let checksum = trailer[0] | trailer[1] << 8 | trailer[2] << 16 | trailer[3] << 24
        var inflater = Inflater(bytes, from: position)
        let output = try inflater.inflate(expecting: Int(length))
        guard UInt32(truncatingIfNeeded: output.count) == length, crc32(output) == checksum else { throw damaged }
        return Data(output)
    }

    static let damaged = RiposteError(.corrupt, .models, "A compressed file is damaged. Fetch the model again.")

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        let table = (0..<256).map { start -> UInt32 in
            (0..<8).reduce(UInt32(start)) { value, _ in value & 1 == 1 ? 0xEDB8_8320 ^ (value >> 1) : value >> 1 }
        }
        return ~bytes.reduce(~UInt32(0)) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }
}

/// Unpacks a deflate stream (RFC 1951).
private struct Inflater {
    private let input: [UInt8]
    private var position: Int
    private var bitBuffer: UInt64 = 0
    private var bitCount = 0
    private var output: [UInt8] = []

    init(_ input: [UInt8], from position: Int) {
        self.input = input
        self.position = position
    }

    mutating func inflate(expecting length: Int) throws -> [UInt8] {
        // A damaged length must not reserve gigabytes: deflate packs at most 1032 to 1.
        output.reserveCapacity(min(length, input.count * 1032))
        var isLast = false
        while !isLast {
            isLast = try bits(1) == 1
            switch try bits(2) {
            case 0: try copyStored()
            case 1: try decode(literals: Self.fixedLiterals, distances: Self.fixedDistances)
            case 2:
                let (literals, distances) = try readCodes()
                try decode(literals: literals, distances: distances)
            default: throw Gunzip.damaged
            }
        }
        return output
    }

    // MARK: Bits

    private mutating func fill(_ count: Int) throws {
        while bitCount < count {
            guard position < input.count else { throw Gunzip.damaged }
            bitBuffer |= UInt64(input[position]) << UInt64(bitCount)
            position += 1
            bitCount += 8
        }
    }

    private mutating func bits(_ count: Int) throws -> Int {
        guard count > 0 else { return 0 }
        try fill(count)
        defer {
            bitBuffer >>= UInt64(count)
            bitCount -= count
        }
        return Int(bitBuffer & (1 << UInt64(count) - 1))
    }

    private mutating func copyStored() throws {
        bitBuffer >>= UInt64(bitCount % 8)
        bitCount -= bitCount % 8
        let length = try bits(16)
        guard try bits(16) == ~length & 0xFFFF else { throw Gunzip.damaged }
        for _ in 0..<length { output.append(UInt8(try bits(8))) }
    }

    // MARK: Huffman codes

    /// A canonical code: how many codes there are of each length, and the symbols in the order of their codes.
    private struct Code {
        private(set) var counts = [Int](repeating: 0, count: 16)
        private(set) var symbols: [Int] = []

        init(lengths: [Int]) {
            for length in lengths { counts[length] += 1 }
            counts[0] = 0
            symbols = lengths.indices.filter { lengths[$0] > 0 }
                .sorted { (lengths[$0], $0) < (lengths[$1], $1) }
        }
    }

    private static let fixedLiterals = Code(
        lengths: (0..<288).map { $0 < 144 ? 8 : $0 < 256 ? 9 : $0 < 280 ? 7 : 8 })
    private static let fixedDistances = Code(lengths: Array(repeating: 5, count: 30))

    private mutating func symbol(_ code: Code) throws -> Int {
        var value = 0
        var first = 0
        var index = 0
        for length in 1...15 {
            value |= try bits(1)
            let count = code.counts[length]
            if value - count < first { return code.symbols[index + value - first] }
            index += count
            first = (first + count) << 1
            value <<= 1
        }
        throw Gunzip.damaged
    }

    private mutating func readCodes() throws -> (literals: Code, distances: Code) {
        let literalCount = try bits(5) + 257
        let distanceCount = try bits(5) + 1
        var lengths = [Int](repeating: 0, count: 19)
        let order = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15]
        for index in 0..<(try bits(4) + 4) { lengths[order[index]] = try bits(3) }
        let lengthCode = Code(lengths: lengths)
        var all: [Int] = []
        while all.count < literalCount + distanceCount {
            switch try symbol(lengthCode) {
            case 16:
                guard let last = all.last else { throw Gunzip.damaged }
                all += Array(repeating: last, count: try bits(2) + 3)
            case 17: all += Array(repeating: 0, count: try bits(3) + 3)
            case 18: all += Array(repeating: 0, count: try bits(7) + 11)
            case let length: all.append(length)
            }
        }
        guard all.count == literalCount + distanceCount else { throw Gunzip.damaged }
        return (Code(lengths: Array(all[..<literalCount])), Code(lengths: Array(all[literalCount...])))
    }

    private static let lengthBases = [
        3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227,
        258,
    ]
    private static let lengthBits = [
        0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
    ]
    private static let distanceBases = [
        1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097,
        6145, 8193, 12289, 16385, 24577,
    ]
    private static let distanceBits = [
        0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13,
    ]

    private mutating func decode(literals: Code, distances: Code) throws {
        while true {
            let next = try symbol(literals)
            if next < 256 {
                output.append(UInt8(next))
                continue
            }
            if next == 256 { return }
            guard next - 257 < Self.lengthBases.count else { throw Gunzip.damaged }
            let length = Self.lengthBases[next - 257] + (try bits(Self.lengthBits[next - 257]))
            let code = try symbol(distances)
            guard code < Self.distanceBases.count else { throw Gunzip.damaged }
            let distance = Self.distanceBases[code] + (try bits(Self.distanceBits[code]))
            guard distance <= output.count else { throw Gunzip.damaged }
            // One by one: the copied part may overlap what it makes.
            for _ in 0..<length { output.append(output[output.count - distance]) }
        }
    }
}
