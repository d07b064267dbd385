import Synchronization

/// Knows how long the listener still has something to hear, if they began when the first sound was there.
final class SpeechClock: Sendable {
    private struct State {
        var firstText: ContinuousClock.Instant?
        var firstSound: ContinuousClock.Instant?
        var seconds = 0.0
        /// Sentences that have been cut and not been made.
        var ordered = 0
    }

    /// Sentences; some ten minutes.
    private static let orderLimit = 200

    private let state = Mutex(State())

    func textCame() {
        state.withLock { if $0.firstText == nil { $0.firstText = .now } }
    }

    func ordered() {
        state.withLock { $0.ordered += 1 }
    }

    /// A sentence has been made.
    func made(seconds: Double) {
        state.withLock { state in
            state.ordered -= 1
            state.seconds += seconds
            if seconds > 0, state.firstSound == nil { state.firstSound = .now }
        }
    }

    /// Waits while very much is still to be made, so that endless text is not taken in faster than it is spoken.
    func roomForMore() async {
        while !Task.isCancelled, state.withLock({ $0.ordered > Self.orderLimit }) {
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// Whether the listener hears nothing, or soon will, and nothing is on its way.
    /// - Parameter hurry: seconds; see `SpeechStream.Configuration.hurry`.
    func isShort(_ hurry: Double) -> Bool {
        state.withLock { state in
            guard state.ordered <= 0, let text = state.firstText else { return false }
            let now = ContinuousClock.now
            guard let sound = state.firstSound else { return now - text >= .seconds(hurry) }
            return now - sound >= .seconds(state.seconds - hurry)
        }
    }
}
