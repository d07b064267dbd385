/// Work that a session has started and may stop, run as a child of the session's task group.
struct Job: Sendable {
    /// In fast pace the sample clock waits for a job with a number; see `Session.start`.
    let charge: Int?
    private let body: @Sendable () async -> Void
    private let stopped: AsyncStream<Never>
    private let stopper: AsyncStream<Never>.Continuation

    /// Work that goes on so long after it was stopped is left to itself: it ignores cancellation, and nobody may
    /// hang on it.
    static let patience = Duration.seconds(1)

    init(charge: Int? = nil, _ body: @escaping @Sendable () async -> Void) {
        self.charge = charge
        self.body = body
        (stopped, stopper) = AsyncStream.makeStream(of: Never.self)
    }

    /// Runs to its end, or until stopped. Returns when the work has ended, or is given up.
    func run() async {
        let (ended, ender) = AsyncStream.makeStream(of: Never.self)
        // A task of its own, not a child: a child would have to be waited for, whatever it does.
        let work = Task { [body, stopper] in
            await body()
            ender.finish()
            stopper.finish()
        }
        for await _ in stopped {}
        work.cancel()
        let patience = Task {
            try? await Task.sleep(for: Self.patience)
            ender.finish()
        }
        // Not cancelled with this one: what lets itself be ended is waited for.
        await Task { for await _ in ended {} }.value
        patience.cancel()
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
