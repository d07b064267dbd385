import COpus
import RiposteCore

/// Unpacks Opus packets, mono.
///
/// Not to be used from several threads at once.
public final class OpusDecoder {
    /// In hertz.
    public let sampleRate: Int

    private let handle: OpaquePointer
    /// A packet has 120 ms at most.
    private var samples: [Float]

    /// - Parameter sampleRate: one of `OpusLibrary.sampleRates`, whatever the packets were made at.
    /// - Throws: `libraryMissing`; `badInput` for another rate.
    public init(sampleRate: Int) throws {
        try OpusLibrary.load()
        var handle: OpaquePointer?
        let status = riposte_opus_decoder_create(Int32(clamping: sampleRate), &handle)
        guard status == 0, let handle else {
            throw OpusLibrary.failure(status, .badInput, "Opus has no mode for \(sampleRate) Hz")
        }
        self.handle = handle
        self.sampleRate = sampleRate
        samples = [Float](repeating: 0, count: sampleRate * 12 / 100)
    }

    deinit { riposte_opus_decoder_destroy(handle) }

    /// The sound of a packet.
    /// - Throws: `badInput` for what is no packet.
    public func decode(_ packet: [UInt8]) throws -> [Float] {
        // To libopus, no bytes are a packet that was lost.
        guard !packet.isEmpty else { throw RiposteError(.badInput, .audio, "A packet is no Opus: it is empty.") }
        let capacity = Int32(samples.count)
        let count = riposte_opus_decode(handle, packet, Int32(clamping: packet.count), &samples, capacity)
        guard count >= 0 else { throw OpusLibrary.failure(count, .badInput, "A packet is no Opus") }
        return Array(samples[..<Int(count)])
    }
    /// Sound in the place of a packet of 20 ms that was lost, made from what was heard before.
    public func conceal() throws -> [Float] {
        let count = riposte_opus_decode(handle, nil, 0, &samples, Int32(sampleRate / 50))
        guard count >= 0 else { throw OpusLibrary.failure(count, .engineFailed, "Opus could not conceal a loss") }
        return Array(samples[..<Int(count)])
    }
}
