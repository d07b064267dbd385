import RiposteCore

/// What time it is, as a sample position at 16 kHz.
///
/// In real pace the position runs on between frames: a frame's last sample was just recorded when the frame
/// arrived. Frames can arrive late but never early, so the earliest arrival seen, relative to its position,
/// is the truest.
struct SessionClock: Sendable {
    private let pace: SessionPace
    private let start = ContinuousClock.now
    /// Samples by which the stream is ahead of the wall clock.
    private var lead: Int?
    private(set) var lastFrameEnd = 0
    private var lastArrival = ContinuousClock.now
    /// The moment that is being dealt with: until it is released, it is now.
    private var held: Int?

    init(pace: SessionPace) { self.pace = pace }

    mutating func frameArrived(end: Int) {
        lastFrameEnd = end
        lastArrival = .now
        lead = max(lead ?? Int.min, end - wall)
    }

    /// In fast pace time is what is told; it passes without sound too.
    mutating func timePassed(until position: Int) {
        if pace == .fast { lastFrameEnd = max(lastFrameEnd, position) }
    }

    /// Now.
    var position: Int {
        if let held { return held }
        return switch pace {
        case .fast: lastFrameEnd
        case .real: max(lastFrameEnd, lead.map { wall + $0 } ?? 0)
        }
    }

    /// Lets no time pass while something is dealt with, so that all of it happens at one position.
    mutating func hold(at position: Int) { held = position }

    mutating func release() { held = nil }

    /// How long no frame has come.
    var silence: Duration { .now - lastArrival }

    private var wall: Int { Self.samples(.now - start) }

    static func samples(_ duration: Duration) -> Int {
        let (seconds, attoseconds) = duration.components
        return Int((Double(seconds) + Double(attoseconds) * 1e-18) * Double(Waterfall.sampleRate))
    }
}

/// How time passes in a session.
public enum SessionPace: String, Sendable, Codable {
    /// By the wall clock, as with a microphone.
    case real
    /// As fast as the machine can; time is the sample position. What an engine takes is charged to the
    /// sample clock, so that latencies mean what they mean in real pace.
    case fast
}
