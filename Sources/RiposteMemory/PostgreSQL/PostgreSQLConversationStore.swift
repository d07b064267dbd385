import Foundation
import RiposteCore
import Synchronization

/// Keeps conversations in a PostgreSQL database that several nodes share.
///
///     let store = try PostgreSQLConversationStore("postgresql://riposte@db.example/riposte")
///     try await store.prepare()   // says what is wrong with the address; else the first use makes the tables
///     try await store.append([.turn(turn: turn)], to: "kitchen", user: "anna", once: name)   // safe from here on
///
/// Every `append` is one statement, and so one transaction; entries of a conversation are numbered under a lock of its row.
/// A connection that has been lost is made anew, once for each call; further tries are left to the caller, who is told
/// `.network` or `.timedOut`.
public final class PostgreSQLConversationStore: ConversationStore {
    public struct Configuration: Sendable {
        /// Connections at most. Default 4.
        public var connections = 4
        /// Seconds in which a connection has to be made. Default 3.
        public var connectTimeout = 3.0
        /// Seconds in which the database has to do a thing. Default 5.
        public var statementTimeout = 5.0

        public init() {}
    }

    /// After so many entries the conversation as a whole is written beside them, so that it is read quickly.
    static let entriesBetweenSnapshots = 200
    /// Exchanges kept of a conversation, as in SQLite.
    static let mostTurns = SQLiteConversationStore.mostTurns

    /// Who is asked where, without the password.
    public let place: String
    private let pool: PostgreSQLPool
    private let configuration: Configuration
    private let isPrepared = Mutex(false)

    /// Whether a text is meant as the address of a database, rather than as a file.
    public static func isAddress(_ text: String) -> Bool {
        text.hasPrefix("postgresql://") || text.hasPrefix("postgres://")
    }

    /// Opens no connection yet.
    /// - Parameter address: as PostgreSQL's client takes it. What it leaves out comes from the environment (`PGPASSWORD`
    ///   and others) and from `~/.pgpass`.
    /// - Throws: `.badInput` for what is no address, `.libraryMissing`.
    public init(_ address: String, configuration: Configuration = .init()) throws {
        place = try PostgreSQLLibrary.place(of: address)
        self.configuration = configuration
        let milliseconds = Int(configuration.statementTimeout * 1_000)
        pool = PostgreSQLPool(
            address: address, limit: configuration.connections, connectTimeout: configuration.connectTimeout,
            // The server gives up what nobody waits for any more. A commit is on the disk when it is acknowledged.
            setUp: """
                SET statement_timeout = \(milliseconds); SET lock_timeout = \(milliseconds);
                SET idle_in_transaction_session_timeout = \(2 * milliseconds);
                SET synchronous_commit = on; SET client_encoding = 'UTF8'; SET application_name = 'riposte'
                """)
    }

    /// Makes the tables, or brings them to this version.
    /// - Throws: `.storage` when they were written by a newer version or the database does not let us in; `.network`,
    ///   `.timedOut` when it cannot be reached now.
    public func prepare() async throws {
        try await guarded("The conversations cannot be opened") { _ in }
    }

