import Foundation
import RiposteCore

/// Writes a mono WAVE file of 16-bit PCM piece by piece.
///
/// The header is brought up to date every second of sound and at the end, so that a file whose writer was
/// killed can still be read. To a pipe, the sizes stay "unknown".
public final class WaveWriter {
    /// In hertz.
    public let sampleRate: Int
    /// How many samples have been written.
    public private(set) var sampleCount = 0

    private let name: String
    private var descriptor: Int32
    private let isSeekable: Bool
    private var headerCount = 0
    private static let headerLength = 44

    /// Creates the file, or empties it.
    /// - Throws: `.storage`, `.badInput` when there is no such folder.
    public convenience init(_ url: URL, sampleRate: Int) throws {
        let descriptor = open(url.path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
        guard descriptor >= 0 else { throw FileBytes.failure("\(url.path) cannot be written", errno) }
        try self.init(descriptor: descriptor, name: url.path, sampleRate: sampleRate)
    }

    /// Takes over an open file.
    init(descriptor: Int32, name: String, sampleRate: Int) throws {
        self.descriptor = descriptor
        self.name = name
        self.sampleRate = sampleRate
        isSeekable = lseek(descriptor, 0, SEEK_CUR) >= 0
        try write(Self.header(sampleCount: isSeekable ? 0 : nil, sampleRate: sampleRate))
    }

    deinit {
        // Without an explicit close nobody can be told of an error, but the header is worth a try.
        try? finish()
    }

    /// Appends samples in −1 … 1; what lies outside is clipped.
    public func append(_ samples: some Collection<Float>) throws {
        guard !samples.isEmpty else { return }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * samples.count)
        for sample in samples { bytes.append(littleEndian: Self.pcm(sample)) }
        try write(bytes)
        sampleCount += samples.count
        if sampleCount - headerCount >= sampleRate { try updateHeader() }
    }

    /// Appends digital silence.
    public func appendSilence(_ count: Int) throws {
        var rest = count
        while rest > 0 {
            let piece = min(rest, 65_536)
            try append(repeatElement(0, count: piece))
            rest -= piece
        }
    }

    /// Brings the header up to date and closes the file. Further calls do nothing.
    public func finish() throws {
        guard descriptor >= 0 else { return }
        defer { descriptor = -1 }
        do {
            try updateHeader()
        } catch {
            close(descriptor)
            throw error
        }
        guard close(descriptor) == 0 else { throw FileBytes.failure("\(name) cannot be written", errno) }
    }

    /// A sample as 16-bit PCM.
    package static func pcm(_ sample: Float) -> Int16 {
        guard sample.isFinite else { return 0 }
        return Int16(max(-32_768, min(32_767, (sample * 32_768).rounded())))
    }

    /// The 44 bytes before the sound.
    /// - Parameter sampleCount: nil writes the largest sizes, which mean "unknown".
    static func header(sampleCount: Int?, sampleRate: Int) -> [UInt8] {
        let unknown = Int(UInt32.max)
        let size = min(sampleCount.map { 2 * $0 } ?? unknown, unknown)
        var bytes = Array("RIFF".utf8)
        bytes.append(littleEndian: UInt32(min(size + headerLength - 8, unknown)))
        bytes += Array("WAVEfmt ".utf8)
        bytes.append(littleEndian: UInt32(16))
        bytes.append(littleEndian: UInt16(1))
        bytes.append(littleEndian: UInt16(1))
        bytes.append(littleEndian: UInt32(sampleRate))
        bytes.append(littleEndian: UInt32(2 * sampleRate))
        bytes.append(littleEndian: UInt16(2))
        bytes.append(littleEndian: UInt16(16))
        bytes += Array("data".utf8)
        bytes.append(littleEndian: UInt32(size))
        return bytes
    }

    private func updateHeader() throws {
        guard isSeekable else { return }
        let header = Self.header(sampleCount: sampleCount, sampleRate: sampleRate)
        let written = header.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, $0.count, 0) }
        guard written == header.count else { throw FileBytes.failure("\(name) cannot be written", errno) }
        headerCount = sampleCount
    }

    private func write(_ bytes: [UInt8]) throws {
        guard descriptor >= 0 else { throw RiposteError(.storage, .audio, "\(name) is closed already.") }
        try bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let count = Foundation.write(descriptor, bytes.baseAddress.map { $0 + done }, bytes.count - done)
                if count > 0 {
                    done += count
                } else if errno != EINTR {
                    throw FileBytes.failure("\(name) cannot be written", errno)
                }
            }
        }
    }
}
