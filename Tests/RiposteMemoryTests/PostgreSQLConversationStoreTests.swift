import Foundation
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteMemory

@Suite(.serialized, .enabled(if: PostgreSQLServer.isAvailable, "PostgreSQL is not installed"))
struct PostgreSQLConversationStoreTests {
    private func turn(_ text: String) -> ConversationEntry { .turn(turn: .init(user: text, assistant: "So \(text).")) }

    private func withServer(_ body: (PostgreSQLServer) async throws -> Void) async throws {
        let server = try await PostgreSQLServer()
        defer { server.remove() }
        try await body(server)
    }

    private func store(
        _ server: PostgreSQLServer, _ database: String = "postgres", timeout: Double = 5, connections: Int = 4
    ) throws -> PostgreSQLConversationStore {
        var configuration = PostgreSQLConversationStore.Configuration()
        configuration.connections = connections
        (configuration.statementTimeout, configuration.connectTimeout) = (timeout, timeout)
        return try PostgreSQLConversationStore(server.address(database: database), configuration: configuration)
    }

    @Test(.timeLimit(.minutes(10))) func doesWhatAStoreDoes() async throws {
        try await withServer { server in
            let problems = try await ConversationStoreConformance.problems { try store(server) }
            #expect(problems.isEmpty)
        }
    }

