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

    @Test func doesWhatAStoreDoes() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = file
        let problems = try await ConversationStoreConformance.problems { try SQLiteConversationStore(file) }
        #expect(problems.isEmpty)
    }

    /// A file of the first version, as it was written then.
    @Test func readsWhatAnOlderVersionWrote() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        do {
            let database = try DatabaseQueue(path: file.path)
            try await database.write { database in
                try database.execute(
                    sql: """
                        CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                        INSERT INTO grdb_migrations VALUES ('conversations');
                        CREATE TABLE conversation (
                            id TEXT PRIMARY KEY NOT NULL, user TEXT NOT NULL, began REAL NOT NULL,
                            lastActive REAL NOT NULL, snapshot BLOB, snapshotEntry INTEGER NOT NULL DEFAULT 0);
                        CREATE INDEX conversationUser ON conversation (user, lastActive);
                        CREATE TABLE entry (
                            number INTEGER PRIMARY KEY AUTOINCREMENT,
                            conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                            body BLOB NOT NULL);
                        CREATE INDEX entryConversation ON entry (conversation, number);
                        INSERT INTO conversation (id, user, began, lastActive) VALUES ('old', 'anna', 1, 2);
                        INSERT INTO entry (conversation, body)
                        VALUES ('old', CAST('{"turn":{"turn":{"user":"one","assistant":"So one."}}}' AS BLOB));
                        """)
            }
        }
        let store = try SQLiteConversationStore(file)
        try await store.append([turn("two")], to: "old", user: "anna")
        #expect(try await store.conversation("old")?.turns.map(\.user) == ["one", "two"])
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
