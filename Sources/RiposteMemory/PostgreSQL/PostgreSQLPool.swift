/// A few connections that are lent out in turn.
actor PostgreSQLPool {
    private let address: String
    private let limit: Int
    private let connectTimeout: Double
    private let setUp: String
    private var idle: [PostgreSQLConnection] = []
    private var count = 0
    /// Whoever waits is given a connection, or nil: the place for one.
    private var waiting: [(number: Int, continuation: CheckedContinuation<PostgreSQLConnection?, any Error>)] = []
    private var lastNumber = 0

    /// - Parameters:
    ///   - limit: connections at most.
    ///   - connectTimeout: seconds in which one has to be made.
    ///   - setUp: what each is told first.
    init(address: String, limit: Int, connectTimeout: Double, setUp: String) {
        self.address = address
        self.limit = max(1, limit)
        self.connectTimeout = connectTimeout
        self.setUp = setUp
    }

    /// Does something with a connection.
    ///
    /// One that lay idle may have been closed by the other side meanwhile, as when the database was started again. Then it is
    /// tried once more with a new one: so `body` must do no harm when it is done twice. What is cancelled before it has a
    /// connection is not done.
    func withConnection<Result: Sendable>(
        _ body: @Sendable (PostgreSQLConnection) async throws -> Result
    ) async throws -> Result {
        let (connection, isNew) = try await lend()
        do {
            return try await use(connection, body)
        } catch let failure as PostgreSQLFailure where !isNew && failure.kind != .timedOut && !failure.leavesConnection
        {
            // Those that lie there are as old.
            count += 1 - idle.count
            idle = []
            return try await use(try await open(), body)
        }
    }

    private func use<Result: Sendable>(
        _ connection: PostgreSQLConnection, _ body: @Sendable (PostgreSQLConnection) async throws -> Result
    ) async throws -> Result {
        guard !Task.isCancelled else {
            giveBack(connection)
            throw CancellationError()
        }
        do {
            let result = try await body(connection)
            giveBack(connection)
            return result
        } catch let failure as PostgreSQLFailure where failure.leavesConnection {
            giveBack(connection)
            throw failure
        } catch {
            letGo()
            throw error
        }
    }

    private func lend() async throws -> (connection: PostgreSQLConnection, isNew: Bool) {
        try Task.checkCancellation()
        if let connection = idle.popLast() { return (connection, false) }
        if count < limit {
            count += 1
            return (try await open(), true)
        }
        // Whoever has one gives it back in bounded time.
        if let connection = try await waitForOne() { return (connection, false) }
        return (try await open(), true)
    }

    private func waitForOne() async throws -> PostgreSQLConnection? {
        lastNumber += 1
        let number = lastNumber
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiting.append((number, continuation))
                }
            }
        } onCancel: {
            Task { await stopWaiting(number) }
        }
    }

    private func stopWaiting(_ number: Int) {
        guard let index = waiting.firstIndex(where: { $0.number == number }) else { return }
        waiting.remove(at: index).continuation.resume(throwing: CancellationError())
    }

    /// Makes a connection, in a place that is counted already.
    private func open() async throws -> PostgreSQLConnection {
        do {
            try Task.checkCancellation()
            let connection = try await PostgreSQLConnection.open(address, within: connectTimeout)
            try await connection.script(setUp, within: connectTimeout)
            return connection
        } catch {
            letGo()
            throw error
        }
    }

    private func giveBack(_ connection: PostgreSQLConnection) {
        if waiting.isEmpty {
            idle.append(connection)
        } else {
            waiting.removeFirst().continuation.resume(returning: connection)
        }
    }

    /// A connection is no more: there is room for another one, which whoever waits makes.
    private func letGo() {
        if waiting.isEmpty {
            count -= 1
        } else {
            waiting.removeFirst().continuation.resume(returning: nil)
        }
    }
}
