import COpus
import RiposteCore

/// Packs speech into Opus packets, mono, one for every 20 ms.
///
/// Not to be used from several threads at once.
public final class OpusEncoder {
    /// In hertz.
    public let sampleRate: Int
    /// Samples a packet: 20 ms.
    public let frameLength: Int
    /// How far the packets are behind the sound, in samples.
    public let delay: Int

    private let handle: OpaquePointer
    private var packet = [UInt8](repeating: 0, count: 4000)

    /// - Parameters:
    ///   - sampleRate: one of `OpusLibrary.sampleRates`.
    ///   - bitrate: bits a second. Default 32,000: transparent for one voice.
    /// - Throws: `libraryMissing`; `badInput` for another rate.
    public init(sampleRate: Int, bitrate: Int = 32_000) throws {
        try OpusLibrary.load()
        guard OpusLibrary.sampleRates.contains(sampleRate), (6000...510_000).contains(bitrate) else {
            throw RiposteError(.badInput, .audio, "Opus has no mode for \(sampleRate) Hz at \(bitrate) bits a second.")
        }
        var handle: OpaquePointer?
        var lookahead: Int32 = 0
        let status = riposte_opus_encoder_create(Int32(sampleRate), Int32(bitrate), &handle, &lookahead)
        guard status == 0, let handle else {
            throw OpusLibrary.failure(status, .engineFailed, "Opus did not start")
        }
        self.handle = handle
        self.sampleRate = sampleRate
        frameLength = sampleRate / 50
        delay = Int(lookahead)
    }

    deinit { riposte_opus_encoder_destroy(handle) }

    /// The packet of a frame of `frameLength` samples; a shorter one is filled with silence.
    public func encode(_ samples: some Collection<Float>) throws -> [UInt8] {
        var frame = samples.prefix(frameLength).map { $0.isFinite ? max(-1, min(1, $0)) : 0 }
        frame += [Float](repeating: 0, count: frameLength - frame.count)
        let capacity = Int32(packet.count)
        let count = riposte_opus_encode(handle, frame, Int32(frameLength), &packet, capacity)
        guard count > 0 else { throw OpusLibrary.failure(count, .engineFailed, "Opus could not pack a frame") }
        return Array(packet[..<Int(count)])
    }
}
