/// When each thing happened in a turn, in samples at 16 kHz from the start of the input.
///
/// The stages follow each other, so the parts of `stages` add up exactly to the response latency.
public struct Waterfall: Sendable, Equatable {
    public static let sampleRate = 16_000

    /// When the user began to speak.
    public var speechStart: Int?
    /// The true end of the user's speech, found in the sound afterwards, not the moment it was noticed.
    public var speechEnd: Int?
    /// When the end of the turn was decided.
    public var endpoint: Int?
    /// When the final transcript was there.
    public var transcript: Int?
    /// When the first text of the reply was there.
    public var reply: Int?
    /// When the first sound of the reply was made.
    public var synthesis: Int?
    /// When the first sound of the reply was heard.
    public var firstSound: Int?

    public init() {}

    /// From the true end of speech to the first sound, in samples.
    public var responseLatency: Int? {
        guard let speechEnd, let firstSound else { return nil }
        return firstSound - speechEnd
    }

    /// The parts of the latency in order, in samples. Things that were ready before they were needed (a
    /// speculation) count as zero.
    public var stages: [(name: String, samples: Int)] {
        guard let speechEnd, firstSound != nil else { return [] }
        var parts: [(name: String, samples: Int)] = []
        var last = speechEnd
        for (name, mark) in [
            ("endpoint", endpoint), ("transcript", transcript), ("reply", reply), ("synthesis", synthesis),
            ("playback", firstSound),
        ] {
            guard let mark else { continue }
            let part = max(0, mark - last)
            parts.append((name: name, samples: part))
            last += part
        }
        // A stage stamped later than the sound itself would break the sum; the last part absorbs it.
        if let firstSound, last != firstSound, !parts.isEmpty { parts[parts.count - 1].samples += firstSound - last }
        return parts
    }

    /// Samples at 16 kHz as milliseconds.
    public static func milliseconds(_ samples: Int) -> Double { Double(samples) * 1000 / Double(sampleRate) }
}
