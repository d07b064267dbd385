import Foundation
import RiposteCore

/// A read-only dictionary from text to text in one file, mapped into memory and searched by halving.
///
/// 180 000 pronunciations as a Swift dictionary take tens of megabytes and a third of a second to build; mapped, they
/// take no time to load and only the pages that are looked at.
///
/// The file, all numbers little-endian UInt32: `"RTAB"`, version 1, count n, n + 1 key offsets, n + 1 value offsets,
/// key bytes, value bytes. Keys and values are UTF-8, without separators; keys ascend byte by byte. Offsets count
/// from the start of the key bytes and of the value bytes.
struct StringTable: Sendable {
    let count: Int
    private let data: Data
    private let keysStart: Int
    private let valuesStart: Int

    private static let magic: [UInt8] = Array("RTAB".utf8)
    private static let version: UInt32 = 1
    private static let headerLength = 12

    /// - Throws: `.modelMissing` if the file is not there, `.corrupt` if it is not such a table.
    init(contentsOf url: URL) throws {
        guard let data = try? Data(contentsOf: url, options: .alwaysMapped) else {
            throw RiposteError(
                .modelMissing, .synthesis,
                "The pronunciation table \(url.lastPathComponent) is missing. Run: riposte models fetch hibari")
        }
        let damaged = RiposteError(
            .corrupt, .synthesis,
            "The pronunciation table \(url.lastPathComponent) is damaged. Run: riposte models fetch hibari")
        guard data.count >= Self.headerLength, Array(data.prefix(4)) == Self.magic,
            data.number(at: 4) == Int(Self.version)
        else { throw damaged }
        let count = data.number(at: 8)
        let keysStart = Self.headerLength + 8 * (count + 1)
        guard data.count >= keysStart else { throw damaged }
        let valuesStart = keysStart + data.number(at: Self.headerLength + 4 * count)
        guard valuesStart + data.number(at: Self.headerLength + 4 * (2 * count + 1)) == data.count else {
            throw damaged
        }
        self.data = data
        self.count = count
        self.keysStart = keysStart
        self.valuesStart = valuesStart
    }

    subscript(_ key: String) -> String? {
        var key = key
        return key.withUTF8 { key in withValue(for: key) { String(decoding: $0, as: UTF8.self) } }
    }

    func contains(_ key: String) -> Bool {
        var key = key
        return key.withUTF8 { key in withValue(for: key) { _ in true } } ?? false
    }

    /// Looks a key up without making strings. Offsets were checked when the file was written and its length when it
    /// was opened; a file damaged within gives a miss.
    func withValue<R>(for key: UnsafeBufferPointer<UInt8>, _ body: (UnsafeRawBufferPointer) -> R) -> R? {
        data.withUnsafeBytes { bytes in
            var low = 0
            var high = count
            while low < high {
                let middle = (low + high) / 2
                guard let candidate = slice(bytes, Self.headerLength + 4 * middle, from: keysStart) else { return nil }
                let order = Self.compare(key, candidate)
                if order == 0 {
                    let entry = Self.headerLength + 4 * (count + 1 + middle)
                    return slice(bytes, entry, from: valuesStart).map(body)
                }
                if order < 0 { high = middle } else { low = middle + 1 }
            }
            return nil
        }
    }

    private func slice(_ bytes: UnsafeRawBufferPointer, _ entry: Int, from start: Int) -> UnsafeRawBufferPointer? {
        let low = start + Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: entry, as: UInt32.self)))
        let high = start + Int(UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: entry + 4, as: UInt32.self)))
        guard low <= high, high <= bytes.count else { return nil }
        return UnsafeRawBufferPointer(rebasing: bytes[low..<high])
    }

    private static func compare(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeRawBufferPointer) -> Int {
        for index in 0..<min(left.count, right.count) where left[index] != right[index] {
            return left[index] < right[index] ? -1 : 1
        }
        return left.count - right.count
    }

    /// The bytes of a table's file.
    static func encode(_ entries: [(key: [UInt8], value: [UInt8])]) -> Data {
        let sorted = entries.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        var data = Data(magic)
        func append(_ number: Int) { withUnsafeBytes(of: UInt32(number).littleEndian) { data.append(contentsOf: $0) } }
        append(Int(version))
        append(sorted.count)
        for lengths in [sorted.map(\.key.count), sorted.map(\.value.count)] {
            var offset = 0
            append(0)
            for length in lengths {
                offset += length
                append(offset)
            }
        }
        for entry in sorted { data.append(contentsOf: entry.key) }
        for entry in sorted { data.append(contentsOf: entry.value) }
        return data
    }

    static func encode(_ entries: [String: String]) -> Data {
        encode(entries.map { (key: Array($0.key.utf8), value: Array($0.value.utf8)) })
    }
}

extension Data {
    fileprivate func number(at offset: Int) -> Int {
        guard offset + 4 <= count else { return 0 }
        return withUnsafeBytes {
            Int(UInt32(littleEndian: $0.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
        }
    }
}
