import Foundation
import RiposteCore

/// The conversations that are held in text, by their names. Those that were quiet longest are forgotten first.
actor TextConversations {
    private let limit: Int
    private var conversations: [String: Conversation] = [:]
    private var order: [String] = []
    private var turns: [String: (turn: AsyncTurn, users: Int)] = [:]

    /// - Parameter limit: conversations that are remembered. Default 256.
    init(limit: Int = 256) { self.limit = limit }

    var count: Int { conversations.count }

    func begin(_ id: String) -> Conversation {
        var conversation = conversations[id] ?? Conversation(id: id)
        conversation.now = Date()
        return conversation
    }

    func end(_ id: String, user: String, assistant: String, effects: [Effect], expectation: Expectation) {
        var conversation = begin(id)
        for effect in effects { conversation.apply(effect) }
        conversation.turns.append(Conversation.Turn(user: user, assistant: assistant))
        conversation.expectation = expectation
        conversations[id] = conversation
        order.removeAll { $0 == id }
        order.append(id)
        while order.count > limit { conversations[order.removeFirst()] = nil }
    }

    /// Nobody else speaks in a conversation meanwhile: messages that come at once are answered in their order.
    /// - Throws: `CancellationError`; what `body` throws.
    nonisolated func inTurn<Value: Sendable>(_ id: String, _ body: @Sendable () async throws -> Value) async throws
        -> Value
    {
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
