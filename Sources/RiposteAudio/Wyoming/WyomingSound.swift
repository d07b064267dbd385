import RiposteCore

/// The sound of a stream of events, brought to mono at one rate.
package struct WyomingSound {
    private let channels: Int
    private var resampler: Resampler?
    /// A sample that has arrived by half.
    private var rest: [UInt8] = []

    /// - Parameters:
    ///   - event: says `rate`, `width` and `channels`; without, 16 kHz, 16 bits and one.
    ///   - wanted: the rate of the samples that are given out, in hertz. Default 16 000.
    /// - Throws: `.badInput` for sound of another kind.
    package init(_ event: WyomingEvent, to wanted: Int = Waterfall.sampleRate) throws {
        let rate = event.integer("rate") ?? 16_000
        let width = event.integer("width") ?? 2
        channels = event.integer("channels") ?? 1
        guard (4000...192_000).contains(rate), width == 2, (1...8).contains(channels) else {
            throw RiposteError(
                .badInput, .audio,
                "Sound of \(rate) Hz, \(8 * width) bits and \(channels) channels cannot be heard; send 16 bits.")
        }
        if rate != wanted { resampler = Resampler(from: rate, to: wanted) }
    }

    /// The samples of a payload.
    package mutating func samples(_ payload: [UInt8]) -> [Float] {
        let bytes = rest + payload
        let frame = 2 * channels
        let count = bytes.count / frame
        rest = Array(bytes[(count * frame)...])
        let samples = [Float](unsafeUninitializedCapacity: count) { output, initialized in
            for index in 0..<count {
                var sum = 0
                for channel in 0..<channels {
                    let at = index * frame + 2 * channel
                    sum += Int(Int16(truncatingIfNeeded: Int(bytes[at]) | Int(bytes[at + 1]) << 8))
                }
                output[index] = Float(sum) / Float(32_768 * channels)
            }
            initialized = count
        }
        return resampler?.process(samples) ?? samples
    }

    /// What the resampler still holds.
    package mutating func finish() -> [Float] { resampler?.finish() ?? [] }

    /// 16-bit samples, little-endian.
    package static func payload(_ samples: some Collection<Float>) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * samples.count)
        for sample in samples {
            let value = sample.isFinite ? Int16(max(-32_768, min(32_767, (sample * 32_768).rounded()))) : 0
            bytes.append(UInt8(truncatingIfNeeded: value))
            bytes.append(UInt8(truncatingIfNeeded: value >> 8))
        }
        return bytes
    }
}
