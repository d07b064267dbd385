import Foundation
import RiposteCore

/// What stands before the sound in a WAVE file, read forwards only, so that pipes work too.
struct WaveHeader {
    var format: WaveFormat
    /// Bytes of sound by the header; nil when the writer did not say, and the sound goes on to the end.
    var dataSize: Int?
    /// Where the sound begins, in bytes.
    var dataStart: Int

    /// Sizes from here on, where the file is smaller, are what a streaming writer puts for "unknown":
    /// 0xFFFFFFFF by most, 0x7FFFF000 by others.
    private static let unknownSize = 0x7FFF_0000

    /// - Parameter name: what to call the file in an error.
    init(reading source: some ByteSource, name: String) throws {
        func failure(_ what: String) -> RiposteError { RiposteError(.badInput, .audio, "\(name) \(what).") }
        var position = 0
        func read(_ count: Int) throws -> [UInt8] {
            var bytes = [UInt8](repeating: 0, count: count)
            let got = try bytes.withUnsafeMutableBytes { try source.read(into: $0) }
            position += got
            bytes.removeLast(count - got)
            return bytes
        }
        let start = try read(12)
        if start.isEmpty { throw failure("is empty") }
        let form = String(decoding: start.prefix(4), as: UTF8.self)
        guard start.count == 12, ["RIFF", "RF64", "BW64"].contains(form), Array(start[8..<12]) == Array("WAVE".utf8)
        else { throw failure("is not a WAVE file (\(Self.guess(start)))") }
        let riffSize = Int(start.littleEndian32(at: 4))
        var format: WaveFormat?
        var longSize: Int?
        while true {
            let head = try read(8)
            guard head.count == 8 else {
                throw failure(format == nil ? "ends before its format is told" : "has no sound in it")
            }
            let chunk = String(decoding: head.prefix(4), as: UTF8.self)
            let size = Int(head.littleEndian32(at: 4))
            switch chunk {
            case "data":
                guard let format else { throw failure("does not tell its format before its sound") }
                self.format = format
                dataStart = position
                dataSize = Self.dataSize(
                    size, long: form == "RIFF" ? nil : longSize, riffSize: riffSize, start: position,
                    fileSize: source.size)
                return
            case "fmt ", "ds64":
                let body = try read(min(size, 4096))
                guard body.count == min(size, 4096) else { throw failure("ends inside its header") }
                if chunk == "fmt " { format = try WaveFormat(chunk: body, name: name) }
                if chunk == "ds64", body.count >= 16 { longSize = Int(exactly: body.littleEndian64(at: 8)) }
                try skip(size - body.count + size % 2)
            default:
                try skip(size + size % 2)
            }
        }

        func skip(_ count: Int) throws {
            var rest = count
            if let size = source.size, position + count > size + 1 {
                throw failure("has a header that does not fit the file")
            }
            while rest > 0 {
                let got = try read(min(rest, 65_536)).count
                if got == 0 { throw failure("ends inside its header") }
                rest -= got
            }
        }
    }

    private static func dataSize(_ size: Int, long: Int?, riffSize: Int, start: Int, fileSize: Int?) -> Int? {
        if let long, size == 0xFFFF_FFFF, long > 0 { return long }
        let available = fileSize.map { $0 - start }
        if size >= unknownSize, available.map({ $0 < size }) ?? true { return nil }
        // 0 is meant when the size of the whole agrees with it, and left over from a writer's start otherwise.
        if size == 0, fileSize != riffSize + 8 { return nil }
        return size
    }

    /// What the bytes look like instead.
    private static func guess(_ start: [UInt8]) -> String {
        let known: [(String, [UInt8])] = [
            ("a JPEG picture", [0xFF, 0xD8, 0xFF]), ("a PNG picture", [0x89, 0x50, 0x4E, 0x47]),
            ("MP3", Array("ID3".utf8)), ("FLAC", Array("fLaC".utf8)), ("Ogg", Array("OggS".utf8)),
            ("a PDF document", Array("%PDF".utf8)), ("WebM", [0x1A, 0x45, 0xDF, 0xA3]),
            ("big-endian RIFX", Array("RIFX".utf8)), ("AIFF", Array("FORM".utf8)), ("ZIP", Array("PK".utf8)),
        ]
        let match = known.first { start.starts(with: $0.1) }
        if let match { return "it looks like \(match.0)" }
        if start.count >= 8, Array(start[4..<8]) == Array("ftyp".utf8) { return "it looks like MP4" }
        if start.count < 12 { return "it is only \(start.count) bytes long" }
        return "it does not begin like one"
    }
}
