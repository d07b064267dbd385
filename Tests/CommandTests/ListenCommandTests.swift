import Foundation
import RiposteAudio
import RiposteTesting
import Testing

@Suite(.enabled(if: CommandRun.executable != nil, "the command was not built")) struct ListenCommandTests {
    private static var hasWords: Bool {
        TestResources.recordings.map {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("wake").path)
        } ?? false
    }

    private struct Line: Decodable {
        var file: String
        var word: String
        var atMs: Double
        var score: Double
    }

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func run(_ arguments: [String], environment: [String: String] = [:]) async throws -> CommandRun {
        let run = try CommandRun(arguments, environment: environment, in: folder.url)
        try await run.wait()
        return run
    }

    private func recording(_ name: String) throws -> String {
        try #require(TestResources.recordings).appendingPathComponent("wake/\(name)").path
    }

    // Needs the model (`riposte models fetch porcupine`) and the recordings.
    @Test(
        .enabled(if: WakeModels.hasPorcupine, "no porcupine model"),
        .enabled(if: hasWords, "no recordings; set RIPOSTE_RECORDINGS"))
    func writesALineForEachWord() async throws {
        let files = [
            try recording("alexa/115.wav"), try recording("computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav"),
        ]
        let done = try await run(
            ["listen", "--wake", "alexa", "--wake", "computer", "--format", "json", "--input"] + files)
        #expect(done.status == 0)
        let lines = try done.standardOutput.split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.map(\.word) == ["alexa", "computer"])
        #expect(lines.map(\.file) == files)
        // Frame 61 and frame 67 by the engine's own package.
        #expect(lines.map(\.atMs) == [62.0 * 32, 68.0 * 32])
    }

    /// At the microphone of a real sound server.
    @Test(
        .timeLimit(.minutes(10)), .enabled(if: WakeModels.hasPorcupine, "no porcupine model"),
        .enabled(if: hasWords, "no recordings; set RIPOSTE_RECORDINGS"),
        .enabled(
            if: SoundServer.isAvailable, "no sound server; apt install pulseaudio pulseaudio-utils libasound2-plugins"))
    func hearsTheMicrophone() async throws {
        let server = try SoundServer()
        defer { server.stop() }
        let listening = try CommandRun(
            ["listen", "--wake", "alexa", "--format", "text"], environment: server.environment, in: folder.url)
        var hasHeard = false
        // A word may fall into the moment in which the microphone is being opened.
        for _ in 0..<5 where !hasHeard {
            try await server.speak(URL(fileURLWithPath: recording("alexa/115.wav")))
            hasHeard = try await listening.hasSaid("alexa", within: 3)
        }
        #expect(hasHeard, "\(listening.standardError)")
        listening.interrupt()
        try await listening.wait()
        #expect(listening.status == 0)
    }

    @Test(.enabled(if: WakeModels.hasPorcupine, "no porcupine model"))
    func whatCannotBeReadIsReported() async throws {
        let done = try await run(["listen", "--wake", "alexa", "--input", "/nowhere.wav"])
        #expect(done.status == 1)
        #expect(done.standardError.contains("/nowhere.wav"))
    }

    @Test(arguments: [
        ["listen"], ["listen", "--wake", ""], ["listen", "--wake", "alexa", "--wake", "Alexa"],
        ["listen", "--wake", "alexa", "--sensitivity", "2"], ["listen", "--wake", "alexa", "--enrol"],
        ["listen", "--wake", "alexa", "--input", "a.wav", "--microphone", "1"],
    ])
    func wrongUsage(_ arguments: [String]) async throws {
        let done = try await run(arguments)
        #expect(done.status == 2)
    }

    @Test func aWordThatItsEngineDoesNotKnowIsWrongUsage() async throws {
        let done = try await run(["listen", "--wake", "kitchen", "--wake-engine", "porcupine", "--input", "a.wav"])
        #expect(done.status == (WakeModels.hasPorcupine ? 2 : 3))
        #expect(done.standardError.contains(WakeModels.hasPorcupine ? "bumblebee" : "riposte models fetch porcupine"))
    }
}