    public func conversation(_ id: String) async throws -> Conversation? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be read") { [self] connection in
            try await read(id, connection)
        }
    }

    private func read(_ id: String, _ connection: PostgreSQLConnection) async throws -> Conversation? {
        let rows = try await run(.conversation, [id], connection)
        guard let row = rows.first, let begun = row[0], let began = Double(begun),
            let last = row[2].flatMap({ Int($0) })
        else { return nil }
        let decoder = JSONDecoder()
        var conversation = Conversation(id: id, now: Date(timeIntervalSince1970: began))
        if let snapshot = row[1] {
            conversation = try decoder.decode(Conversation.self, from: Data(snapshot.utf8))
        }
        var number = last
        for entry in rows.dropFirst() {
            guard let body = entry[1], let place = entry[2].flatMap({ Int($0) }) else { continue }
            conversation.apply(try decoder.decode(ConversationEntry.self, from: Data(body.utf8)))
            number = place
        }
        let surplus = conversation.turns.count - Self.mostTurns
        if surplus > 0 { conversation.turns.removeFirst(surplus) }
        if rows.count > Self.entriesBetweenSnapshots {
            let snapshot = String(decoding: try JSONEncoder().encode(conversation), as: UTF8.self)
            _ = try await run(.keepSnapshot, [id, snapshot, "\(number)", "\(last)", begun], connection)
        }
        return conversation
    }

    public func append(
        _ entries: [ConversationEntry], to id: String, user: String, once name: UUID, holder: Int?
    ) async throws {
        guard !entries.isEmpty else { return }
        try Self.check(id, user)
        let encoder = JSONEncoder()
        let rung = entries.compactMap { if case .rang(let alarm) = $0 { alarm } else { nil } }
        let values: [String?] = [
            id, user, name.uuidString, "\(entries.count)", String(decoding: try encoder.encode(entries), as: UTF8.self),
            String(decoding: try encoder.encode(rung), as: UTF8.self), holder.map { "\($0)" },
        ]
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be written") { [self] connection in
            do {
                let answer = try await run(.append, values, connection).first
                guard answer?.first != "t" else { return }
                throw answer?.last == "t" ? RiposteError.conversationTaken : .conversationOfAnother(id)
            } catch let failure as PostgreSQLFailure where failure.isDuplicate {
                // An earlier try, whose acknowledgement was lost, has been done meanwhile.
            }
        }
    }

    public func hold(_ id: String, once name: UUID, ago seconds: Double) async throws -> Int? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be taken over") { [self] connection in
            let values = [id, name.uuidString, "\(seconds)"]
            return try await run(.hold, values, connection).first?.first.flatMap { $0 }.flatMap { Int($0) }
        }
    }

    public func mayRing(_ alarm: String, of id: String, holder: Int) async throws -> Bool {
        try await guarded("Whether an alarm has rung is not known") { [self] connection in
            try await run(.mayRing, [id, "\(holder)", alarm], connection).first?.first == "t"
        }
    }

    public func conversations(of user: String?) async throws -> [ConversationSummary] {
        try await guarded("The conversations cannot be listed") { [self] connection in
            try await run(.list, [user], connection).compactMap { row in
                guard let id = row[0], let user = row[1], let began = row[2].flatMap({ Double($0) }),
                    let last = row[3].flatMap({ Double($0) })
                else { return nil }
                return ConversationSummary(
                    id: id, user: user, began: Date(timeIntervalSince1970: began),
                    lastActive: Date(timeIntervalSince1970: last))
            }
        }
    }

    public func user(of id: String) async throws -> String? {
        try await guarded("The conversation \u{201C}\(id)\u{201D} cannot be read") { [self] connection in
            try await run(.user, [id], connection).first?.first ?? nil
        }
    }

    @discardableResult
    public func forget(conversation id: String) async throws -> Bool {
        try await guarded("The conversation cannot be forgotten") { [self] connection in
            try await !run(.forgetConversation, [id], connection).isEmpty
        }
    }

    @discardableResult
    public func forget(user: String) async throws -> Int {
        try await guarded("The conversations cannot be forgotten") { [self] connection in
            try await runBatches(.forgetUser, [user, "\(Self.batch)"], connection).count
        }
    }

    public func forget(idleSince date: Date) async throws -> [String] {
        try await guarded("The conversations cannot be forgotten") { [self] connection in
            // By the database's clock, as it was written.
            let age = "\(-date.timeIntervalSinceNow)"
            var names = try await runBatches(.forgetIdle, [age, nil, "\(Self.batch)"], connection)
            for name in try await run(.idleWithAlarms, [age], connection).compactMap({ $0[0] }) {
                if try await read(name, connection)?.isToRing(since: date) == true { continue }
                names += try await run(.forgetIdleWithAlarms, [age, name, "1"], connection).compactMap { $0[0] }
            }
            _ = try await run(.forgetIdleHolders, [age], connection)
            return names
        }
    }

    public func restore(
        _ count: Int, replacing: Bool,
        _ conversation: @escaping @Sendable (Int) throws -> (Conversation, ConversationSummary)
    ) async throws {
        try await guarded("The conversations cannot be written") { [self] connection in
            try await connection.transaction(within: configuration.statementTimeout + 0.5) {
                for index in 0..<count {
                    try Task.checkCancellation()
                    let (conversation, summary) = try conversation(index)
                    try Self.check(summary.id, summary.user)
                    let values = [
                        summary.id, summary.user, "\(summary.began.timeIntervalSince1970)",
                        "\(summary.lastActive.timeIntervalSince1970)",
                        String(decoding: try JSONEncoder().encode(conversation), as: UTF8.self),
                    ]
                    guard try await !run(replacing ? .restore : .insert, values, connection).isEmpty else {
                        throw RiposteError.conversationExists(summary.id)
                    }
                }
            }
        }
    }

    private static func check(_ id: String, _ user: String) throws {
        guard !id.utf8.contains(0), !user.utf8.contains(0) else {
            throw RiposteError(
                .badInput, .dialog, "The name of a conversation or user has a character that cannot be kept.")
        }
    }

    /// Conversations that are forgotten in one statement.
    private static let batch = 500

    /// Runs a statement that does a part of the work, as long as there is more.
    /// - Returns: the names it has given.
    private func runBatches(_ statement: PostgreSQLStatement, _ values: [String?], _ connection: PostgreSQLConnection)
        async throws -> [String]
    {
        var names: [String] = []
        while true {
            let done = try await run(statement, values, connection).compactMap { $0[0] }
            names += done
            guard !done.isEmpty else { return names }
            try Task.checkCancellation()
        }
    }

    private func run(_ statement: PostgreSQLStatement, _ values: [String?], _ connection: PostgreSQLConnection)
        async throws -> [PostgreSQLRow]
    {
        // The server's own limit comes first, where the server can still say so.
        try await connection.run(statement, values, within: configuration.statementTimeout + 0.5)
    }

    private func guarded<Result: Sendable>(
        _ what: String, _ body: @Sendable (PostgreSQLConnection) async throws -> Result
    ) async throws -> Result {
        do {
            return try await pool.withConnection { [self] connection in
                if !isPrepared.withLock({ $0 }) {
                    try await PostgreSQLSchema.migrate(
                        connection, place: place, within: configuration.statementTimeout + 0.5)
                    isPrepared.withLock { $0 = true }
                }
                return try await body(connection)
            }
        } catch let failure as PostgreSQLFailure {
            throw failure.error(what, place: place)
        } catch let error as DecodingError {
            throw RiposteError(.corrupt, .dialog, "\(what): \(error)", underlying: error)
        }
    }
}
