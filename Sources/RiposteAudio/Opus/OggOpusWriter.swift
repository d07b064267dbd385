import Foundation
import RiposteCore

/// Writes speech as Opus in an Ogg file (RFC 7845), piece by piece: about 4 kB a second.
///
/// What has been written can be played while more is coming, so it may also be a pipe.
public final class OggOpusWriter: SoundWriter {
    /// Of what is appended, in hertz.
    public let sampleRate: Int
    public private(set) var sampleCount = 0

    private let encoder: OpusEncoder
    private var resampler: Resampler?
    private let sink: (Data) throws -> Void
    private let close: () -> Void
    private let serial: UInt32
    private var pending: [Float] = []
    private var packets: [[UInt8]] = []
    private var segmentCount = 0
    private var page: UInt32 = 0
    /// Samples at the encoder's rate that have gone into packets.
    private var encoded = 0
    /// The same of what was appended.
    private var received = 0
    private var isFinished = false
    /// Packets a page: half a second, so that a listener does not wait for more.
    private static let packetsAPage = 25

    /// Creates the file, or empties it.
    /// - Parameters:
    ///   - sampleRate: of what is appended, in hertz; what Opus has no mode for is resampled.
    ///   - bitrate: bits a second. Default 32,000.
    /// - Throws: `libraryMissing` without libopus, `storage` if the file cannot be written.
    public convenience init(_ url: URL, sampleRate: Int, bitrate: Int = 32_000) throws {
        try OpusLibrary.load()
        let file = try SoundFile.create(url)
        try self.init(
            sampleRate: sampleRate, bitrate: bitrate, sink: { try SoundFile.write($0, to: file, name: url.path) },
            close: { try? file.close() })
    }

    /// Gives the bytes of the file away as they come, instead of writing one.
    /// - Parameters:
    ///   - sink: takes the bytes in order.
    ///   - close: is told that there are no more.
    public init(
        sampleRate: Int, bitrate: Int = 32_000, sink: @escaping (Data) throws -> Void, close: @escaping () -> Void = {}
    ) throws {
        let rate = OpusLibrary.sampleRates.first { $0 >= sampleRate } ?? 48_000
        encoder = try OpusEncoder(sampleRate: rate, bitrate: bitrate)
        if rate != sampleRate { resampler = Resampler(from: sampleRate, to: rate) }
        self.sampleRate = sampleRate
        self.sink = sink
        self.close = close
        serial = UInt32.random(in: .min ... .max)
        try writeHeaders()
    }

    deinit { try? finish() }

    public func append(_ samples: [Float]) throws {
        guard !isFinished else { throw RiposteError(.storage, .audio, "The Opus file is closed already.") }
        sampleCount += samples.count
        try add(resampler?.process(samples) ?? samples)
    }

    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        defer { close() }
        if let rest = resampler?.finish() { try add(rest) }
        // The encoder's delay must come out, too.
        let end = received + encoder.delay
        while encoded < end { try encodeFrame() }
        try writePage(isLast: true)
    }

    private func add(_ samples: [Float]) throws {
        received += samples.count
        pending += samples
        var start = 0
        while pending.count - start >= encoder.frameLength {
            try encode(pending[start..<(start + encoder.frameLength)])
            start += encoder.frameLength
        }
        pending.removeFirst(start)
    }

    private func encodeFrame() throws {
        let frame = pending
        pending = []
        try encode(frame[...])
    }

    private func encode(_ frame: ArraySlice<Float>) throws {
        let packet = try encoder.encode(frame)
        let segments = packet.count / 255 + 1
        if packets.count == Self.packetsAPage || segmentCount + segments > OggPage.segmentLimit {
            try writePage(isLast: false)
        }
        packets.append(packet)
        segmentCount += segments
        encoded += encoder.frameLength
    }

    /// Positions are counted at 48 kHz, whatever the encoder's rate.
    private var scale: Int { 48_000 / encoder.sampleRate }

    private func writePage(isLast: Bool) throws {
        guard isLast || !packets.isEmpty else { return }
        // The last page ends where the sound does; players leave out what the last frame was filled with.
        let position = isLast ? (received + encoder.delay) * scale : encoded * scale
        try write(packets, isLast ? .ends : [], position)
        packets = []
        segmentCount = 0
    }

    private func writeHeaders() throws {
        var head = Array("OpusHead".utf8)
        head += [1, 1]
        head.append(littleEndian: UInt16(encoder.delay * scale))
        head.append(littleEndian: UInt32(sampleRate))
        head += [0, 0, 0]
        try write([head], .begins, 0)
        var tags = Array("OpusTags".utf8)
        for text in [OpusLibrary.version ?? "libopus"] {
            tags.append(littleEndian: UInt32(text.utf8.count))
            tags += Array(text.utf8)
        }
        tags.append(littleEndian: UInt32(1))
        let encoderTag = Array("ENCODER=riposte".utf8)
        tags.append(littleEndian: UInt32(encoderTag.count))
        tags += encoderTag
        try write([tags], [], 0)
    }

    private func write(_ packets: [[UInt8]], _ flags: OggPage.Flags, _ position: Int) throws {
        let bytes = OggPage.bytes(
            packets: packets, flags: flags, position: position, serial: serial, number: page)
        page += 1
        try sink(Data(bytes))
    }
}
