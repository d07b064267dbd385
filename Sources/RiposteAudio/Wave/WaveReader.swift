import Foundation
import RiposteCore

/// Reads a WAVE file piece by piece as mono sound, in memory that does not grow with the file's length.
///
/// Reads RIFF and RF64 files with 8 to 32-bit PCM, 32 and 64-bit float, A-law and µ-law, any number of
/// channels (their mean) and any sample rate (resampled). Files as streaming writers leave them, with no or
/// the largest size in the header, are read to their end; so are pipes.
///
/// ```swift
/// let reader = try WaveReader(url)
/// while let samples = try reader.read() { … }
/// ```
public final class WaveReader {
    /// How the file is written.
    public let format: WaveFormat
    /// The rate of what `read` gives, in hertz.
    public let sampleRate: Int
    /// The sound's length in seconds as far as it is known beforehand: from the header, but no more than the
    /// file has.
    public let duration: Double?
    /// Whether the file turned out to have less sound than its header says. Known at its end.
    public private(set) var isTruncated = false

    private let source: any ByteSource
    private var resampler: Resampler
    /// Bytes of sound still to read; nil reads to the end of the file.
    private var remaining: Int?
    private var isAtEnd = false
    private var bytes: [UInt8] = []

    /// Opens a file and reads its header.
    /// - Parameters:
    ///   - url: a file or a pipe.
    ///   - sampleRate: the rate to resample to, in hertz; nil keeps the file's. Default 16 000.
    /// - Throws: `.badInput` for what is no readable sound, `.storage` for what cannot be opened or read.
    public convenience init(_ url: URL, sampleRate: Int? = 16_000) throws {
        try self.init(FileBytes(url), name: url.lastPathComponent, sampleRate: sampleRate)
    }

    /// Reads a WAVE file in memory.
    /// - Parameter name: what to call it in an error.
    public convenience init(_ data: Data, name: String = "The sound", sampleRate: Int? = 16_000) throws {
        try self.init(MemoryBytes(data), name: name, sampleRate: sampleRate)
    }

    init(_ source: some ByteSource, name: String, sampleRate: Int?) throws {
        self.source = source
        let header = try WaveHeader(reading: source, name: name)
        format = header.format
        self.sampleRate = sampleRate ?? header.format.sampleRate
        resampler = Resampler(from: header.format.sampleRate, to: self.sampleRate)
        remaining = header.dataSize
        let available = source.size.map { max(0, $0 - header.dataStart) }
        let known = [header.dataSize, available].compactMap { $0 }.min()
        duration = known.map { Double($0 / header.format.bytesPerFrame) / Double(header.format.sampleRate) }
    }

    /// The next samples, mono at `sampleRate`; nil at the end.
    /// - Parameter count: about how many of the file's own samples to read. The result may be longer or
    ///   shorter by resampling, but is never empty.
    public func read(_ count: Int = 4096) throws -> [Float]? {
        while !isAtEnd {
            let wanted = min(max(1, count) * format.bytesPerFrame, remaining ?? .max)
            if bytes.count < wanted { bytes = [UInt8](repeating: 0, count: wanted) }
            let got = try bytes.withUnsafeMutableBytes {
                try source.read(into: UnsafeMutableRawBufferPointer(rebasing: $0[0..<wanted]))
            }
            var samples = bytes.withUnsafeBytes {
                resampler.process(format.decode(UnsafeRawBufferPointer(rebasing: $0[0..<got])))
            }
            if let before = remaining {
                remaining = before - got
                isTruncated = got < wanted
            } else {
                // Without a size, only a broken last frame tells that something is missing.
                isTruncated = got % format.bytesPerFrame != 0
            }
            if got < wanted || remaining == 0 {
                isAtEnd = true
                samples += resampler.finish()
            }
            if !samples.isEmpty { return samples }
        }
        return nil
    }
}