    /// Thrown out by the server, or the server started again: the next call finds it as if nothing had been.
    @Test(.timeLimit(.minutes(10))) func ridesOutALostConnection() async throws {
        try await withServer { server in
            let store = try store(server)
            try await store.append([turn("one")], to: "kept", user: "")
            try await server.breakConnections()
            try await store.append([turn("two")], to: "kept", user: "")
            try await server.stop()
            let error = await #expect(throws: RiposteError.self) {
                try await store.append([turn("away")], to: "kept", user: "")
            }
            #expect(error?.code == .network)
            try await server.start()
            try await store.append([turn("three")], to: "kept", user: "")
            let turns = try await store.conversation("kept")?.turns.map(\.user)
            #expect(turns == ["one", "two", "three"])
        }
    }

    /// A server that takes connections and says nothing is not waited for; what it does of it later is not done twice.
    @Test(.timeLimit(.minutes(10))) func waitsNoLongerThanItMay() async throws {
        try await withServer { server in
            let store = try store(server, timeout: 0.4)
            try await store.append([turn("one")], to: "slow", user: "")
            server.pause()
            let name = UUID()
            let error = await #expect(throws: RiposteError.self) {
                try await store.append([turn("two")], to: "slow", user: "", once: name)
            }
            #expect(error?.code == .timedOut)
            server.resume()
            try await store.append([turn("two")], to: "slow", user: "", once: name)
            let turns = try await store.conversation("slow")?.turns.map(\.user)
            #expect(turns == ["one", "two"])
        }
    }

    /// Two nodes that start at once make the tables once.
    @Test(.timeLimit(.minutes(10))) func migratesOnceAndRefusesWhatIsNewer() async throws {
        try await withServer { server in
            try await server.makeDatabase("fresh")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<6 {
                    let store = try self.store(server, "fresh")
                    group.addTask { try await store.prepare() }
                }
                try await group.waitForAll()
            }
            let store = try self.store(server, "fresh")
            try await store.append([turn("kept")], to: "one", user: "")
            #expect(try await server.sql("INSERT INTO riposte.version (number) VALUES (99)", in: "fresh"))
            let newer = try self.store(server, "fresh")
            let error = await #expect(throws: RiposteError.self) { try await newer.prepare() }
            #expect(error?.code == .storage && error?.message.contains("newer") == true)
            #expect(try await server.sql("DELETE FROM riposte.version WHERE number = 99", in: "fresh"))
            #expect(try await self.store(server, "fresh").conversation("one")?.turns.count == 1)
        }
    }

    /// Tables of the first version, with a holder in them, as they were made then.
    @Test(.timeLimit(.minutes(10))) func goesOnWithWhatAnOlderVersionMade() async throws {
        try await withServer { server in
            let tables = """
                CREATE SCHEMA riposte; CREATE TABLE riposte.version (number integer PRIMARY KEY, made timestamptz
                NOT NULL DEFAULT now()); INSERT INTO riposte.version (number) VALUES (1); \(PostgreSQLSchema.migrations[0]);
                INSERT INTO riposte.holder (conversation, number) VALUES ('old', 7)
                """
            #expect(try await server.sql(tables))
            let store = try store(server)
            #expect(try await store.mayRing("tea", of: "old", holder: 7))
            let number = try #require(try await store.hold("old"))
            #expect(number > 7)
            #expect(try await !store.mayRing("tea", of: "old", holder: 7))
        }
    }

    /// Who has waited in vain for the tables leaves no transaction open in the connection.
    @Test(.timeLimit(.minutes(10))) func triesAgainToMakeTheTables() async throws {
        try await withServer { server in
            let blocking = Task { try await server.sql("SELECT pg_advisory_lock(8243117261), pg_sleep(2)") }
            let isLocked = """
                DO $$ BEGIN
                    IF NOT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted) THEN RAISE 'no'; END IF;
                END $$
                """
            while try await !server.sql(isLocked) { try await Task.sleep(for: .milliseconds(10)) }
            let store = try store(server, timeout: 0.4)
            for _ in 0..<2 {
                let error = await #expect(throws: RiposteError.self) { try await store.prepare() }
                // It was waited for, each time; in a transaction that has failed nothing is.
                let state = (error?.underlying as? PostgreSQLFailure)?.state
                #expect(error?.code == .network && ["55P03", "57014"].contains(state))
            }
            #expect(try await blocking.value)
            try await store.prepare()
            try await store.append([turn("one")], to: "one", user: "")
        }
    }

    /// Who is cancelled while all connections are lent out goes at once, and does nothing later.
    @Test(.timeLimit(.minutes(10))) func doesNothingOnceItIsCancelled() async throws {
        try await withServer { server in
            let store = try store(server, connections: 1)
            try await store.prepare()
            let blocking = Task {
                try await server.sql("LOCK TABLE riposte.holder IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(2)")
            }
            func waitForLock(_ condition: String) async throws {
                let check = """
                    DO $$ BEGIN
                        IF NOT EXISTS (SELECT FROM pg_locks WHERE relation = 'riposte.holder'::regclass AND \(condition))
                        THEN RAISE 'no'; END IF;
                    END $$
                    """
                while try await !server.sql(check) { try await Task.sleep(for: .milliseconds(10)) }
            }
            try await waitForLock("granted")
            let first = Task { try await store.hold("first") }
            try await waitForLock("NOT granted")
            let late = Task { try await store.hold("late") }
            try await Task.sleep(for: .milliseconds(100))
            late.cancel()
            let isOver = Mutex(false)
            Task {
                _ = await first.result
                isOver.withLock { $0 = true }
            }
            await #expect(throws: CancellationError.self) { _ = try await late.value }
            #expect(!isOver.withLock { $0 })
            _ = try await first.value
            #expect(try await blocking.value)
            #expect(
                try await server.sql(
                    "DO $$ BEGIN IF (SELECT count(*) FROM riposte.holder) <> 1 THEN RAISE 'x'; END IF; END $$"))
            // The connection is lent out as before.
            _ = try await store.hold("next")
        }
    }

    /// What can never be kept is told apart from what may be tried again.
    @Test(.timeLimit(.minutes(10))) func refusesWhatIsTooLong() async throws {
        try await withServer { server in
            let store = try store(server)
            // By chance, so that it cannot be made shorter.
            let name = (0..<200).map { _ in UUID().uuidString }.joined()
            let error = await #expect(throws: RiposteError.self) {
                try await store.append([turn("one")], to: name, user: "")
            }
            #expect(error?.code == .badInput)
            try await store.append([turn("one")], to: "one", user: "")
        }
    }

    /// Neither a wrong address nor an error says the password.
    @Test(.timeLimit(.minutes(10))) func keepsThePasswordToItself() async throws {
        let wrong = #expect(throws: RiposteError.self) {
            try PostgreSQLConversationStore("postgresql://anna:s3cret@[half/riposte")
        }
        #expect(wrong?.code == .badInput && wrong?.message.contains("s3cret") == false)
        // Nobody listens there.
        let store = try PostgreSQLConversationStore("postgresql://anna:s3cret@127.0.0.1:9/riposte")
        #expect(store.place == "anna@127.0.0.1:9/riposte")
        let error = await #expect(throws: RiposteError.self) { try await store.prepare() }
        let said = error.map { "\($0) \(String(describing: $0.underlying))" } ?? "s3cret"
        #expect(error?.code == .network && !said.contains("s3cret"), "\(said)")
    }

    /// A conversation that is replaced all the while is read as it was at one moment.
    @Test(.timeLimit(.minutes(10))) func readsWhatWasThereAtOneMoment() async throws {
        try await withServer { server in
            let (store, other) = (try store(server), try store(server))
            func replace(_ round: Int) async throws {
                let kept = Conversation(id: "one", turns: [.init(user: "\(round)", assistant: "")])
                try await store.restore(
                    kept, as: ConversationSummary(id: "one", user: "", began: kept.now, lastActive: kept.now))
                try await store.append([turn("\(round)")], to: "one", user: "")
            }
            try await replace(0)
            let isOver = Mutex(false)
            let reading = Task {
                var torn: [[String]] = []
                while !isOver.withLock({ $0 }) {
                    let turns = try await other.conversation("one")?.turns.map(\.user) ?? []
                    if Set(turns).count > 1 { torn.append(turns) }
                }
                return torn
            }
            for round in 1..<300 { try await replace(round) }
            isOver.withLock { $0 = true }
            #expect(try await reading.value.isEmpty)
        }
    }

    /// What was read of a conversation that is gone does not become a new one of that name.
    @Test(.timeLimit(.minutes(10))) func keepsNoSnapshotOfWhatIsGone() async throws {
        try await withServer { server in
            let store = try store(server)
            try await store.append((0..<3).map { turn("new \($0)") }, to: "one", user: "")
            let connection = try await PostgreSQLConnection.open(server.address(), within: 5)
            let old = String(decoding: try JSONEncoder().encode(Conversation(id: "one")), as: UTF8.self)
            _ = try await connection.run(.keepSnapshot, ["one", old, "2", "0", "1700000000.25"], within: 5)
            #expect(try await store.conversation("one")?.turns.map(\.user) == ["new 0", "new 1", "new 2"])
        }
    }

    /// Entries that a snapshot has taken up stay for a day, for those who try again.
    @Test(.timeLimit(.minutes(10))) func findsAppendsBehindASnapshot() async throws {
        try await withServer { server in
            let store = try store(server)
            let name = UUID()
            try await store.append([turn("first")], to: "long", user: "", once: name)
            try await store.append((0..<250).map { turn("\($0)") }, to: "long", user: "")
            #expect(try await store.conversation("long")?.turns.count == 251)
            try await store.append([turn("first")], to: "long", user: "", once: name)
            #expect(try await store.conversation("long")?.turns.count == 251)
            #expect(try await server.sql("UPDATE riposte.entry SET written = now() - interval '2 days'"))
            try await store.append((0..<250).map { turn("\($0)") }, to: "long", user: "")
            #expect(try await store.conversation("long")?.turns.count == 501)
            #expect(
                try await server.sql(
                    "DO $$ BEGIN IF (SELECT count(*) FROM riposte.entry) <> 250 THEN RAISE 'x'; END IF; END $$"))
            #expect(try await store.conversation("long")?.turns.count == 501)
        }
    }
}
