import Foundation
import RiposteCore
import RiposteMemory
import RiposteTesting
import Testing

@testable import RiposteServer

/// Conversations in text, by their names, in a store that several servers share.
@Suite struct TextConversationTests {
    private let folder: URL
    private var file: URL { folder.appendingPathComponent("memory.sqlite") }

    init() throws { folder = try TestResources.temporaryFolder() }

    /// A conversation by Rasa's channel goes on at another server, too.
    @Test func textConversationsAreShared() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let memories = try (0..<2).map { _ in ConversationMemory(try SQLiteConversationStore(file)) }
        let nodes = memories.map { TextConversations(memory: $0, kind: "rasa", areUsers: true) }
        for (number, node) in [nodes[0], nodes[1], nodes[0]].enumerated() {
            let conversation = await node.begin("ann")
            #expect(conversation.turns.count == number)
            await node.end("ann", user: "\(number)", assistant: "Yes.", effects: [], expectation: .confirmation)
        }
        #expect(await nodes[1].begin("ann").expectation == .confirmation)
        #expect(await nodes[1].begin("bob").turns.isEmpty)
        #expect(try await memories[0].store.conversations(of: "ann").map(\.id) == ["rasa:ann"])
    }

    /// What is forgotten in the store is not known by a server that has spoken in it either.
    @Test func aTextConversationThatIsForgottenBeginsAnew() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        let node = TextConversations(memory: ConversationMemory(store), kind: "rasa")
        for _ in 0..<2 { await node.end("ann", user: "hello", assistant: "Yes.", effects: [], expectation: .anything) }
        #expect(await node.begin("ann").turns.count == 2)
        try await store.forget(conversation: "rasa:ann")
        #expect(await node.begin("ann").turns.isEmpty)
    }

    /// A long conversation costs no more memory than its latest exchanges.
    @Test func aTextConversationIsKnownByItsLatestTurns() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        let turns = (0..<250).map { ConversationEntry.turn(turn: .init(user: "\($0)", assistant: "Yes.")) }
        try await store.append(turns, to: "rasa:ann", user: "")
        let known = await TextConversations(memory: ConversationMemory(store), kind: "rasa").begin("ann").turns
        #expect(known.map(\.user) == (50..<250).map(String.init))
    }
}
