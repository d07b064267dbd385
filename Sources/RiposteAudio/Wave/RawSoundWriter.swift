import Foundation
import RiposteCore

/// Writes 16-bit samples, little-endian, and nothing else.
public final class RawSoundWriter: SoundWriter {
    public let sampleRate: Int
    public private(set) var sampleCount = 0
    private let file: FileHandle
    private let name: String
    private var isFinished = false

    /// Creates the file, or empties it.
    /// - Throws: `storage`.
    public init(_ url: URL, sampleRate: Int) throws {
        self.sampleRate = sampleRate
        name = url.path
        file = try SoundFile.create(url)
    }

    public func append(_ samples: [Float]) throws {
        guard !isFinished else { throw RiposteError(.storage, .audio, "\(name) is closed already.") }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * samples.count)
        for sample in samples { bytes.append(littleEndian: WaveWriter.pcm(sample)) }
        try SoundFile.write(Data(bytes), to: file, name: name)
        sampleCount += samples.count
    }

    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        try? file.close()
    }
}

/// Files that sound is written to.
enum SoundFile {
    /// Opens the file for writing; creates it, or empties it.
    /// - Throws: `storage`, `badInput` when there is no such folder.
    static func descriptor(creating url: URL) throws -> Int32 {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileBytes.failure("\(url.path) cannot be written", errno) }
        return descriptor
    }

    static func create(_ url: URL) throws -> FileHandle {
        FileHandle(fileDescriptor: try descriptor(creating: url), closeOnDealloc: true)
    }

    static func write(_ data: Data, to file: FileHandle, name: String) throws {
        do {
            try file.write(contentsOf: data)
        } catch {
            throw RiposteError(.storage, .audio, "\(name) cannot be written.", underlying: error)
        }
    }
}
