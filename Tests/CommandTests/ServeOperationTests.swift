import Foundation
import RiposteCore
import RiposteMemory
import RiposteTesting
import Testing

@testable import riposte

/// `riposte serve` as whoever looks after it sees it: its log, and its configuration that is read again.
@Suite(.serialized, .enabled(if: CommandRun.executable != nil, "the command was not built"))
struct ServeOperationTests {
    private func serve(_ arguments: [String], in folder: URL) async throws -> (server: CommandRun, port: Int) {
        let server = try CommandRun(["serve", "--port", "0", "--wyoming-port", "0"] + arguments, in: folder)
        try #require(try await server.hasSaid("serving on", within: 90), "\(server.standardError)")
        let address = try #require(server.standardOutput.firstMatch(of: #/serving on http:\/\/127\.0\.0\.1:(\d+)/#))
        return (server, try #require(Int(address.1)))
    }

    /// Waits for an event.
    private func next(_ type: String, of client: RealtimeClient) async throws -> RealtimeClient.Event {
        for await event in client.events where event.type == type { return event }
        throw Missing(type: type)
    }

    private struct Missing: Error { var type: String }

    private func client(_ port: Int, token: String? = nil) async throws -> RealtimeClient {
        try await RealtimeClient.connect(try #require(ServerAddress("127.0.0.1:\(port)", token: token)))
    }

    private func ask(_ client: RealtimeClient, _ text: String) async throws -> RealtimeClient.Event {
        let item = #"{"type":"message","role":"user","content":[{"type":"input_text","text":"\#(text)"}]}"#
        try await client.send(#"{"type":"conversation.item.create","item":\#(item)}"#)
        try await client.send(#"{"type":"response.create","response":{}}"#)
        return try await next("response.done", of: client)
    }

    private struct Line: Decodable {
        var level: String
        var message: String
        var turn: String?
        var error: String?
        var options: String?
    }

    private func lines(_ server: CommandRun) throws -> [Line] {
        try server.errorLines.map { line in
            try #require(try? JSONDecoder().decode(Line.self, from: Data(line.utf8)), "\(line)")
        }
    }

    @Test(
        .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"), .timeLimit(.minutes(10))
    )
    func theLogNamesTheTurnAndNoWordOfIt() async throws {
        let folder = try TemporaryFolder()
        let trace = folder.url.appending(path: "trace.jsonl")
        let (server, port) = try await serve(
            ["--log-format", "json", "--log-level", "debug", "--trace", trace.path], in: folder.url)
        defer { server.kill() }
        let recordings = try #require(TestResources.recordings).appending(path: "commands")
        let speech = try CallerSpeech(
            recordings.appending(path: "17fe40a1-0678-4f27-b318-e3e6715f1262.wav"), end: nil)
        let caller = try await client(port)
        let speaking = Task {
            for piece in speech.events {
                try await caller.send(piece)
                try await Task.sleep(for: .seconds(CallerSpeech.pieceLength))
            }
            while !Task.isCancelled {
                try await caller.send(CallerSpeech.silence)
                try await Task.sleep(for: .seconds(CallerSpeech.pieceLength))
            }
        }
        _ = try await next("response.done", of: caller)
        speaking.cancel()
        _ = await speaking.result
        try #require(try await server.hasReported("a turn is over", within: 30))
        struct Turn: Decodable {
            var id: String
            var transcript: String
            var reply: String
        }
        let written = try #require(try String(contentsOf: trace, encoding: .utf8).split(separator: "\n").first)
        let turn = try JSONDecoder().decode(Turn.self, from: Data(written.utf8))
        #expect(turn.transcript.lowercased().contains("espresso"))
        let log = try lines(server)
        let ofTurn = log.filter { $0.turn == turn.id }.map(\.message)
        for message in ["a turn begins", "understood", "the user is done", "an engine worked", "a turn is over"] {
            #expect(ofTurn.contains(message), "\(message)")
        }
        let text = server.standardError.lowercased()
        for word in ["espresso", "skim", "milk", turn.transcript.lowercased(), turn.reply.lowercased()] {
            #expect(!text.contains(word), "\(word)")
        }
        await caller.close()
    }

    @Test(.timeLimit(.minutes(10))) func readsItsConfigurationAgainWhileACallGoesOn() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "serve.yaml")
        func write(_ text: String) throws { try Data(text.utf8).write(to: file) }
        try write("token: old\nmax-sessions: 4\nlog-level: info\n")
        let (server, port) = try await serve(
            ["--configuration", file.path, "--log-format", "json"], in: folder.url)
        defer { server.kill() }
        let caller = try await client(port, token: "old")
        #expect(try await ask(caller, "what is two plus two").response?.status == "completed")

        // A project that cannot be read: nothing of the file is taken over, not the token either.
        let project = folder.url.appending(path: "project")
        try FileManager.default.createDirectory(at: project, withIntermediateDirectories: true)
        try Data("intents: {greet\n".utf8).write(to: project.appending(path: "domain.yml"))
        try write("token: new\nproject: \(project.path)\n")
        server.hangUp()
        #expect(try await server.hasReported("was not taken over", within: 30))
        #expect(try lines(server).last { $0.level == "error" }?.error?.contains("domain.yml") == true)
        // Nor is one with an option that there is not.
        try write("tokn: new\n")
        server.hangUp()
        #expect(try await server.hasReported("was not taken over", times: 2, within: 30))
        let hint = try lines(server).last { $0.level == "error" }?.error
        #expect(hint?.contains("Did you mean \u{201C}token\u{201D}?") == true)
        await #expect(throws: (any Error).self) { try await client(port, token: "new") }
        await (try await client(port, token: "old")).close()

        try write("token: new\nmax-sessions: 2\nlog-level: debug\nvoice: other\n")
        server.hangUp()
        #expect(try await server.hasReported("was read again", within: 30))
        #expect(try lines(server).contains { $0.options == "voice" })
        await #expect(throws: (any Error).self) { try await client(port, token: "old") }
        await (try await client(port, token: "new")).close()
        // The call that began with the old token goes on, and the log says more now.
        #expect(try await ask(caller, "what is three plus three").response?.status == "completed")
        let worked = try lines(server).filter { $0.message == "an engine worked" }
        #expect(worked.contains { $0.turn?.hasSuffix("request-2") == true })
        await caller.close()
    }

    /// A server that is told to end brings nobody to silence in mid-sentence, and says first that it ends.
    @Test(.timeLimit(.minutes(10))) func saysToTheEndWhatItSays() async throws {
        let folder = try TemporaryFolder()
        let (server, port) = try await serve(["--drain", "1"], in: folder.url)
        defer { server.kill() }
        let (talking, silent) = (try await client(port), try await client(port))
        let item = #"{"type":"message","role":"user","content":[{"type":"input_text","text":"what can you do"}]}"#
        try await talking.send(#"{"type":"conversation.item.create","item":\#(item)}"#)
        try await talking.send(#"{"type":"response.create"}"#)
        _ = try await next("response.output_audio.delta", of: talking)
        server.interrupt()
        #expect(try await next("response.done", of: talking).response?.status == "completed")
        // Both connections end, and so does the server.
        for await _ in talking.events {}
        for await _ in silent.events {}
        try await server.wait()
        #expect(server.status == 0)
    }
}

/// What a server keeps for a time only.
@Suite(.enabled(if: CommandRun.executable != nil, "the command was not built"))
struct ServeRetentionTests {
    @Test(.timeLimit(.minutes(10))) func forgetsWhatNobodyGoesOnWith() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "memory.sqlite")
        let store = try SQLiteConversationStore(file)
        for (name, days) in [("old", 31.0), ("recent", 29.0)] {
            let date = Date(timeIntervalSinceNow: -days * 86_400)
            try await store.restore(
                Conversation(id: name, now: date),
                as: ConversationSummary(id: name, user: "anna", began: date, lastActive: date))
        }
        let server = try CommandRun(
            [
                "serve", "--port", "0", "--wyoming-port", "0", "--memory", file.path, "--keep", "30d", "--log-level",
                "info",
            ], in: folder.url)
        defer { server.kill() }
        let isForgotten = try await server.hasReported("conversations are forgotten count=1", within: 90)
        #expect(isForgotten, "\(server.standardError)")
        #expect(try await store.conversations(of: nil).map(\.id) == ["recent"])
    }
}

/// Options of the server in a file.
@Suite struct ConfigurationFileTests {
    private func command(_ text: String, _ arguments: [String] = []) throws -> ServeCommand {
        try ConfigurationFile(text, name: "serve.yaml").command(arguments)
    }

    @Test func isReadAsTheCommandLineWouldBe() throws {
        let command = try command(
            """
            max-sessions: 32
            token: 0123
            voice: heart
            announce: false
            speculate: true
            log-words: true
            also-project: [/etc/one, /etc/two]
            log-level: debug
            """)
        #expect(command.maxSessions == 32 && command.token == "0123" && command.announce == false)
        #expect(command.alsoProject == ["/etc/one", "/etc/two"])
        #expect(command.log.logWords && command.log.logLevel == .debug)
        let off = try self.command("speculate: false\nlog-words: false\nannounce: true")
        #expect(!off.engines.speculate && !off.log.logWords && off.announce == true)
        #expect(try self.command("").maxSessions == 16)
        #expect(try self.command("# nothing\n").maxSessions == 16)
    }

    @Test func theCommandLineGoesBefore() throws {
        let command = try command("max-sessions: 32\nport: 1\nannounce: true", ["--port", "2", "--no-announce"])
        #expect(command.maxSessions == 32 && command.port == 2 && command.announce == false)
    }

    @Test func saysWhatIsWrong() {
        for (text, reason) in [
            ("max-session: 3", "Did you mean \u{201C}max-sessions\u{201D}?"), ("port: many", "port"),
            ("port: 70000", "65535"), ("- port", "options with their values"), ("port: {a: 1}", "a value or a list"),
            ("announce: perhaps", "true or false"), ("port: [", "no YAML"),
            ("configuration: other.yaml", "which there is not"),
        ] {
            let error = #expect(throws: RiposteError.self, "\(text)") { try command(text) }
            #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")")
            #expect(error?.message.contains("serve.yaml") == true)
        }
    }

    @Test func whatChangesWithoutARestartIsAnOption() throws {
        let known = try ServeOptions.all()
        #expect(known.count > 20)
        for option in ConfigurationReload.changeable { #expect(known[option] != nil, "\(option)") }
        let one = try ConfigurationFile("token: a\nport: 1", name: "a")
        let other = try ConfigurationFile("token: b\nvoice: heart", name: "b")
        #expect(one.differences(from: other) == ["port", "token", "voice"])
    }
}
