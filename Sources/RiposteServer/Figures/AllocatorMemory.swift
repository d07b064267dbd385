import Dispatch
import RiposteInference
import Synchronization

/// Gives memory back to the system when conversations have ended. The C library keeps what was freed, spread over the
/// threads that had it, and gives little of it back on its own.
final class AllocatorMemory: Sendable {
    private let isDue = Atomic<Bool>(false)
    private let work = DispatchQueue(label: "riposte.memory", qos: .background)
    /// Seconds from the end of a conversation: others may end meanwhile.
    private let delay: Double

    init(delay: Double = 2) { self.delay = delay }

    /// Gives it back soon; however often it is asked for, once.
    func giveBackSoon() {
        guard isDue.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
        work.asyncAfter(deadline: .now() + delay) { [self] in
            isDue.store(false, ordering: .relaxed)
            ProcessMemory.trim()
        }
    }
}
