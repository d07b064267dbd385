import Foundation
import RiposteCore
import Synchronization

/// Conversations that outlive their connections: a client that comes back under the same name is known.
///
/// They are kept in this process, and in a store beside it where there is one: then another server can go on with them. Whoever
/// knows the name of one is told what was said in it, so names have to be long and made at random.
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
    final class Lease: Sendable {
        /// The same among all servers that share the store.
        fileprivate let right: ConversationRight
        private let onLost: @Sendable () async -> Void
        private let isLost = Mutex(false)

        fileprivate init(_ id: String, user: String, onLost: @escaping @Sendable () async -> Void) {
            right = ConversationRight(id, user: user)
            self.onLost = onLost
        }

        fileprivate var id: String { right.id }

        /// Who has it gives it back, and is not told who has it next.
        func release() { isLost.withLock { $0 = true } }

        /// Another connection has it. Whoever had it is told once.
        fileprivate func lose() async {
            let wasLost = isLost.withLock { isLost in
                defer { isLost = true }
                return isLost
            }
            if !wasLost { await onLost() }
        }
    }

    private struct Entry {
        var conversation: Conversation
        var lease: Lease
        var left: ContinuousClock.Instant
    }

    private let configuration: Configuration
    private let memory: ConversationMemory?
    private let known = Mutex<[String: Entry]>([:])

    init(configuration: Configuration = .init(), memory: ConversationMemory? = nil) {
        self.configuration = configuration
        self.memory = memory
    }

    /// Takes a conversation over. A connection to this server that has it is told at once: where two listen, both would answer.
    /// One to another server, or one that was quiet for so long that it is not known here any more, is told when it has something
    /// to keep. While the store does not answer, it is what this server knows of it.
    /// - Parameters:
    ///   - user: whom it is with; empty: nobody in particular.
    ///   - old: what the same connection had; it is not told of itself.
    ///   - onLost: told once that another connection has the conversation.
    /// - Returns: the conversation as it was left, or a new one.
    /// - Throws: `.badInput` for a name that could be guessed, or of a conversation with another user; `.superseded` where
    ///   another connection has taken it meanwhile.
    func take(
        _ id: String, user: String = "", from old: Lease? = nil, onLost: @escaping @Sendable () async -> Void = {}
    ) async throws -> (conversation: Conversation, lease: Lease) {
        try Self.check(id)
        let lease = Lease(id, user: user, onLost: onLost)
        guard let memory else { return (try take(lease, from: old, stored: nil), lease) }
        let stored: Conversation?
        do {
            stored = try await memory.take(lease.right) ?? Conversation(id: id)
        } catch is CancellationError {
            throw CancellationError()
        } catch let error as RiposteError where [.superseded, .badInput].contains(error.code) {
            throw error
        } catch {
            memory.noteUnread(error)
            stored = nil
        }
        return (try take(lease, from: old, stored: stored), lease)
    }

    private static func check(_ id: String) throws {
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
    }

    private func take(_ lease: Lease, from old: Lease?, stored: Conversation?) throws -> Conversation {
        try known.withLock { entries in
            let now = ContinuousClock.now
            entries = entries.filter { (now - $0.value.left) / .seconds(1) < configuration.lifetime }
            // Who came later may be done with the store earlier.
            if let other = entries[lease.id]?.lease {
                guard other.right.taken <= lease.right.taken else { throw RiposteError.conversationTaken }
                if other !== old { Task { await other.lose() } }
            }
            var conversation = stored ?? entries[lease.id]?.conversation ?? Conversation(id: lease.id)
            conversation.turns = conversation.turns.suffix(configuration.turnLimit)
            conversation.now = Date()
            entries[lease.id] = Entry(conversation: conversation, lease: lease, left: now)
            while entries.count > configuration.limit,
                let oldest = entries.min(by: { $0.value.left < $1.value.left })
            {
                entries[oldest.key] = nil
            }
            return conversation
        }
    }

    /// Keeps a conversation as it is now; without the right to, nothing happens.
    func keep(_ conversation: Conversation, _ lease: Lease) {
        known.withLock { entries in
            guard entries[lease.id]?.lease === lease else { return }
            var kept = conversation
            kept.turns = kept.turns.suffix(configuration.turnLimit)
            entries[lease.id] = Entry(conversation: kept, lease: lease, left: .now)
        }
    }

    /// Whether another connection to this server has taken the conversation over.
    private func isTaken(_ lease: Lease) -> Bool {
        known.withLock { $0[lease.id].map { $0.lease !== lease } ?? false }
    }

    /// Writes what has happened to the store, without waiting; without the right to, nothing is written.
    /// - Parameter onWritten: told once it is safe there, with the name it was written under.
    func append(
        _ entries: [ConversationEntry], _ lease: Lease, onWritten: @escaping @Sendable (UUID) async -> Void = { _ in }
    ) {
        guard !entries.isEmpty else { return }
        guard !isTaken(lease) else {
            Task { await lease.lose() }
            return
        }
        memory?.append(entries, lease.right, onWritten: onWritten) { await lease.lose() }
    }

    /// Whether an alarm of the conversation may ring for the connection that has this right to it.
    func mayRing(_ alarm: Alarm, _ lease: Lease) async -> Bool {
        guard !isTaken(lease) else { return false }
        return await memory?.mayRing(alarm.id, lease.right) ?? true
    }
}
