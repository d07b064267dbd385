import Foundation
import RiposteTesting
import Testing

/// A browser talks with the page of a real server, with a recording as its microphone.
@Suite(
    .serialized, .enabled(if: Browser.python != nil, "make test-clients prepares the browser"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"),
    .enabled(if: CommandRun.executable != nil, "the command was not built"))
struct WebPageTests {
    /// It asks, interrupts the answer by voice, loses the connection, and does both again.
    @Test(.timeLimit(.minutes(10))) func talksInterruptsAndComesBack() async throws {
        let result = try await Browser.run("hands-free")
        #expect(result.faults == [])
        #expect(result.format == "audio/opus")
        let said = [Browser.question, Browser.interruption, Browser.question, Browser.interruption]
        #expect(Browser.areRight(result.user, said), "\(result.user ?? [])")
        #expect(result.partials ?? 0 > 0)
        let outcomes = try #require(result.outcomes)
        #expect(outcomes.count == 4 && outcomes[0] == "interrupted" && outcomes[2] == "interrupted")
        #expect(["answered", "reprompted"].contains(outcomes[1]) && ["answered", "reprompted"].contains(outcomes[3]))
        // The sound of four answers left the page, loud enough to be heard.
        #expect(result.answers ?? 0 >= 4)
        #expect(result.loudest ?? 0 > 1_000)
        let interruptions = try #require(result.interruptions)
        #expect(interruptions.count == 2)
        for interruption in interruptions {
            #expect(interruption.soundingMs > 200)
            #expect(interruption.stoppedMs <= 300)
        }
        #expect(result.waterfalls == 4)
        #expect(result.trouble?.hasPrefix("The connection is lost.") == true)
        // What was said before is known after it.
        #expect(Browser.areRight(result.remembered?.map(\.user), Array(said.prefix(2))))
        #expect(result.remembered?.allSatisfy { !$0.assistant.isEmpty } == true)
    }

    /// The space bar is held while the user speaks; Opus is not there; Escape interrupts.
    @Test(.timeLimit(.minutes(10))) func pushesToTalkWithoutOpus() async throws {
        let result = try await Browser.run("push-to-talk")
        #expect(result.faults == [])
        #expect(result.format == "audio/pcm")
        #expect(Browser.areRight(result.user, [Browser.question]), "\(result.user ?? [])")
        // Nothing is answered while the key is down.
        #expect(result.early == 0)
        #expect(result.outcomes == ["interrupted"])
        #expect(result.assistant?.first?.hasSuffix("(interrupted)") == true)
        let sounding = try #require(result.soundingMs)
        #expect(sounding.count == 1)
        #expect(sounding.allSatisfy { (200...1_500).contains($0) })
        // Without the silence that ends a turn.
        #expect(result.latencies?.compactMap(\.self).allSatisfy { $0 < 3_000 } == true)
    }

    @Test(.timeLimit(.minutes(10))) func saysThatTheMicrophoneIsNotAllowed() async throws {
        let result = try await Browser.run("denied")
        #expect(result.faults == [])
        #expect(result.trouble?.hasPrefix("The microphone is not allowed.") == true)
        #expect(result.role == "alert")
        #expect(result.status == "Not connected")
    }

    /// A window is doubled: the conversation goes on in one of them, and the other one says so and can have it back.
    @Test(.timeLimit(.minutes(10))) func oneWindowHasTheConversation() async throws {
        let result = try await Browser.run("two-windows")
        #expect(result.faults == [])
        let troubles = try #require(result.troubles)
        #expect(troubles.count == 2)
        #expect(troubles.allSatisfy { $0.hasPrefix("The conversation goes on in another window.") }, "\(troubles)")
        #expect(result.statuses == [["Not connected", "Listening"], ["Not connected", "Listening"]])
    }
}

/// Chromium, driven by the script beside the tests.
private enum Browser {
    /// What is said in the recordings, as it is understood.
    static let (question, interruption) = ("Get me an espresso with skim milk.", "Make me a latte.")
    private static let files = ("17fe40a1-0678-4f27-b318-e3e6715f1262.wav", "3241dc45-7f94-4352-894c-622865a1b94f.wav")

    /// Python with what drives the browser; nil where the one or the other is not there.
    static var python: URL? {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_CLIENTS"]
        let file = URL(fileURLWithPath: named ?? ".build/clients").appending(path: "bin/python")
        let check = Process()
        check.executableURL = file
        check.arguments = ["-c", "import playwright, shutil, sys; sys.exit(shutil.which('chromium') is None)"]
        check.standardError = FileHandle.nullDevice
        guard (try? check.run()) != nil else { return nil }
        check.waitUntilExit()
        return check.terminationStatus == 0 ? file : nil
    }

    /// Whether it is what was said; on a machine that is busy besides, a word may be another.
    static func areRight(_ texts: [String]?, _ said: [String]) -> Bool {
        guard let texts, texts.count == said.count else { return false }
        return zip(texts, said).allSatisfy { text, said in
            let (words, expected) = (text.split(separator: " "), said.split(separator: " "))
            return words.count == expected.count && zip(words, expected).count { $0 != $1 } <= 1
        }
    }

    struct Result: Decodable {
        struct Interruption: Decodable {
            var stoppedMs: Double
            var soundingMs: Double
        }
        struct Turn: Decodable {
            var user: String
            var assistant: String
        }
        var faults: [String]
        var format: String?
        var user: [String]?
        var assistant: [String]?
        var partials: Int?
        var outcomes: [String]?
        var latencies: [Double?]?
        var waterfalls: Int?
        var trouble: String?
        var remembered: [Turn]?
        var interruptions: [Interruption]?
        var answers: Int?
        var loudest: Double?
        var early: Int?
        var soundingMs: [Double]?
        var role: String?
        var troubles: [String]?
        var statuses: [[String]]?
        var status: String?
    }

    /// Runs a scene against a server of its own. `RIPOSTE_SCREENSHOTS` names a folder for pictures of the page.
    static func run(_ scene: String) async throws -> Result {
        let folder = try TemporaryFolder()
        let server = try CommandRun(["serve", "--port", "0", "--wyoming-port", "0"], in: folder.url)
        defer { server.kill() }
        try #require(try await server.hasSaid("serving on", within: 60), "\(server.standardError)")
        let address = try #require(server.standardOutput.firstMatch(of: #/serving on http:\/\/127\.0\.0\.1:(\d+)/#))
        let recordings = try #require(TestResources.recordings).appending(path: "commands")
        let script = TestResources.packageRoot.appending(path: "Tests/CommandTests/Browser/talk.py")
        let process = Process()
        process.executableURL = python
        process.arguments =
            [script.path, scene, String(address.1), folder.url.path]
            + [files.0, files.1].map { recordings.appending(path: $0).path }
            + [ProcessInfo.processInfo.environment["RIPOSTE_SCREENSHOTS"]].compactMap(\.self)
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(100)) }
        let trouble = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        try #require(process.terminationStatus == 0, "\(trouble)")
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try decoder.decode(Result.self, from: output.fileHandleForReading.readDataToEndOfFile())
    }
}
