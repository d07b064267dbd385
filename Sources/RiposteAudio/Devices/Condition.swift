import Synchronization

/// Tasks waiting for something to become true.
///
/// Whoever changes what they wait for calls `signal` afterwards, outside any lock; each waiter then looks for
/// itself.
final class Condition: Sendable {
    private struct Waiters {
        var next: UInt64 = 0
        var continuations: [UInt64: CheckedContinuation<Void, Never>] = [:]
    }

    private let waiters = Mutex(Waiters())

    /// Lets every waiter look again.
    func signal() {
        let woken = waiters.withLock { waiters in
            defer { waiters.continuations.removeAll() }
            return Array(waiters.continuations.values)
        }
        for continuation in woken { continuation.resume() }
    }

    /// Returns when `isMet` gives true, or the task is cancelled.
    func wait(until isMet: @Sendable () -> Bool) async {
        while !Task.isCancelled && !isMet() {
            let ticket = waiters.withLock { waiters in
                waiters.next += 1
                return waiters.next
            }
            await withTaskCancellationHandler {
                await withCheckedContinuation { continuation in
                    waiters.withLock { $0.continuations[ticket] = continuation }
                    // What happened between the look above and this line has not been signalled to us.
                    if Task.isCancelled || isMet() { resume(ticket) }
                }
            } onCancel: {
                resume(ticket)
            }
        }
    }

    private func resume(_ ticket: UInt64) {
        waiters.withLock { $0.continuations.removeValue(forKey: ticket) }?.resume()
    }
}
