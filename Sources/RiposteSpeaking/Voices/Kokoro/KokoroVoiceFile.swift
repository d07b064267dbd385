import Foundation
import RiposteCore

/// The voices of Kokoro in a file: for each voice a table of styles, one of 256 numbers for every length of sentence.
///
/// Three forms are read: `.npz` (several voices by name, stored without compression, as Kokoro's own packs are), `.npy`
/// (one voice) and `.bin` (one voice, the numbers alone).
struct KokoroVoiceFile: Sendable {
    static let styleLength = 256
    private static let rowLimit = 1024
    private static let byteLimit = 200_000_000

    /// By the voice's name: rows of 256 numbers.
    let voices: [String: [Float]]

    /// - Throws: `storage` if the file cannot be read, `corrupt` if there is no voice in it.
    init(_ file: URL) throws {
        var voices: [String: [Float]] = [:]
        for (name, table) in try Self.tables(in: file) {
            let numbers = table.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).map {
                    Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
                }
            }
            guard numbers.allSatisfy({ $0.isFinite && abs($0) < 1000 }) else {
                throw Self.damaged(file, "\(name) has numbers that are no style")
            }
            voices[name] = numbers
        }
        self.voices = voices
    }

    /// The names of the voices in a file, without reading what they are.
    /// - Throws: as `init`.
    static func names(in file: URL) throws -> [String] { try tables(in: file).keys.sorted() }

    private static func damaged(_ file: URL, _ why: String) -> RiposteError {
        RiposteError(.corrupt, .synthesis, "\(file.path) is no voice of Kokoro: \(why).")
    }

    /// The bytes of each voice's table, where they are in the file.
    private static func tables(in file: URL) throws -> [String: Data] {
        let data: Data
        do {
            data = try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw RiposteError(.storage, .synthesis, "\(file.path) could not be read.", underlying: error)
        }
        guard data.count <= byteLimit else { throw damaged(file, "it has \(data.count) bytes") }
        let name = file.deletingPathExtension().lastPathComponent
        var tables: [String: Data] = [:]
        if data.starts(with: Array("PK".utf8)) {
            guard let members = Self.members(of: data) else {
                throw damaged(file, "the archive is damaged or compressed")
            }
            for (path, content) in members where path.hasSuffix(".npy") {
                guard let numbers = Self.numbers(inArray: content) else {
                    throw damaged(file, "\(path) is no array of floats")
                }
                tables[String(path.dropLast(4))] = numbers
            }
        } else if data.starts(with: [0x93] + Array("NUMPY".utf8)) {
            guard let numbers = Self.numbers(inArray: data) else { throw damaged(file, "it is no array of floats") }
            tables[name] = numbers
        } else {
            tables[name] = data
        }
        let row = styleLength * 4
        for (name, table) in tables {
            guard !table.isEmpty, table.count % row == 0, table.count / row <= rowLimit else {
                throw damaged(
                    file, "\(name) has \(table.count) bytes, which are no rows of \(styleLength) numbers")
            }
        }
        guard !tables.isEmpty else { throw damaged(file, "there is none in it") }
        return tables
    }

    /// The numbers of a NumPy array of 32-bit floats; nil if it is another one.
    private static func numbers(inArray data: Data) -> Data? {
        guard data.count > 12, data.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
        let isLong = data[data.startIndex + 6] > 1
        let length = isLong ? Int(uint32(data, 8)) : Int(uint16(data, 8))
        let start = isLong ? 12 : 10
        guard start + length <= data.count else { return nil }
        let header = String(decoding: data.dropFirst(start).prefix(length), as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False") else { return nil }
        return data.dropFirst(start + length)
    }

    /// The files of a ZIP archive without compression, by their names.
    private static func members(of data: Data) -> [String: Data]? {
        let tail = data.suffix(65_557)
        guard let end = tail.lastRange(of: Data([0x50, 0x4B, 5, 6]))?.lowerBound, end + 22 <= data.count else {
            return nil
        }
        let count = Int(uint16(data, end + 10))
        var position = Int(uint32(data, end + 16))
        var members: [String: Data] = [:]
        for _ in 0..<count {
            guard position + 46 <= data.count, uint32(data, position) == 0x0201_4B50,
                uint16(data, position + 10) == 0
            else { return nil }
            let size = Int(uint32(data, position + 20))
            let nameLength = Int(uint16(data, position + 28))
            let others = Int(uint16(data, position + 30)) + Int(uint16(data, position + 32))
            let local = Int(uint32(data, position + 42))
            guard position + 46 + nameLength <= data.count, local + 30 <= data.count else { return nil }
            let name = String(decoding: data[(position + 46)..<(position + 46 + nameLength)], as: UTF8.self)
            let start = local + 30 + Int(uint16(data, local + 26)) + Int(uint16(data, local + 28))
            guard start + size <= data.count else { return nil }
            members[name] = data[start..<(start + size)]
            position += 46 + nameLength + others
        }
        return members
    }

    private static func uint16(_ data: Data, _ index: Int) -> UInt16 {
        UInt16(data[data.startIndex + index]) | UInt16(data[data.startIndex + index + 1]) << 8
    }

    private static func uint32(_ data: Data, _ index: Int) -> UInt32 {
        UInt32(uint16(data, index)) | UInt32(uint16(data, index + 2)) << 16
    }
}

extension Data {
    fileprivate func lastRange(of bytes: Data) -> Range<Index>? { range(of: bytes, options: .backwards) }
}
