import Foundation
import RiposteConversation
import RiposteCore

/// What a server keeps of conversations in a store that outlives it, and that other servers may share.
///
/// Nobody waits for the store longer than a moment: what happens is written behind, and read within a time limit.
public final class ConversationMemory: Sendable {
    public struct Configuration: Sendable {
        /// Seconds that reading a conversation may take; then the server goes on with what it knows itself. Default 1.5.
        public var patience = 1.5
        /// The same where an alarm is to ring. Default 1.
        public var ringingPatience = 1.0
        public var pending = PendingEntries.Configuration()

        public init() {}
    }

    /// Where it is kept.
    public let store: any ConversationStore
    let pending: PendingEntries
    private let configuration: Configuration
    private let onFailure: @Sendable (RiposteError) -> Void

    /// - Parameter onFailure: told when the store first does not answer, and of what it will never take.
    public init(
        _ store: any ConversationStore, configuration: Configuration = .init(),
        onFailure: @escaping @Sendable (RiposteError) -> Void = { _ in }
    ) {
        self.store = store
        self.configuration = configuration
        self.onFailure = onFailure
        pending = PendingEntries(store, configuration: configuration.pending, onFailure: onFailure)
    }

    /// Waits until everything is written, at most so many seconds.
    /// - Throws: why the store does not take it.
    public func finish(within seconds: Double) async throws { try await pending.settle(within: seconds) }

    /// The conversation as it is kept; nil: there is none.
    /// - Throws: `.timedOut`, or what the store throws.
    func conversation(_ id: String) async throws -> Conversation? {
        try await Self.within(configuration.patience) { [store, pending, patience = configuration.patience] in
            try await pending.settle(id, within: patience)
            return try await store.conversation(id)
        }
    }

    /// Takes a conversation over, and reads it.
    /// - Throws: `.superseded` where somebody else has taken it over meanwhile; `.badInput` where it is with another user;
    ///   `.timedOut`, or what the store throws.
    func take(_ right: ConversationRight) async throws -> Conversation? {
        try await Self.within(configuration.patience) { [store, pending, patience = configuration.patience] in
            try await pending.settle(right.id, within: patience)
            if !right.user.isEmpty, let owner = try await store.user(of: right.id), !["", right.user].contains(owner) {
                throw RiposteError.conversationOfAnother(right.id)
            }
            // First the right to it: what is read then is all that was written under earlier ones.
            _ = try await right.holder(in: store)
            return try await store.conversation(right.id)
        }
    }

    /// Whether an alarm may ring here. While the store does not answer, whoever has the client rings.
    func mayRing(_ alarm: String, _ right: ConversationRight) async -> Bool {
        do {
            let patience = configuration.ringingPatience
            return try await Self.within(patience) { [store, pending] in
                // What waits under earlier rights is written before the store is told of a later one.
                if right.known == nil { try await pending.settle(right.id, within: patience) }
                return try await store.mayRing(alarm, of: right.id, holder: try await right.holder(in: store))
            }
        } catch let error as RiposteError where error.code == .superseded {
            return false
        } catch {
            return true
        }
    }

    /// Has entries written without waiting, as long as nobody else has taken the conversation over.
    /// - Parameters:
    ///   - onWritten: told once they are safe, with the name they were written under.
    ///   - onSuperseded: told where somebody else has the right to the conversation.
    func append(
        _ entries: [ConversationEntry], _ right: ConversationRight,
        onWritten: @escaping @Sendable (UUID) async -> Void, onSuperseded: @escaping @Sendable () async -> Void
    ) {
        let holder = PendingEntries.Holder(
            number: { [store] in try await right.holder(in: store) }, onSuperseded: onSuperseded)
        pending.add(entries, to: right.id, user: right.user, holder: holder, onWritten: onWritten)
    }

    /// A conversation goes on without what is kept of it.
    func noteUnread(_ error: any Error) {
        onFailure(error as? RiposteError ?? RiposteError(.storage, .dialog, "\(error)", underlying: error))
    }

    /// Writes, and waits a moment for it, so that whoever reads it next finds it.
    /// - Parameter user: whom the conversation is with; empty: nobody in particular.
    func append(_ entries: [ConversationEntry], to id: String, user: String) async {
        pending.add(entries, to: id, user: user)
        try? await pending.settle(id, within: configuration.patience)
    }

    /// Gives up waiting after so many seconds; the work is cancelled, and not waited for.
    private static func within<Value: Sendable>(
        _ seconds: Double, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (results, output) = AsyncStream.makeStream(of: Result<Value, any Error>.self)
        let work = Task {
            do { output.yield(.success(try await body())) } catch { output.yield(.failure(error)) }
            output.finish()
        }
        let limit = Task {
            try? await Task.sleep(for: .seconds(seconds))
            output.finish()
        }
        defer {
            work.cancel()
            limit.cancel()
        }
        for await result in results { return try result.get() }
        try Task.checkCancellation()
        throw RiposteError(.timedOut, .dialog, "What was said before could not be read in time.")
    }
}
