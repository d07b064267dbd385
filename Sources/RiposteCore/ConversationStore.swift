import struct Foundation.Date
import struct Foundation.UUID

/// The role of whatever keeps conversations, so that they go on after a restart.
///
/// A conversation is kept as what happened in it, one entry after the other; each is safe once `append` has returned.
/// Errors with the code `.badInput`, `.corrupt` or `.superseded` will not go away by trying again; others may.
public protocol ConversationStore: Sendable {
    /// The conversation as its entries make it; nil when there is none of that name.
    func conversation(_ id: String) async throws -> Conversation?

    /// Adds what happened. When it returns, all of it is on the disk, in its order. When it throws, none of it is, or its
    /// acknowledgement was lost: then it may be tried again under the same name, and is written once.
    /// - Parameters:
    ///   - user: whom the conversation is with, from then on where it was with nobody in particular; empty: whoever it was
    ///     with.
    ///   - name: what these entries are known by.
    ///   - holder: the number of the holder who writes. Where there is a later one, nothing is written. nil: anybody.
    /// - Throws: `.superseded` where there is a later holder; `.badInput` where the conversation is with another user.
    func append(
        _ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?
    ) async throws

    /// Takes a conversation over: whoever took it last is its holder. It need not exist yet.
    /// - Parameters:
    ///   - name: what this is known by: tried again under the same name, it is done once.
    ///   - seconds: how long ago it was, where the store could not be told at once.
    /// - Returns: the holder's number. A later one is greater, also after the conversation was forgotten. nil: somebody else
    ///   has taken it over since.
    func hold(_ id: String, once name: UUID, ago seconds: Double) async throws -> Int?

    /// Whether a holder may ring an alarm: while nobody has taken the conversation over since, and as long as no entry says
    /// that it has rung. That the conversation was forgotten takes nothing away from who has it.
    func mayRing(_ alarm: String, of id: String, holder: Int) async throws -> Bool

    /// The conversations of a user, the latest first; of everybody where `user` is nil.
    func conversations(of user: String?) async throws -> [ConversationSummary]

    /// Whom a conversation is with; empty: nobody in particular. nil: there is none of that name.
    func user(of id: String) async throws -> String?

    /// Forgets a conversation. There is nothing left of it afterwards.
    /// - Returns: whether there was one.
    @discardableResult
    func forget(conversation id: String) async throws -> Bool

    /// Forgets all conversations of a user.
    /// - Returns: how many there were.
    @discardableResult
    func forget(user: String) async throws -> Int

    /// Forgets the conversations in which nothing has happened since a date, and nothing was to ring. What was taken over
    /// before and never gone on with is forgotten, too.
    /// - Returns: their names.
    @discardableResult
    func forget(idleSince date: Date) async throws -> [String]

    /// Keeps conversations as a whole, as they were when they were taken from another store: all of them, or none.
    /// - Parameters:
    ///   - count: how many.
    ///   - replacing: whether those of the same name are replaced.
    ///   - conversation: gives one by its place. Each is asked for in turn, so that only one of them is in memory; and again
    ///     from the first one, where the connection to the store was lost.
    /// - Throws: `.badInput` where one is there that is not to be replaced; what `conversation` throws.
    func restore(
        _ count: Int, replacing: Bool,
        _ conversation: @escaping @Sendable (Int) throws -> (Conversation, ConversationSummary)
    ) async throws
}

extension ConversationStore {
    /// The conversations in which nothing has happened since a date, and nothing was to ring.
    public func idle(since date: Date) async throws -> [ConversationSummary] {
        var idle: [ConversationSummary] = []
        for summary in try await conversations(of: nil) where summary.lastActive < date {
            if try await conversation(summary.id)?.isToRing(since: date) == true { continue }
            idle.append(summary)
        }
        return idle
    }

    public func user(of id: String) async throws -> String? {
        try await conversations(of: nil).first { $0.id == id }?.user
    }

