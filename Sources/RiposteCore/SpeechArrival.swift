import Synchronization

import struct Foundation.Date

/// The way of an answer's first sound: from the first byte that a service sends to the loudspeaker.
///
/// It goes with the task that asks for the speech, so that whatever speaks knows which answer it is:
///
/// ```swift
/// SpeechArrival.$current.withValue(usage.beginSpeech()) { voice.speak(text) }
/// ```
public final class SpeechArrival: Sendable {
    /// What the present speech is part of.
    @TaskLocal public static var current: SpeechArrival?

    /// When what happened. Times are seconds since 1970, by this machine's clock.
    public struct Report: Sendable, Equatable, Codable {
        /// The service whose sound it was.
        public var engine: String
        /// When the first byte of sound had come from it.
        public var firstByteAt: Double
        /// When the sound might leave: answers are prepared before it is certain that the user is done.
        public var releasedAt: Double
        /// When the first sample was handed to the loudspeaker.
        public var handedOverAt: Double
        /// From when the sound was there and might leave until it was handed over, in milliseconds.
        public var handOverMs: Double
    }

    private struct State {
        var engine = ""
        var firstByte: ContinuousClock.Instant?
        var released: ContinuousClock.Instant?
        var report: Report?
        var isHandedOver = false
    }

    private let state = Mutex(State())

    public init() {}

    /// Sound has come from a service. Only the first time counts.
    public func received(from engine: String) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard state.firstByte == nil else { return }
            (state.engine, state.firstByte) = (engine, now)
        }
    }

    /// It is certain that it is wanted: the sound may leave. Only the first time counts.
    public func released() {
        let now = ContinuousClock.now
        state.withLock { state in
            if state.released == nil { state.released = now }
        }
    }

    /// The first sample goes to the loudspeaker. Only the first time counts.
    /// - Parameter played: since when the loudspeaker asks for it; where nobody has said that it may leave, it might since.
    public func handedOver(played: ContinuousClock.Instant) {
        let now = ContinuousClock.now
        state.withLock { state in
            guard !state.isHandedOver else { return }
            state.isHandedOver = true
            guard let firstByte = state.firstByte else { return }
            let released = min(state.released ?? played, played)
            state.report = Report(
                engine: state.engine, firstByteAt: Self.date(firstByte), releasedAt: Self.date(released),
                handedOverAt: Self.date(now), handOverMs: (now - max(firstByte, released)) / .milliseconds(1))
        }
    }

    /// What is known once it was handed over, once.
    func take() -> Report? {
        state.withLock { state in
            defer { state.report = nil }
            return state.report
        }
    }

    private static let origin = (clock: ContinuousClock.now, date: Date().timeIntervalSince1970)

    private static func date(_ instant: ContinuousClock.Instant) -> Double {
        origin.date + (instant - origin.clock) / .seconds(1)
    }
}
