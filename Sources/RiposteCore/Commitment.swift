import Synchronization

/// Whether what is being answered is certain. An answer may be prepared before the user is known to be done; what
/// cannot be undone, as ordering something, waits for this.
public final class Commitment: Sendable {
    private let given: Mutex<Bool>
    private let waiting: AsyncStream<Never>
    private let opener: AsyncStream<Never>.Continuation

    /// - Parameter isGiven: whether it is certain from the start, as in text.
    public init(isGiven: Bool = false) {
        given = Mutex(isGiven)
        (waiting, opener) = AsyncStream.makeStream(of: Never.self)
        if isGiven { opener.finish() }
    }

    public var isGiven: Bool { given.withLock { $0 } }

    public func give() {
        given.withLock { $0 = true }
        opener.finish()
    }

    /// Waits until it is given.
    /// - Throws: `CancellationError` when the answer is not wanted any more.
    public func wait() async throws {
        for await _ in waiting {}
        try Task.checkCancellation()
    }
}
