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
    struct Lease: Sendable, Equatable {
        fileprivate let id: String
        fileprivate let number: Int
        /// The same among all servers that share the store; nil where it did not answer, or there is none.
        fileprivate let holder: Int?
    }

    private struct Entry {
        var conversation: Conversation
        var holder: Int
        var left: ContinuousClock.Instant
    }

    private let configuration: Configuration
    private let memory: ConversationMemory?
    private let state = Mutex((entries: [String: Entry](), leases: 0))

    init(configuration: Configuration = .init(), memory: ConversationMemory? = nil) {
        self.configuration = configuration
        self.memory = memory
    }

    /// Takes a conversation over. While the store does not answer, it is what this server knows of it.
    /// - Returns: the conversation as it was left, or a new one.
    /// - Throws: `.badInput` for a name that could be guessed.
    func take(_ id: String) async throws -> (conversation: Conversation, lease: Lease) {
        try Self.check(id)
        guard let memory else { return take(id, stored: nil, holder: nil) }
        do {
            let (stored, holder) = try await memory.take(id)
            return take(id, stored: stored ?? Conversation(id: id), holder: holder)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            memory.noteUnread(error)
            return take(id, stored: nil, holder: nil)
        }
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

    private func take(_ id: String, stored: Conversation?, holder: Int?) -> (conversation: Conversation, lease: Lease) {
        state.withLock { state in
            let now = ContinuousClock.now
            state.entries = state.entries.filter { (now - $0.value.left) / .seconds(1) < configuration.lifetime }
            state.leases += 1
            var entry = state.entries[id] ?? Entry(conversation: Conversation(id: id), holder: 0, left: now)
            if var stored {
                stored.turns = stored.turns.suffix(configuration.turnLimit)
                entry.conversation = stored
            }
            entry.holder = state.leases
            entry.left = now
            entry.conversation.now = Date()
            state.entries[id] = entry
            while state.entries.count > configuration.limit,
                let oldest = state.entries.min(by: { $0.value.left < $1.value.left })
            {
                state.entries[oldest.key] = nil
            }
            return (entry.conversation, Lease(id: id, number: state.leases, holder: holder))
        }
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

    /// Writes what has happened to the store, without waiting.
    /// - Parameter onWritten: told once it is safe there, with the name it was written under.
    func append(
        _ entries: [ConversationEntry], _ lease: Lease, onWritten: @escaping @Sendable (UUID) async -> Void = { _ in }
    ) {
        memory?.pending.add(entries, to: lease.id, onWritten: onWritten)
    }

    /// Whether an alarm of the conversation may ring for the connection that has this right to it.
    func mayRing(_ alarm: Alarm, _ lease: Lease) async -> Bool {
        guard state.withLock({ $0.entries[lease.id].map { $0.holder == lease.number } ?? true }) else { return false }
        return await memory?.mayRing(alarm.id, of: lease.id, holder: lease.holder) ?? true
    }
}
