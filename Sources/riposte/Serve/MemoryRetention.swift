import Foundation
import Logging
import RiposteCore
import ServiceLifecycle

/// Forgets conversations that nobody has gone on with for long, now and then.
struct MemoryRetention: Service {
    let store: any ConversationStore
    let period: RetentionPeriod
    let logger: Logger

    /// A tenth of the period, and an hour at most.
    private var interval: Double { min(3_600, max(1, period.seconds / 10)) }

    func run() async throws {
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                let names = try await store.forget(idleSince: period.start())
                if !names.isEmpty {
                    logger.info("conversations are forgotten", metadata: ["count": .stringConvertible(names.count)])
                }
            } catch let error as RiposteError {
                // The next time may go better, and conversations go on meanwhile.
                logger.warning("conversations could not be forgotten", metadata: ["error": .string(error.message)])
            }
            let interval = interval
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: .seconds(interval)) }
            } catch is CancellationError { return }
        }
    }
}
