import Foundation
import RiposteCore

/// Keeps one conversation: writes what happens, in its order.
final class ConversationWriter: Sendable {
    private let store: any ConversationStore
    private let id: String
    private let user: String
    private let queue: AsyncStream<[ConversationEntry]>.Continuation
    private let writing: Task<Void, any Error>

    init(store: any ConversationStore, id: String, user: String) {
        self.store = store
        self.id = id
        self.user = user
        let (entries, queue) = AsyncStream.makeStream(of: [ConversationEntry].self)
        self.queue = queue
        writing = Task {
            for await happened in entries { try await store.append(happened, to: id, user: user) }
        }
    }

    /// The conversation as it was left, or a new one.
    func conversation() async throws -> Conversation {
        var conversation = try await store.conversation(id) ?? Conversation(id: id)
        conversation.now = Date()
        return conversation
    }

    /// Writes, and waits until it is safe.
    func write(_ entries: [ConversationEntry]) async throws {
        try await store.append(entries, to: id, user: user)
    }

    /// Has it written without waiting.
    func remember(_ entries: [ConversationEntry]) { queue.yield(entries) }

    /// Waits until everything is written.
    /// - Throws: the first failure; what came after it was not written.
    func finish() async throws {
        queue.finish()
        try await writing.value
    }
}
