/// Work that a session has started and may stop, run as a child of the session's task group.
struct Job: Sendable {
    private let body: @Sendable () async -> Void
    private let stopped: AsyncStream<Never>
    private let stopper: AsyncStream<Never>.Continuation

    init(_ body: @escaping @Sendable () async -> Void) {
        self.body = body
        (stopped, stopper) = AsyncStream.makeStream(of: Never.self)
    }

    /// Runs to its end, or until stopped. Returns when the work has really ended.
    func run() async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await body() }
            group.addTask { for await _ in stopped {} }
            await group.next()
            group.cancelAll()
        }
    }

    /// Cancels the work, from anywhere, also before it has begun.
    func stop() { stopper.finish() }
}

/// Opens once. Whoever waits goes through when it is opened, or when its task is cancelled.
struct Gate: Sendable {
    private let opened: AsyncStream<Never>
    private let opener: AsyncStream<Never>.Continuation

    init() { (opened, opener) = AsyncStream.makeStream(of: Never.self) }

    func open() { opener.finish() }

    /// - Returns: false when the task was cancelled instead.
    func pass() async -> Bool {
        for await _ in opened {}
        return !Task.isCancelled
    }
}
