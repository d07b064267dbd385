import Foundation
import RiposteCore
import Synchronization

/// Phrases that were spoken before, a file each, in a folder that several processes may use at once. Bounded: what was
/// not used for longest goes first.
///
/// Nothing here fails loudly: a phrase that cannot be kept or read is made again.
final class PhraseFolder: Sendable {
    private let folder: URL
    private let capacity: Int
    /// Bytes that were written since the folder was last looked through; it is at the first file.
    private let written = Mutex<Int?>(nil)

    /// "RPS" and the version of the format and of what goes before it (normalisation, pronunciation, shaping).
    private static let mark: [UInt8] = Array("RPS2".utf8)
    /// The mark, the lengths of the key and of the sound in bytes, and a checksum of both.
    private static let headLength = 20

    /// - Parameter capacity: bytes of all files together.
    init(_ folder: URL, capacity: Int) {
        self.folder = folder
        self.capacity = capacity
    }

    func samples(for key: PhraseCache.Key) -> [Float]? {
        let (file, description) = place(of: key)
        guard let data = try? Data(contentsOf: file), data.count >= Self.headLength, data.starts(with: Self.mark)
        else { return nil }
        // The whole key is in the file: two keys may have the same name.
        let rest = data.dropFirst(Self.headLength)
        guard Self.number(data, at: 4, 4) == UInt64(description.count), rest.starts(with: description) else {
            return nil
        }
        let sound = rest.dropFirst(description.count)
        guard Self.number(data, at: 8, 4) == UInt64(sound.count), sound.count % 2 == 0,
            Self.number(data, at: 12, 8) == StableHash.of(rest)
        else { return nil }
        try? FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: file.path)
        return sound.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 2).map {
                Float(Int16(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int16.self))) / 32_767
            }
        }
    }

    func insert(_ samples: [Float], for key: PhraseCache.Key) {
        let (file, description) = place(of: key)
        let byteCount = Self.headLength + description.count + 2 * samples.count
        // One long speech is not worth all the short ones.
        guard byteCount <= capacity / 8, byteCount < Int(UInt32.max) else { return }
        var rest = Data(description)
        for sample in samples {
            let value = Int16(max(-1, min(1, sample.isFinite ? sample : 0)) * 32_767).littleEndian
            withUnsafeBytes(of: value) { rest.append(contentsOf: $0) }
        }
        var data = Data(Self.mark)
        withUnsafeBytes(of: UInt32(description.count).littleEndian) { data.append(contentsOf: $0) }
        withUnsafeBytes(of: UInt32(2 * samples.count).littleEndian) { data.append(contentsOf: $0) }
        withUnsafeBytes(of: StableHash.of(rest).littleEndian) { data.append(contentsOf: $0) }
        data.append(rest)
        try? FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        guard (try? data.write(to: file, options: .atomic)) != nil else { return }
        makeRoom(after: data.count)
    }

    /// A number of so many bytes, the least one first.
    private static func number(_ data: Data, at place: Int, _ count: Int) -> UInt64 {
        data.dropFirst(place).prefix(count).reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    private func place(of key: PhraseCache.Key) -> (file: URL, description: [UInt8]) {
        let parts = [key.engine, key.voice ?? "", String(key.rate), String(key.pitch), key.text]
        // With their lengths: a line feed may be in any of them.
        let description = Array(parts.map { "\($0.utf8.count) \($0)" }.joined(separator: "\n").utf8)
        let high = StableHash.of(description)
        let low = StableHash.of(description, from: high)
        let name = String(high, radix: 36) + String(low, radix: 36)
        return (folder.appendingPathComponent(name + ".phrase"), description)
    }

    /// Looks through the folder at the first file, and again when a sixteenth of what fits has been written.
    private func makeRoom(after count: Int) {
        let isDue = written.withLock { written in
            let sum = (written ?? capacity) + count
            written = sum > capacity / 16 ? 0 : sum
            return sum > capacity / 16
        }
        guard isDue else { return }
        let keys: [URLResourceKey] = [.contentModificationDateKey, .fileSizeKey]
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: keys)) ?? []
        var entries = files.filter { $0.pathExtension == "phrase" }.compactMap { file -> (URL, Date, Int)? in
            guard let values = try? file.resourceValues(forKeys: Set(keys)), let date = values.contentModificationDate,
                let size = values.fileSize
            else { return nil }
            return (file, date, size)
        }
        var sum = entries.reduce(0) { $0 + $1.2 }
        guard sum > capacity else { return }
        entries.sort { $0.1 < $1.1 }
        // A little more than needed, so that the next files do not look again.
        for (file, _, size) in entries where sum > capacity / 16 * 15 {
            try? FileManager.default.removeItem(at: file)
            sum -= size
        }
    }
}
