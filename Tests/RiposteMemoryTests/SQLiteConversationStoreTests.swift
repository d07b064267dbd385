import Foundation
import GRDB
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteMemory

@Suite struct SQLiteConversationStoreTests {
    private let folder: URL
    private var file: URL { folder.appendingPathComponent("memory.sqlite") }

    init() throws { folder = try TestResources.temporaryFolder() }

    private func turn(_ text: String) -> ConversationEntry { .turn(turn: .init(user: text, assistant: "So \(text).")) }

    @Test func goesOnWhereItWas() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let due = Date(timeIntervalSinceReferenceDate: 900_000_000)
        let alarm = Alarm(id: "a", due: due, text: "Ring.", duration: 60)
        let entries: [ConversationEntry] = [
            .effect(effect: .schedule(alarm), at: due - 60), turn("one"), .expectation(expectation: .confirmation),
            .effect(effect: .remember(events: [.slot(name: "size", value: .text("large"))]), at: due - 50),
        ]
        try await SQLiteConversationStore(file).append(entries, to: "kitchen", user: "anna")
        let store = try SQLiteConversationStore(file)
        var expected = try #require(try await store.conversation("kitchen"))
        #expect(expected.alarms == [alarm] && expected.turns.count == 1 && expected.expectation == .confirmation)
        #expect(expected.tracker.slots["size"] == .text("large"))
        try await store.append([.rang(alarm: "a"), turn("two")], to: "kitchen", user: "anna")
        expected.apply(.rang(alarm: "a"))
        expected.apply(turn("two"))
        #expect(try await store.conversation("kitchen") == expected)
        #expect(try await store.conversation("bath") == nil)
    }

    @Test func longConversationsAreReadTheSame() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        for block in 0..<5 {
            try await store.append((0..<100).map { turn("\(block * 100 + $0)") }, to: "long", user: "")
            // Reading folds what it has read together.
            let turns = try await store.conversation("long")?.turns.map(\.user)
            #expect(turns == (0..<(block + 1) * 100).map(String.init))
        }
    }

    @Test func findsAndForgets() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = try SQLiteConversationStore(file)
        try await store.append([turn("raspberries are secret")], to: "one", user: "anna")
        try await store.append([turn("two")], to: "two", user: "ben")
        try await store.append([turn("three")], to: "three", user: "anna")
        #expect(try await store.conversations(of: "anna").map(\.id) == ["three", "one"])
        #expect(try await store.conversations(of: nil).count == 3)
        try await store.forget(conversation: "three")
        #expect(try await store.conversations(of: "anna").map(\.id) == ["one"])
        try await store.forget(user: "anna")
        #expect(try await store.conversation("one") == nil)
        #expect(try await store.conversation("two")?.turns.count == 1)
        // Not a word is left in the files.
        for name in try FileManager.default.contentsOfDirectory(atPath: folder.path) {
            let data = try Data(contentsOf: folder.appendingPathComponent(name))
            #expect(data.range(of: Data("raspberries".utf8)) == nil, "\(name)")
        }
    }

    @Test func whatIsNoStoreIsSaidToBeNone() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try Data(String(repeating: "no database at all ", count: 500).utf8).write(to: file)
        let error = #expect(throws: RiposteError.self) { try SQLiteConversationStore(file) }
        #expect(error?.code == .corrupt)
    }

    @Test func whatANewerVersionWroteIsLeftAlone() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        try await SQLiteConversationStore(file).append([turn("kept")], to: "one", user: "")
        let database = try DatabaseQueue(path: file.path)
        try await database.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('from the future')") }
        let error = #expect(throws: RiposteError.self) { try SQLiteConversationStore(file) }
        #expect(error?.message.contains("newer") == true)
        try await database.write { try $0.execute(sql: "DELETE FROM grdb_migrations WHERE identifier LIKE 'from%'") }
        #expect(try await SQLiteConversationStore(file).conversation("one")?.turns.count == 1)
    }
}
