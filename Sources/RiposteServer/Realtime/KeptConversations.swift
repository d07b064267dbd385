import Foundation
import RiposteCore
import Synchronization

/// Conversations that outlive their connections: a client that comes back under the same name is known.
///
/// They are kept in memory, and with a store beside it also when the server is started anew. Whoever knows the name of one is
/// told what was said in it, so names have to be long and made at random.
final class KeptConversations: Sendable {
    struct Configuration: Sendable {
        /// Conversations at most; the one that was left longest ago is forgotten first.
        var limit = 256
        /// How long one is kept after it was left, in seconds: a day.
        var lifetime = 86_400.0
        /// Exchanges that are remembered of one.
        var turnLimit = 200
    }

    /// The right to keep a conversation: the latest connection has it, an earlier one that is still there loses it.
    struct Lease: Sendable, Equatable {
        fileprivate let id: String
        fileprivate let number: Int
    }

    private struct Entry {
        var conversation: Conversation
        var holder: Int
        var left: ContinuousClock.Instant
    }

    private let configuration: Configuration
    private let state = Mutex((entries: [String: Entry](), leases: 0))
    private let store: (any ConversationStore)?
    private let onTrouble: @Sendable (any Error) -> Void
    private let notes: AsyncStream<Note>.Continuation
    private let writing: Task<Void, Never>

    /// What is to be written, in its order.
    private enum Note: Sendable {
        case happened([ConversationEntry], id: String)
        case forgotten(id: String)
    }

    /// As whose conversations the store has them.
    static let user = "web"

    /// The name in the store: clients do not choose among what others keep there.
    private static func key(_ id: String) -> String { "web/\(id)" }

    /// - Parameters:
    ///   - store: where they are kept besides; nil: they end with the server.
    ///   - onTrouble: is told where the store fails; the conversations go on all the same.
    init(
        configuration: Configuration = .init(), store: (any ConversationStore)? = nil,
        onTrouble: @escaping @Sendable (any Error) -> Void = { _ in }
    ) {
        self.configuration = configuration
        self.store = store
        self.onTrouble = onTrouble
        let (notes, output) = AsyncStream.makeStream(of: Note.self)
        self.notes = output
        writing = Task {
            guard let store else { return }
            for await note in notes {
                do {
                    switch note {
                    case .happened(let entries, let id):
                        try await store.append(entries, to: Self.key(id), user: Self.user)
                    case .forgotten(let id): try await store.forget(conversation: Self.key(id))
                    }
                } catch {
                    onTrouble(error)
                }
            }
        }
    }

    deinit { notes.finish() }

    /// Waits until everything is written; what happens afterwards is not.
    func finish() async {
        notes.finish()
        await writing.value
    }

    /// What is in the store of a conversation that memory does not have. What was left too long ago is forgotten there.
    private func stored(_ id: String) async -> Conversation? {
        guard let store, state.withLock({ $0.entries[id] == nil }) else { return nil }
        do {
            let oldest = Date(timeIntervalSinceNow: -configuration.lifetime)
            for known in try await store.conversations(of: Self.user) where known.lastActive < oldest {
                try await store.forget(conversation: known.id)
            }
            guard let kept = try await store.conversation(Self.key(id)) else { return nil }
            var conversation = kept
            conversation.id = id
            conversation.turns = conversation.turns.suffix(configuration.turnLimit)
            return conversation
        } catch {
            onTrouble(error)
            return nil
        }
    }

    /// - Returns: the conversation as it was left, or a new one.
    /// - Throws: `.badInput` for a name that could be guessed.
    func take(_ id: String) async throws -> (conversation: Conversation, lease: Lease) {
        let isName = id.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || (48...57).contains(byte)
                || (65...90).contains(byte)
                || (97...122).contains(byte)
        }
        guard isName, (16...128).contains(id.utf8.count) else {
            throw RiposteError(
                .badInput, .configuration,
                "A conversation's name has 16 to 128 letters, digits, '-' and '_', made at random.")
        }
        let stored = await stored(id)
        return state.withLock { state in
            let now = ContinuousClock.now
            state.entries = state.entries.filter { (now - $0.value.left) / .seconds(1) < configuration.lifetime }
            state.leases += 1
            var entry = state.entries[id] ?? Entry(conversation: stored ?? Conversation(id: id), holder: 0, left: now)
            entry.holder = state.leases
            entry.left = now
            entry.conversation.now = Date()
            state.entries[id] = entry
            while state.entries.count > configuration.limit,
                let oldest = state.entries.min(by: { $0.value.left < $1.value.left })
            {
                state.entries[oldest.key] = nil
            }
            return (entry.conversation, Lease(id: id, number: state.leases))
        }
    }

    /// Keeps what happened in a conversation; without the right to, nothing happens.
    func note(_ entries: [ConversationEntry], _ lease: Lease) {
        guard store != nil, !entries.isEmpty, state.withLock({ $0.entries[lease.id]?.holder == lease.number }) else {
            return
        }
        notes.yield(.happened(entries, id: lease.id))
    }

    /// Forgets a conversation for good.
    func forget(_ lease: Lease) {
        let isHolder = state.withLock { state in
            guard state.entries[lease.id]?.holder == lease.number else { return false }
            state.entries[lease.id] = nil
            return true
        }
        if isHolder { notes.yield(.forgotten(id: lease.id)) }
    }

    /// Keeps a conversation as it is now; without the right to, nothing happens.
    func keep(_ conversation: Conversation, _ lease: Lease) {
        state.withLock { state in
            guard state.entries[lease.id]?.holder == lease.number else { return }
            var kept = conversation
            kept.turns = kept.turns.suffix(configuration.turnLimit)
            state.entries[lease.id]?.conversation = kept
            state.entries[lease.id]?.left = .now
        }
    }
}
