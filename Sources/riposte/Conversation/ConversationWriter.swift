import Foundation
import RiposteConversation
import RiposteCore

/// Keeps one conversation: writes what happens, in its order.
final class ConversationWriter: Sendable {
    private let store: any ConversationStore
    private let id: String
    private let user: String
    private let pending: PendingEntries

    init(store: any ConversationStore, id: String, user: String) {
        self.store = store
        self.id = id
        self.user = user
        pending = PendingEntries(store) { Failure.report("\($0)") }
    }

    /// The conversation as it was left, or a new one.
    /// - Throws: `.badInput` where it is with another user; what the store throws.
    func conversation() async throws -> Conversation {
        if !user.isEmpty, let known = try await store.user(of: id), !["", user].contains(known) {
            throw RiposteError.conversationOfAnother(id)
        }
        var conversation = try await store.conversation(id) ?? Conversation(id: id)
        conversation.now = Date()
        return conversation
    }

    /// Writes, and waits until it is safe.
    func write(_ entries: [ConversationEntry]) async throws {
        try await store.append(entries, to: id, user: user)
    }

    /// Has it written without waiting; what is not taken now is tried again.
    func remember(_ entries: [ConversationEntry]) { pending.add(entries, to: id, user: user) }

    /// Waits until everything is written, at most ten seconds.
    /// - Throws: why it cannot be written; what came after that was not written either.
    func finish() async throws { try await pending.settle(within: 10) }
}
