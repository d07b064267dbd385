import Foundation
import GRDB
import RiposteCore

/// Keeps conversations in a SQLite file.
///
///     let store = try SQLiteConversationStore(file)
///     var conversation = try await store.conversation("kitchen") ?? Conversation(id: "kitchen")
///     try await store.append([.turn(turn: turn)], to: "kitchen", user: "anna")   // safe from here on
///
/// Every `append` is one transaction, written through to the disk before it returns, so that neither a killed process
/// nor a power cut loses what was acknowledged.
public final class SQLiteConversationStore: ConversationStore {
    /// After so many entries the conversation as a whole is written beside them, so that it is read quickly.
    private static let entriesBetweenSnapshots = 200
    /// Exchanges kept of a conversation; older ones go when the conversation is next read.
    public static let mostTurns = 2_000

    private let database: DatabaseQueue

    /// Opens the file, or makes it.
    /// - Throws: `.storage` when it cannot be opened, or was written by a newer version; `.corrupt` when it is no store
    ///   of conversations.
    public init(_ file: URL) throws {
        var configuration = GRDB.Configuration()
        configuration.busyMode = .timeout(5)
        configuration.prepareDatabase { database in
            // Readers of another process don't wait for a writer. FULL: a commit is on the disk when it returns.
            try database.execute(sql: "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA secure_delete = ON")
        }
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            database = try DatabaseQueue(path: file.path, configuration: configuration)
            guard try !database.read(Self.migrator.hasBeenSuperseded) else {
                throw RiposteError(
                    .storage, .dialog,
                    "\(file.path) was written by a newer version of Riposte, which knows what this one doesn't; nothing "
                        + "was changed. Use that version, or another file.")
            }
            try Self.migrator.migrate(database)
        } catch {
            throw Self.error(error, "The conversations in \(file.path) cannot be opened")
        }
    }

    private static var migrator: DatabaseMigrator {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("conversations") { database in
            try database.execute(
                sql: """
                    CREATE TABLE conversation (
                        id TEXT PRIMARY KEY NOT NULL, user TEXT NOT NULL, began REAL NOT NULL, lastActive REAL NOT NULL,
                        snapshot BLOB, snapshotEntry INTEGER NOT NULL DEFAULT 0);
                    CREATE INDEX conversationUser ON conversation (user, lastActive);
                    CREATE TABLE entry (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE, body BLOB NOT NULL);
                    CREATE INDEX entryConversation ON entry (conversation, number);
                    """)
        }
        // What is written twice under one name is written once; who holds a conversation; what has rung.
        migrator.registerMigration("appends") { database in
            try database.execute(
                sql: """
                    ALTER TABLE entry ADD COLUMN append TEXT;
                    ALTER TABLE entry ADD COLUMN part INTEGER;
                    CREATE UNIQUE INDEX entryAppend ON entry (append, part);
                    CREATE TABLE holder (conversation TEXT PRIMARY KEY NOT NULL, number INTEGER NOT NULL);
                    CREATE TABLE rung (
                        conversation TEXT NOT NULL REFERENCES conversation (id) ON DELETE CASCADE,
                        alarm TEXT NOT NULL, PRIMARY KEY (conversation, alarm));
                    """)
        }
        // No two holders have the same number, so that nobody is taken for who held a conversation that was forgotten.
        migrator.registerMigration("holders") { database in
            try database.execute(
                sql: """
                    DROP TABLE holder;
                    CREATE TABLE holder (
                        number INTEGER PRIMARY KEY AUTOINCREMENT, conversation TEXT NOT NULL UNIQUE,
                        name TEXT NOT NULL, taken REAL NOT NULL);
                    """)
        }
        return migrator
    }

    public func conversation(_ id: String) async throws -> Conversation? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be read") { [database] in
            try await database.write { try Self.read(id, $0) }
        }
    }

    private static func read(_ id: String, _ database: Database) throws -> Conversation? {
        guard let row = try Row.fetchOne(database, sql: "SELECT * FROM conversation WHERE id = ?", arguments: [id])
        else {
            return nil
        }
        let decoder = JSONDecoder()
        let began = Date(timeIntervalSinceReferenceDate: row["began"])
        var conversation = Conversation(id: id, now: began)
        if let snapshot = row["snapshot"] as Data? {
            conversation = try decoder.decode(Conversation.self, from: snapshot)
        }
        let last: Int64 = row["snapshotEntry"]
        let entries = try Row.fetchCursor(
            database, sql: "SELECT number, body FROM entry WHERE conversation = ? AND number > ? ORDER BY number",
            arguments: [id, last])
        var (count, number) = (0, last)
        while let entry = try entries.next() {
            conversation.apply(try decoder.decode(ConversationEntry.self, from: entry["body"]))
            number = entry["number"]
            count += 1
        }
        if conversation.turns.count > mostTurns { conversation.turns.removeFirst(conversation.turns.count - mostTurns) }
        if count >= entriesBetweenSnapshots { try keep(conversation, upTo: number, database) }
        return conversation
    }

    /// What a snapshot says need not be kept entry by entry.
    private static func keep(_ conversation: Conversation, upTo number: Int64, _ database: Database) throws {
        try database.execute(
            sql: "UPDATE conversation SET snapshot = ?, snapshotEntry = ? WHERE id = ?",
            arguments: [try JSONEncoder().encode(conversation), number, conversation.id])
        try database.execute(
            sql: "DELETE FROM entry WHERE conversation = ? AND number <= ?", arguments: [conversation.id, number])
    }

    public func append(
        _ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?
    ) async throws {
        guard !entries.isEmpty else { return }
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be written") { [database] in
            let encoder = JSONEncoder()
            let bodies = try entries.map { try encoder.encode($0) }
            try await database.write { database in
                let known = "SELECT EXISTS (SELECT 1 FROM entry WHERE append = ?)"
                if try Bool.fetchOne(database, sql: known, arguments: [name.uuidString]) == true { return }
                let isTaken = "SELECT EXISTS (SELECT 1 FROM holder WHERE conversation = ? AND number > ?)"
                guard try Bool.fetchOne(database, sql: isTaken, arguments: [id, holder]) != true else {
                    throw RiposteError.conversationTaken
                }
                let owner = try String.fetchOne(
                    database, sql: "SELECT user FROM conversation WHERE id = ?", arguments: [id])
                guard user.isEmpty || ["", user].contains(owner ?? "") else {
                    throw RiposteError.conversationOfAnother(id)
                }
                let now = Date().timeIntervalSinceReferenceDate
                try database.execute(
                    sql: """
                        INSERT INTO conversation (id, user, began, lastActive) VALUES (?, ?, ?, ?)
                        ON CONFLICT (id) DO UPDATE
                        SET lastActive = excluded.lastActive, user = CASE user WHEN '' THEN excluded.user ELSE user END
                        """, arguments: [id, user, now, now])
                for (part, body) in bodies.enumerated() {
                    try database.execute(
                        sql: "INSERT INTO entry (conversation, body, append, part) VALUES (?, ?, ?, ?)",
                        arguments: [id, body, name.uuidString, part])
                }
                for case .rang(let alarm) in entries {
                    try database.execute(
                        sql: "INSERT OR IGNORE INTO rung (conversation, alarm) VALUES (?, ?)", arguments: [id, alarm])
                }
            }
        }
    }

    public func hold(_ id: String, once name: UUID, ago seconds: Double) async throws -> Int? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be taken over") { [database] in
            try await database.write { database in
                let now = Date().timeIntervalSinceReferenceDate
                let sql = "SELECT number, name, taken FROM holder WHERE conversation = ?"
                if let row = try Row.fetchOne(database, sql: sql, arguments: [id]) {
                    if row["name"] == name.uuidString { return row["number"] }
                    // What was taken in the future was taken before the clock was set back.
                    let taken: Double = row["taken"]
                    if taken > now - seconds, taken <= now { return nil }
                }
                try database.execute(
                    sql: "INSERT OR REPLACE INTO holder (conversation, name, taken) VALUES (?, ?, ?)",
                    arguments: [id, name.uuidString, now - seconds])
                return Int(database.lastInsertedRowID)
            }
        }
    }

    public func mayRing(_ alarm: String, of id: String, holder: Int) async throws -> Bool {
        try await guarded("Whether an alarm has rung is not known") { [database] in
            try await database.read { database in
                try Bool.fetchOne(
                    database,
                    sql: """
                        SELECT NOT EXISTS (SELECT 1 FROM holder WHERE conversation = ? AND number > ?)
                        AND NOT EXISTS (SELECT 1 FROM rung WHERE conversation = ? AND alarm = ?)
                        """, arguments: [id, holder, id, alarm]) ?? false
            }
        }
    }

    public func conversations(of user: String?) async throws -> [ConversationSummary] {
        try await guarded("The conversations cannot be listed") { [database] in
            try await database.read { database in
                let rows = try Row.fetchAll(
                    database,
                    sql: "SELECT id, user, began, lastActive FROM conversation "
                        + (user == nil ? "" : "WHERE user = ? ") + "ORDER BY lastActive DESC, id",
                    arguments: user.map { [$0] } ?? [])
                return rows.map { row in
                    ConversationSummary(
                        id: row["id"], user: row["user"], began: Date(timeIntervalSinceReferenceDate: row["began"]),
                        lastActive: Date(timeIntervalSinceReferenceDate: row["lastActive"]))
                }
            }
        }
    }

    public func user(of id: String) async throws -> String? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be read") { [database] in
            try await database.read { database in
                try String.fetchOne(database, sql: "SELECT user FROM conversation WHERE id = ?", arguments: [id])
            }
        }
    }

    @discardableResult
    public func forget(conversation id: String) async throws -> Bool {
        try await delete(["DELETE FROM holder WHERE conversation = ?", "DELETE FROM conversation WHERE id = ?"], id) > 0
    }

    @discardableResult
    public func forget(user: String) async throws -> Int {
        try await delete(
            [
                "DELETE FROM holder WHERE conversation IN (SELECT id FROM conversation WHERE user = ?)",
                "DELETE FROM conversation WHERE user = ?",
            ], user)
    }

    /// Entries go with their conversation; what was written is overwritten, also in the log beside the file.
    /// - Returns: how many rows the last one has deleted.
    private func delete(_ statements: [String], _ argument: String) async throws -> Int {
        try await guarded("The conversations cannot be forgotten") { [database] in
            let count = try await database.write { database in
                for sql in statements { try database.execute(sql: sql, arguments: [argument]) }
                return database.changesCount
            }
            try await overwriteLog()
            return count
        }
    }

    public func forget(idleSince date: Date) async throws -> [String] {
        let names = try await guarded("The conversations cannot be forgotten") { [database] in
            try await database.write { database in
                let since = date.timeIntervalSinceReferenceDate
                // Only where an alarm was set is it worth reading.
                let idle = try Row.fetchAll(
                    database,
                    sql: """
                        SELECT id, instr(CAST(coalesce(snapshot, '') AS TEXT), '"due":') OR EXISTS (
                            SELECT 1 FROM entry WHERE conversation = id AND instr(CAST(body AS TEXT), '"due":')) AS rings
                        FROM conversation WHERE lastActive < ?
                        """, arguments: [since])
                var names: [String] = []
                for row in idle {
                    let name: String = row["id"]
                    if row["rings"], try Self.read(name, database)?.isToRing(since: date) == true { continue }
                    try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [name])
                    try database.execute(sql: "DELETE FROM holder WHERE conversation = ?", arguments: [name])
                    names.append(name)
                }
                try database.execute(
                    sql: "DELETE FROM holder WHERE taken < ? AND conversation NOT IN (SELECT id FROM conversation)",
                    arguments: [since])
                return names
            }
        }
        guard !names.isEmpty else { return [] }
        try await guarded("The conversations cannot be forgotten") { try await overwriteLog() }
        return names
    }

    public func restore(
        _ count: Int, replacing: Bool,
        _ conversation: @escaping @Sendable (Int) throws -> (Conversation, ConversationSummary)
    ) async throws {
        try await guarded("The conversations cannot be written") { [database] in
            try await database.write { database in
                for index in 0..<count {
                    let (conversation, summary) = try conversation(index)
                    try Self.restore(conversation, as: summary, replacing, database)
                }
            }
        }
    }

    private static func restore(
        _ conversation: Conversation, as summary: ConversationSummary, _ isReplacing: Bool, _ database: Database
    ) throws {
        if isReplacing {
            try database.execute(sql: "DELETE FROM conversation WHERE id = ?", arguments: [summary.id])
        } else if try Row.fetchOne(
            database, sql: "SELECT 1 FROM conversation WHERE id = ?", arguments: [summary.id]) != nil
        {
            throw RiposteError.conversationExists(summary.id)
        }
        // Its entries are those that come after the latest one of all.
        let last = try Int64.fetchOne(database, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'entry'")
        try database.execute(
            sql: "INSERT INTO conversation (id, user, began, lastActive, snapshot, snapshotEntry) "
                + "VALUES (?, ?, ?, ?, ?, ?)",
            arguments: [
                summary.id, summary.user, summary.began.timeIntervalSinceReferenceDate,
                summary.lastActive.timeIntervalSinceReferenceDate, try JSONEncoder().encode(conversation), last ?? 0,
            ])
    }

    /// What was deleted is not to be read in the log beside the file either.
    private func overwriteLog() async throws {
        try await database.writeWithoutTransaction { database in
            _ = try database.checkpoint(.truncate)
        }
    }

    private func guarded<Result>(_ what: String, _ body: () async throws -> Result) async throws -> Result {
        do {
            return try await body()
        } catch {
            throw Self.error(error, what)
        }
    }

    private static func error(_ error: any Error, _ what: String) -> any Error {
        if error is CancellationError || error is RiposteError { return error }
        let isCorrupt =
            error is DecodingError
            || (error as? DatabaseError).map { [.SQLITE_NOTADB, .SQLITE_CORRUPT].contains($0.resultCode) } ?? false
        return RiposteError(isCorrupt ? .corrupt : .storage, .dialog, "\(what): \(error)", underlying: error)
    }
}
