import Foundation
import RiposteCore

/// The conversations that are held in text, by their names. Those that were quiet longest are forgotten first; where there is
/// a store, they are kept there.
actor TextConversations {
    /// Exchanges that are remembered of one.
    private static let turnLimit = 200
    /// Bytes of a name: a database's index takes 2 700.
    private static let longestName = 512

    private let limit: Int
    private let memory: ConversationMemory?
    /// What their names in the store begin with. No client can name such a conversation by itself.
    private let kind: String
    /// Whether they are named after those who hold them.
    private let areUsers: Bool
    private var conversations: [String: Conversation] = [:]
    private var order: [String] = []
    private var turns: [String: (turn: AsyncTurn, users: Int)] = [:]

    /// - Parameter limit: conversations that are remembered. Default 256.
    init(limit: Int = 256, memory: ConversationMemory? = nil, kind: String = "text", areUsers: Bool = false) {
        self.limit = limit
        self.memory = memory
        self.kind = kind
        self.areUsers = areUsers
    }

    var count: Int { conversations.count }

    func begin(_ id: String) async -> Conversation {
        if let memory {
            do {
                // It may have gone on elsewhere, or been forgotten.
                keep(try await memory.conversation(name(id)) ?? Conversation(id: id), id)
            } catch {
                memory.noteUnread(error)
            }
        }
        return known(id)
    }

    private func name(_ id: String) -> String { "\(kind):\(id)" }

    private func known(_ id: String) -> Conversation {
        var conversation = conversations[id] ?? Conversation(id: id)
        conversation.now = Date()
        return conversation
    }

    /// Keeps what was answered. With a store, it is there when this returns, unless the store takes too long.
    func end(_ id: String, user: String, assistant: String, effects: [Effect], expectation: Expectation) async {
        var conversation = known(id)
        let entries =
            effects.map { ConversationEntry.effect(effect: $0, at: conversation.now) }
            + [.turn(turn: .init(user: user, assistant: assistant)), .expectation(expectation: expectation)]
        for entry in entries { conversation.apply(entry) }
        keep(conversation, id)
        await memory?.append(entries, to: name(id), user: areUsers ? id : "")
    }

    private func keep(_ conversation: Conversation, _ id: String) {
        conversations[id] = conversation
        conversations[id]?.turns = conversation.turns.suffix(Self.turnLimit)
        order.removeAll { $0 == id }
        order.append(id)
        while order.count > limit { conversations[order.removeFirst()] = nil }
    }

    /// - Throws: `.badInput` for a name that no store can keep.
    static func check(_ id: String) throws {
        guard id.utf8.count <= longestName, !id.utf8.contains(0) else {
            throw RiposteError(
                .badInput, .dialog,
                "The name of a conversation ('sender', 'conversation_id') may have \(longestName) bytes, none of them 0."
            )
        }
    }

    /// Nobody else speaks in a conversation meanwhile: messages that come at once are answered in their order.
    /// - Throws: `CancellationError`; `.badInput` for a name that cannot be kept; what `body` throws.
    nonisolated func inTurn<Value: Sendable>(_ id: String, _ body: @Sendable () async throws -> Value) async throws
        -> Value
    {
        try Self.check(id)
        let turn = await take(id)
        guard await turn.enter() else {
            await leave(id)
            throw CancellationError()
        }
        let result: Result<Value, any Error>
        do { result = .success(try await body()) } catch { result = .failure(error) }
        turn.leave()
        await leave(id)
        return try result.get()
    }

    private func take(_ id: String) -> AsyncTurn {
        let turn = turns[id]?.turn ?? AsyncTurn()
        turns[id] = (turn, (turns[id]?.users ?? 0) + 1)
        return turn
    }

    private func leave(_ id: String) {
        guard let known = turns[id] else { return }
        turns[id] = known.users > 1 ? (known.turn, known.users - 1) : nil
    }
}

extension Effect {
    /// Whether it makes something ring later.
    var isAlarm: Bool { if case .schedule = self { true } else { false } }
}
