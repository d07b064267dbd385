import Foundation
import RiposteCore

/// A whole WAVE file in memory, as mono sound. For long recordings use `WaveReader` and `WaveWriter`.
///
/// ```swift
/// let question = try WaveFile(reading: url)  // 16 kHz, whatever the file has
/// try WaveFile(samples: answer, sampleRate: 24_000).write(to: other)
/// ```
public struct WaveFile: Sendable, Equatable {
    /// Mono, in −1 … 1.
    public var samples: [Float]
    /// In hertz.
    public var sampleRate: Int
    /// Whether the file had less sound than its header says. What is there has been read.
    public var isTruncated = false

    /// In seconds.
    public var duration: Double { Double(samples.count) / Double(sampleRate) }

    public init(samples: [Float], sampleRate: Int) {
        self.samples = samples
        self.sampleRate = sampleRate
    }

    /// Reads a file.
    /// - Parameters:
    ///   - url: see `WaveReader` for what can be read.
    ///   - sampleRate: the rate to resample to, in hertz; nil keeps the file's. Default 16 000.
    /// - Throws: `.badInput` for what is no readable sound, `.storage` for what cannot be opened or read.
    public init(reading url: URL, sampleRate: Int? = 16_000) throws {
        try self.init(WaveReader(url, sampleRate: sampleRate))
    }

    /// Reads a file in memory.
    /// - Parameter name: what to call it in an error.
    public init(_ data: Data, name: String = "The sound", sampleRate: Int? = 16_000) throws {
        try self.init(WaveReader(data, name: name, sampleRate: sampleRate))
    }

    private init(_ reader: WaveReader) throws {
        var samples: [Float] = []
        // The header's word on the length is believed only as far as the file is that long.
        samples.reserveCapacity(Int((reader.duration ?? 0) * Double(reader.sampleRate)) + 1)
        while let piece = try reader.read(16_384) { samples += piece }
        self.init(samples: samples, sampleRate: reader.sampleRate)
        isTruncated = reader.isTruncated
    }

    /// The file's bytes: 16-bit PCM; samples outside −1 … 1 are clipped.
    public func encoded() -> Data {
        var bytes = WaveWriter.header(sampleCount: samples.count, sampleRate: sampleRate)
        bytes.reserveCapacity(bytes.count + 2 * samples.count)
        for sample in samples { bytes.append(littleEndian: WaveWriter.pcm(sample)) }
        return Data(bytes)
    }

    /// Writes the file as 16-bit PCM. Whoever looks sees the old file or the whole new one, nothing between.
    /// - Throws: `.storage`; `.badInput` when there is no such folder. A file that was there stays as it was.
    public func write(to url: URL) throws {
        let target = url.resolvingSymlinksInPath()
        var status = stat()
        if stat(target.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            // A pipe or a device cannot be replaced by a file of its name, nor should it be.
            let writer = try WaveWriter(target, sampleRate: sampleRate)
            try writer.append(samples)
            return try writer.finish()
        }
        var template = Array((target.path + ".XXXXXX").utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw FileBytes.failure("\(url.path) cannot be written", errno) }
        do {
            fchmod(descriptor, 0o666 & ~Self.creationMask)
            let writer = try WaveWriter(descriptor: descriptor, name: url.path, sampleRate: sampleRate)
            try writer.append(samples)
            try writer.finish()
            guard rename(template, target.path) == 0 else {
                throw FileBytes.failure("\(url.path) cannot be written", errno)
            }
        } catch {
            unlink(template)
            throw error
        }
    }

    /// The permissions that new files do not get; read once, because reading it means setting it.
    private static let creationMask: mode_t = {
        let mask = umask(0o022)
        umask(mask)
        return mask
    }()
}
