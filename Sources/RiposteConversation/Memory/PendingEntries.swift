import Foundation
import RiposteCore
import Synchronization

/// Writes what happens in conversations, in its order, to a store that may be away for a while.
///
/// Whoever adds entries does not wait. What the store does not take is tried again, later and later, with chance in the
/// waiting, so that many who wait do not come at once; each batch has a name of its own, so that it is written once.
/// Conversations do not wait for each other.
public final class PendingEntries: Sendable {
    public struct Configuration: Sendable {
        /// Batches that wait at most; further ones are refused. Default 20 000.
        public var batchLimit = 20_000
        /// Bytes of text in them, roughly. Default 64 MiB.
        public var byteLimit = 64 << 20
        /// Seconds until the second try; doubled for each further one. Default 0.1.
        public var firstWait = 0.1
        /// Seconds between tries at most. Default 2.
        public var longestWait = 2.0

        public init() {}
    }

    /// What has become of what was added.
    public struct Figures: Sendable, Equatable {
        /// Batches that wait.
        public var waiting = 0
        public var written = 0
        /// Tries that failed.
        public var failures = 0
        /// Batches that were refused because too many waited, or that the store can never take.
        public var lost = 0
    }

    /// A holder of a conversation who writes.
    public struct Holder: Sendable {
        let number: @Sendable () async throws -> Int
        let onSuperseded: @Sendable () async -> Void

        /// - Parameters:
        ///   - number: gives the holder's number, when something is to be written.
        ///   - onSuperseded: told where there is a later holder: then it is not written.
        public init(
            number: @escaping @Sendable () async throws -> Int, onSuperseded: @escaping @Sendable () async -> Void
        ) {
            self.number = number
            self.onSuperseded = onSuperseded
        }
    }

    private struct Batch {
        let name = UUID()
        let entries: [ConversationEntry]
        let user: String
        let weight: Int
        let holder: Holder?
        let onWritten: @Sendable (UUID) async -> Void
    }

    private struct State {
        /// By conversation; the first of each is being written.
        var queues: [String: [Batch]] = [:]
        var weight = 0
        var figures = Figures()
        var lastError: RiposteError?
        var writers: [String: Task<Void, Never>] = [:]
        /// By conversation, the last who is told of what became of a batch.
        var telling: [String: (number: Int, task: Task<Void, Never>)] = [:]
        var lastTold = 0
    }

    private let store: any ConversationStore
    private let configuration: Configuration
    private let onFailure: @Sendable (RiposteError) -> Void
    private let state = Mutex(State())

    /// - Parameter onFailure: told when the store first does not take something, and of what it will never take.
    public init(
        _ store: any ConversationStore, configuration: Configuration = .init(),
        onFailure: @escaping @Sendable (RiposteError) -> Void = { _ in }
    ) {
        self.store = store
        self.configuration = configuration
        self.onFailure = onFailure
    }

    public var figures: Figures { state.withLock { $0.figures } }

    /// Has entries written.
    /// - Parameters:
    ///   - user: whom the conversation is with; empty: nobody in particular.
    ///   - holder: who writes; nil: anybody.
    ///   - onWritten: told once they are safe, with the name they were written under.
    /// - Returns: false when too much waits already; then they are lost.
    @discardableResult
    public func add(
        _ entries: [ConversationEntry], to id: String, user: String = "",
        holder: Holder? = nil, onWritten: @escaping @Sendable (UUID) async -> Void = { _ in }
    ) -> Bool {
        guard !entries.isEmpty else { return true }
        let batch = Batch(
            entries: entries, user: user, weight: entries.reduce(0) { $0 + Self.weight($1) }, holder: holder,
            onWritten: onWritten)
        return state.withLock { state in
            guard state.figures.waiting < configuration.batchLimit,
                state.weight + batch.weight <= configuration.byteLimit
            else {
                state.figures.lost += 1
                return false
            }
            state.figures.waiting += 1
            state.weight += batch.weight
            state.queues[id, default: []].append(batch)
            if state.writers[id] == nil { state.writers[id] = Task { await self.write(id) } }
            return true
        }
    }