    /// One after the other: a conversation that goes on in the same moment may be forgotten all the same.
    @discardableResult
    public func forget(idleSince date: Date) async throws -> [String] {
        let idle = try await idle(since: date)
        for summary in idle { try await forget(conversation: summary.id) }
        return idle.map(\.id)
    }

    /// One after the other, and as if everything in them had happened now.
    public func restore(
        _ count: Int, replacing: Bool,
        _ conversation: @escaping @Sendable (Int) throws -> (Conversation, ConversationSummary)
    ) async throws {
        for index in 0..<count {
            let (conversation, summary) = try conversation(index)
            if try await self.conversation(summary.id) != nil, !replacing {
                throw RiposteError.conversationExists(summary.id)
            }
            try await forget(conversation: summary.id)
            try await append([.whole(conversation: conversation)], to: summary.id, user: summary.user)
        }
    }

    /// Keeps a conversation as a whole, in the place of one of that name.
    public func restore(_ conversation: Conversation, as summary: ConversationSummary) async throws {
        try await restore(1, replacing: true) { _ in (conversation, summary) }
    }
}

extension ConversationStore {
    /// Takes a conversation over now.
    public func hold(_ id: String) async throws -> Int? { try await hold(id, once: UUID(), ago: 0) }

    /// The same for anybody, and for entries that are not tried again.
    public func append(
        _ entries: [ConversationEntry], to id: String, user: String, once name: UUID = UUID()
    ) async throws {
        try await append(entries, to: id, user: user, once: name, holder: nil)
    }
}

extension RiposteError {
    /// A conversation has a later holder.
    public static let conversationTaken = RiposteError(
        .superseded, .dialog,
        "Another connection has taken the conversation over: it is not kept for this one any more.")

    /// A conversation is not to be replaced.
    public static func conversationExists(_ id: String) -> RiposteError {
        RiposteError(
            .badInput, .dialog,
            "The conversation \u{201C}\(id)\u{201D} is in the store already; nothing was changed. With --replace it is "
                + "replaced.")
    }

    /// A conversation is with somebody else.
    public static func conversationOfAnother(_ id: String) -> RiposteError {
        RiposteError(.badInput, .dialog, "The conversation \u{201C}\(id)\u{201D} is with another user.")
    }
}

/// Something that changed a conversation.
public enum ConversationEntry: Sendable, Equatable, Codable {
    /// What an answer did.
    case effect(effect: Effect, at: Date)
    case expectation(expectation: Expectation)
    /// An answer has begun: the user's words, and those of the assistant if all of them are known, else none. Its end is a
    /// turn; without one it was cut off from outside.
    case answering(turn: Conversation.Turn)
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
    /// Turns that are remembered, of a conversation without an end; a fifth of them goes at once.
    private static var mostTurns: Int { 4_000 }

    /// Whether an alarm that has not rung is due after a date.
    public func isToRing(since date: Date) -> Bool { alarms.contains { $0.due >= date } }

    /// Changes it as an entry says.
    public mutating func apply(_ entry: ConversationEntry) {
        switch entry {
        case .effect(let effect, let date):
            now = max(now, date)
            apply(effect)
            if unfinished?.turn.assistant.isEmpty == true { unfinished?.hasActed = true }
        case .expectation(let expectation):
            self.expectation = expectation
        case .answering(let turn):
            settle(before: turn)
            unfinished = UnfinishedAnswer(turn: turn)
        case .turn(let turn):
            // An alarm rings between a question and its answer, too.
            if !turn.user.isEmpty { settle(before: turn) }
            turns.append(turn)
            if turns.count > Self.mostTurns { turns.removeFirst(turns.count - Self.mostTurns * 4 / 5) }
        case .rang(let id):
            alarms.removeAll { $0.id == id }
        case .whole(let conversation):
            self = conversation
        }
    }

    /// What was asked before and never answered was said all the same.
    private mutating func settle(before turn: Turn) {
        if let open = unfinished?.turn, open.user != turn.user {
            turns.append(Turn(user: open.user, assistant: ""))
        }
        unfinished = nil
    }
}
