import struct Foundation.Date

/// The role of whatever keeps conversations, so that they go on after a restart.
///
/// A conversation is kept as what happened in it, one entry after the other; each is safe once `append` has returned.
public protocol ConversationStore: Sendable {
    /// The conversation as its entries make it; nil when there is none of that name.
    func conversation(_ id: String) async throws -> Conversation?

    /// Adds what happened. When it returns, all of it is on the disk; when it throws, none of it is.
    /// - Parameter user: whom the conversation is with; empty: nobody in particular.
    func append(_ entries: [ConversationEntry], to id: String, user: String) async throws

    /// The conversations of a user, the latest first; of everybody where `user` is nil.
    func conversations(of user: String?) async throws -> [ConversationSummary]

    /// Forgets a conversation. There is nothing left of it afterwards.
    func forget(conversation id: String) async throws

    /// Forgets all conversations of a user.
    func forget(user: String) async throws

    /// Forgets the conversations in which nothing has happened since a date. What is to ring in one goes with it.
    /// - Returns: their names.
    @discardableResult
    func forget(idleSince date: Date) async throws -> [String]

    /// Keeps a conversation as a whole, as it was when it was taken from another store. One of that name is replaced.
    func restore(_ conversation: Conversation, as summary: ConversationSummary) async throws
}

extension ConversationStore {
    /// One after the other: a conversation that goes on in the same moment may be forgotten all the same.
    @discardableResult
    public func forget(idleSince date: Date) async throws -> [String] {
        let idle = try await conversations(of: nil).filter { $0.lastActive < date }
        for summary in idle { try await forget(conversation: summary.id) }
        return idle.map(\.id)
    }

    /// As if everything in it had happened now.
    public func restore(_ conversation: Conversation, as summary: ConversationSummary) async throws {
        try await forget(conversation: summary.id)
        try await append([.whole(conversation: conversation)], to: summary.id, user: summary.user)
    }
}

/// Something that changed a conversation.
public enum ConversationEntry: Sendable, Equatable, Codable {
    /// What an answer did.
    case effect(effect: Effect, at: Date)
    case expectation(expectation: Expectation)
    /// An exchange, with the assistant's words as they were heard.
    case turn(turn: Conversation.Turn)
    /// An alarm has rung.
    case rang(alarm: String)
    /// Everything that happened before, at once: it was taken from another store.
    case whole(conversation: Conversation)
}

/// A conversation in a list.
public struct ConversationSummary: Sendable, Equatable, Codable {
    public var id: String
    public var user: String
    public var began: Date
    public var lastActive: Date

    public init(id: String, user: String, began: Date, lastActive: Date) {
        self.id = id
        self.user = user
        self.began = began
        self.lastActive = lastActive
    }
}

extension Conversation {
    /// Changes it as an entry says.
    public mutating func apply(_ entry: ConversationEntry) {
        switch entry {
        case .effect(let effect, let date):
            now = max(now, date)
            apply(effect)
        case .expectation(let expectation):
            self.expectation = expectation
        case .turn(let turn):
            turns.append(turn)
        case .rang(let id):
            alarms.removeAll { $0.id == id }
        case .whole(let conversation):
            self = conversation
        }
    }
}
