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
        let data: Data
        do {
            data = try Data(contentsOf: file, options: .mappedIfSafe)
        } catch {
            throw RiposteError(.storage, .synthesis, "\(file.path) could not be read.", underlying: error)
        }
        func damaged(_ why: String) -> RiposteError {
            RiposteError(.corrupt, .synthesis, "\(file.path) is no voice of Kokoro: \(why).")
        }
        guard data.count <= Self.byteLimit else { throw damaged("it has \(data.count) bytes") }
        let name = file.deletingPathExtension().lastPathComponent
        var tables: [String: Data] = [:]
        if data.starts(with: Array("PK".utf8)) {
            guard let members = Self.members(of: data) else { throw damaged("the archive is damaged or compressed") }
            for (path, content) in members where path.hasSuffix(".npy") {
                guard let numbers = Self.numbers(inArray: content) else {
                    throw damaged("\(path) is no array of floats")
                }
                tables[String(path.dropLast(4))] = numbers
            }
        } else if data.starts(with: [0x93] + Array("NUMPY".utf8)) {
            guard let numbers = Self.numbers(inArray: data) else { throw damaged("it is no array of floats") }
            tables[name] = numbers
        } else {
            tables[name] = data
        }
        var voices: [String: [Float]] = [:]
        for (name, table) in tables {
            let row = Self.styleLength * 4
            guard !table.isEmpty, table.count % row == 0, table.count / row <= Self.rowLimit else {
                throw damaged("\(name) has \(table.count) bytes, which are no rows of \(Self.styleLength) numbers")
            }
            voices[name] = table.withUnsafeBytes { bytes in
                stride(from: 0, to: bytes.count, by: 4).map {
                    Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: UInt32.self)))
                }
            }
            guard voices[name]?.allSatisfy({ $0.isFinite && abs($0) < 1000 }) ?? false else {
                throw damaged("\(name) has numbers that are no style")
            }
        }
        guard !voices.isEmpty else { throw damaged("there is none in it") }
        self.voices = voices
    }

    /// The numbers of a NumPy array of 32-bit floats; nil if it is another one.
    private static func numbers(inArray data: Data) -> Data? {
        let data = Data(data)
        guard data.count > 12, data.starts(with: [0x93] + Array("NUMPY".utf8)) else { return nil }
        let isLong = data[6] > 1
        let length = isLong ? Int(uint32(data, 8)) : Int(uint16(data, 8))
        let start = (isLong ? 12 : 10) + length
        guard start <= data.count else { return nil }
        let header = String(decoding: data[(isLong ? 12 : 10)..<start], as: UTF8.self)
        guard header.contains("'<f4'"), header.contains("'fortran_order': False") else { return nil }
        return data.suffix(from: start)
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
            members[name] = data.subdata(in: start..<(start + size))
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
