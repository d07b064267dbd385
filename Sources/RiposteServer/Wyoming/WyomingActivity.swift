import Synchronization

/// What a Wyoming client waits for: whether it may be let go of.
final class WyomingActivity: Sendable {
    private struct State {
        var works = 0
        var isHearing = false
        var lastEnd = ContinuousClock.now
    }

    /// What was sent before the client could know may still be on its way for so long.
    private static let onTheWay = Duration.milliseconds(250)

    private let state = Mutex(State())

    /// Something is being done for the client, until `end`.
    func begin() { state.withLock { $0.works += 1 } }

    /// - Parameter counts: whether more of the same may still be on its way.
    func end(counts: Bool = true) {
        state.withLock { state in
            state.works -= 1
            if counts { state.lastEnd = .now }
        }
    }

    /// Whether sound is on its way.
    var isHearing: Bool {
        get { state.withLock { $0.isHearing } }
        set { state.withLock { $0.isHearing = newValue } }
    }

    private func isResting(since start: ContinuousClock.Instant) -> Bool {
        state.withLock { $0.works == 0 && !$0.isHearing && .now - max(start, $0.lastEnd) >= Self.onTheWay }
    }

    /// Returns when nothing is waited for any more, or that takes too long.
    /// - Parameter seconds: how long it may take.
    func rest(within seconds: Double) async {
        let start = ContinuousClock.now
        let limit = start + .seconds(seconds)
        while !isResting(since: start), .now < limit, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(50)) }
    }
}