    /// What of a conversation is not written yet, in its order.
    public func entries(of id: String) -> [ConversationEntry] {
        state.withLock { $0.queues[id]?.flatMap(\.entries) ?? [] }
    }

    /// Waits until nothing waits any more.
    /// - Parameters:
    ///   - id: a conversation; nil: any.
    ///   - seconds: at most.
    /// - Throws: why the store does not take it, when the time is over.
    public func settle(_ id: String? = nil, within seconds: Double) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let (isSettled, error) = state.withLock { state in
                (id.map { state.queues[$0] == nil } ?? state.queues.isEmpty, state.lastError)
            }
            if isSettled { return }
            guard .now < end else {
                throw error ?? RiposteError(.timedOut, .dialog, "What was said is not written yet.")
            }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Writes what waits of a conversation.
    private func write(_ id: String) async {
        var tries = 0
        while let batch = next(of: id) {
            do {
                let holder = try await batch.holder?.number()
                try await store.append(
                    batch.entries, to: id, user: batch.user, once: batch.name, holder: holder)
                state.withLock { state in
                    state.figures.written += 1
                    state.lastError = nil
                }
                tries = 0
                done(batch, of: id)
                tell(of: id) { await batch.onWritten(batch.name) }
            } catch {
                let error =
                    error as? RiposteError ?? RiposteError(.storage, .dialog, "\(error)", underlying: error)
                if error.code == .superseded {
                    done(batch, of: id)
                    if let holder = batch.holder { tell(of: id, holder.onSuperseded) }
                } else if [.badInput, .corrupt].contains(error.code) {
                    state.withLock { $0.figures.lost += 1 }
                    done(batch, of: id)
                    onFailure(error)
                } else {
                    let isFirst = state.withLock { state in
                        state.figures.failures += 1
                        defer { state.lastError = error }
                        return state.lastError == nil
                    }
                    if isFirst { onFailure(error) }
                    let wait = min(configuration.longestWait, configuration.firstWait * pow(2, Double(min(tries, 20))))
                    tries += 1
                    try? await Task.sleep(for: .seconds(wait * .random(in: 0.5...1)))
                }
            }
        }
    }

    /// Tells in the order of writing, but beside it: who is told may have to wait for a client that does not read.
    private func tell(of id: String, _ body: @escaping @Sendable () async -> Void) {
        state.withLock { state in
            state.lastTold += 1
            let (number, earlier) = (state.lastTold, state.telling[id]?.task)
            let task = Task {
                await earlier?.value
                await body()
                self.state.withLock { state in
                    if state.telling[id]?.number == number { state.telling[id] = nil }
                }
            }
            state.telling[id] = (number, task)
        }
    }

    /// nil: there is none, and the writer is to end.
    private func next(of id: String) -> Batch? {
        state.withLock { state in
            if let batch = state.queues[id]?.first { return batch }
            state.queues[id] = nil
            state.writers[id] = nil
            return nil
        }
    }

    private func done(_ batch: Batch, of id: String) {
        state.withLock { state in
            state.queues[id]?.removeFirst()
            if state.queues[id]?.isEmpty == true { state.queues[id] = nil }
            state.figures.waiting -= 1
            state.weight -= batch.weight
        }
    }

    private static func weight(_ entry: ConversationEntry) -> Int {
        switch entry {
        case .turn(let turn), .answering(let turn): 100 + turn.user.utf8.count + turn.assistant.utf8.count
        case .effect: 500
        case .expectation, .rang: 100
        case .whole(let conversation):
            conversation.turns.reduce(2_000) { $0 + 100 + $1.user.utf8.count + $1.assistant.utf8.count }
        }
    }
}
