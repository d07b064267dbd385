import ServiceLifecycle
import Synchronization

/// Says for a while that the server is about to end, so that whoever spreads the clients brings no more of them.
final class Draining: Service {
    private let seconds: Double
    private let state = Mutex(false)

    /// - Parameter seconds: from the signal to end until the services before this one are told to end.
    init(seconds: Double) { self.seconds = seconds }

    var hasBegun: Bool { state.withLock { $0 } }

    func run() async throws {
        try await gracefulShutdown()
        state.withLock { $0 = true }
        try await Task.sleep(for: .seconds(seconds))
    }
}
