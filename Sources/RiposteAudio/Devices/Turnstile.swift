import Synchronization

/// Lets one task in at a time: a loudspeaker says one thing after the other.
final class Turnstile: Sendable {
    private let isTaken = Mutex(false)
    private let condition = Condition()

    /// Waits until nobody else is in.
    /// - Returns: false when the task was cancelled first; then it is not in.
    func enter() async -> Bool {
        while !Task.isCancelled {
            let isIn = isTaken.withLock { isTaken in
                defer { isTaken = true }
                return !isTaken
            }
            if isIn { return true }
            await condition.wait { [self] in isTaken.withLock { !$0 } }
        }
        return false
    }

    func leave() {
        isTaken.withLock { $0 = false }
        condition.signal()
    }
}
