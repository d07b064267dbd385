import RiposteCore

/// Makes of frames of any length windows of one length, with their positions.
struct FrameCutter: Sendable {
    let length: Int
    private var waiting: [Float] = []
    /// How many of them have been given already; they are let go of together.
    private var given = 0
    /// Where the next frame has to begin; nil before the first.
    private(set) var end: Int?
    /// Where the sound begins that has come without a gap; nil before the first frame.
    private(set) var start: Int?

    init(length: Int) { self.length = length }

    private var rest: Int { waiting.count - given }

    /// Takes a frame.
    /// - Returns: whether it follows the frame before. If not, what was waiting is gone.
    /// - Throws: `.badInput` for another rate than 16 kHz.
    mutating func append(_ frame: AudioFrame) throws -> Bool {
        guard frame.sampleRate == 16_000 else {
            throw RiposteError(
                .badInput, .wakeWord, "Wake words are heard in sound at 16000 Hz, not \(frame.sampleRate) Hz.")
        }
        let follows = end == nil || end == frame.position
        if end != frame.position { start = frame.position }
        waiting.removeFirst(follows ? given : waiting.count)
        given = 0
        waiting += frame.samples
        end = frame.end
        return follows
    }

    /// The next window and where it begins; nil while there are too few samples.
    mutating func next() -> (samples: [Float], position: Int)? {
        guard let end, rest >= length else { return nil }
        let window = Array(waiting[given..<(given + length)])
        let position = end - rest
        given += length
        return (window, position)
    }

    /// What is left when the stream ends, filled up with silence; nil when nothing is.
    mutating func last() -> (samples: [Float], position: Int)? {
        guard let end, rest > 0 else { return nil }
        let position = end - rest
        let samples = waiting[given...] + [Float](repeating: 0, count: length - rest)
        (waiting, given) = ([], 0)
        return (Array(samples), position)
    }

    mutating func reset() {
        (waiting, given) = ([], 0)
        (start, end) = (nil, nil)
    }
}

extension Float {
    /// As 16-bit PCM.
    var pcm: Int16 { Int16(Swift.max(-32_768, Swift.min(32_767, (self * 32_768).rounded()))) }
}
