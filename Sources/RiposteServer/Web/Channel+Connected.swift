import NIOCore

extension Channel {
    /// Works as long as the connection is there: what a client has asked for that is gone is of no use to anybody, and can be
    /// a minute's work.
    /// - Throws: what the work throws; `CancellationError` where the connection ended first.
    func whileConnected(_ work: @escaping @Sendable () async throws -> Void) async throws {
        let working = Task { try await work() }
        closeFuture.whenComplete { _ in working.cancel() }
        try await withTaskCancellationHandler {
            try await working.value
        } onCancel: {
            working.cancel()
        }
    }
}
