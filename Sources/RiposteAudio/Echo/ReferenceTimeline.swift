/// The last seconds of what the loudspeaker played, by position on the microphone's timeline.
///
/// What was never said to be played is silence. Holding it by position, not in a queue, is what keeps the echo
/// canceller right when a microphone frame is lost or the reference arrives in other pieces than the microphone.
struct ReferenceTimeline: Sendable {
    private var ring: [Float]
    private let mask: Int
    /// The position after the last sample known.
    private(set) var end = 0
    /// The position of the oldest sample that is still held.
    private var start = 0

    /// - Parameter capacity: samples held, a power of two.
    init(capacity: Int) {
        precondition(capacity > 0 && capacity & (capacity - 1) == 0, "the capacity is a power of two")
        ring = [Float](repeating: 0, count: capacity)
        mask = capacity - 1
    }

    /// Says what was played from a position on. What is missing since the last sample is silence; what goes
    /// back in time replaces what was there.
    mutating func write(_ samples: [Float], at position: Int) {
        if position > end {
            let from = max(end, position - ring.count)
            for index in from..<position { ring[index & mask] = 0 }
            if from > end { start = from }
            end = position
        } else if position < end - ring.count || position < start {
            // The clock was set back: nothing held has a meaning any more.
            start = position
            end = position
        }
        let skipped = max(0, samples.count - ring.count)
        for index in skipped..<samples.count {
            let sample = samples[index]
            ring[(position + index) & mask] = sample.isFinite ? max(-1, min(1, sample)) : 0
        }
        end = max(end, position + samples.count)
        start = max(start, end - ring.count)
    }

    /// Copies samples out; positions that are not held read as silence.
    func read(from position: Int, count: Int, into samples: inout [Float]) {
        for index in 0..<count {
            let at = position + index
            samples[index] = at >= start && at < end ? ring[at & mask] : 0
        }
    }
}
