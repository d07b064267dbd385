import Synchronization

/// Work that is done ahead of its need: an answer that is prepared at a pause, before it is known whether the user is
/// done. Whoever has work for many conversations does it last, until it is confirmed.
///
/// It goes with the task that asks for the work:
///
/// ```swift
/// let frames = Speculation.$current.withValue(speculation) { voice.speak(pieces, options: options) }
/// speculation.confirm()  // now somebody waits for it
/// ```
public final class Speculation: Sendable {
    /// What the present work is part of; nil, the default, is work that somebody waits for.
    @TaskLocal public static var current: Speculation?

    private struct State {
        var isConfirmed = false
        var observers: [@Sendable () -> Void] = []
    }

    private let state = Mutex(State())

    public init() {}

    /// Whether it has turned out to be needed.
    public var isConfirmed: Bool { state.withLock { $0.isConfirmed } }

    /// Somebody waits for it now. A second time does nothing.
    public func confirm() {
        let observers = state.withLock { state in
            defer { state.observers = [] }
            state.isConfirmed = true
            return state.observers
        }
        for observer in observers { observer() }
    }

    /// Waits until it is confirmed.
    /// - Throws: `CancellationError` when the work is not wanted any more.
    public func wait() async throws {
        let (confirmed, teller) = AsyncStream.makeStream(of: Never.self)
        whenConfirmed { teller.finish() }
        for await _ in confirmed {}
        try Task.checkCancellation()
    }

    /// Has somebody told when it is confirmed: at once where it is already.
    public func whenConfirmed(_ observer: @escaping @Sendable () -> Void) {
        let isConfirmed = state.withLock { state in
            if !state.isConfirmed { state.observers.append(observer) }
            return state.isConfirmed
        }
        if isConfirmed { observer() }
    }
}
