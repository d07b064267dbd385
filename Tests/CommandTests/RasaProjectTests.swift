import Foundation
import RiposteTesting
import Testing

@testable import riposte

private let rasaProject = TestResources.packageRoot.appending(path: ".build/rasa/rasa/cli/initial_project")

/// The example project that Rasa's own package carries, as it is: `make rasa-project` puts it there.
@Suite(
    .enabled(if: CommandRun.executable != nil, "no command"),
    .enabled(
        if: ModelsCommand.store.status(of: "minilm") == .ready, "no minilm; get it with: riposte models fetch minilm"),
    .enabled(
        if: FileManager.default.fileExists(atPath: rasaProject.path), "get it with: make rasa-project"))
struct RasaProjectTests {
    private func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> CommandRun {
        let run = try CommandRun(arguments + ["--project", rasaProject.path], in: folder.url)
        try await run.wait()
        return run
    }

    @Test(.timeLimit(.minutes(10))) func itsOwnTestsPass() async throws {
        let folder = try TemporaryFolder()
        let trained = try await run(["nlu", "train", "--force"], in: folder)
        #expect(trained.status == 0 && trained.standardOutput.contains("68 examples of 7 intents"))
        let tested = try await run(["nlu", "test", "--no-understanding"], in: folder)
        #expect(tested.status == 0, "\(tested.standardOutput)\(tested.standardError)")
        #expect(tested.standardOutput.contains("7 conversations, 7 went as they should"))
    }

    @Test(.timeLimit(.minutes(10))) func isUnderstoodAndAnswers() async throws {
        let folder = try TemporaryFolder()
        let parsed = try await run(["nlu", "parse", "are you a bot?"], in: folder)
        #expect(parsed.standardOutput.contains(#""intent":{"confidence":"#))
        #expect(parsed.standardOutput.contains(#""name":"bot_challenge"},"ranking""#), "\(parsed.standardOutput)")
        let chat = try ChatTests.chat("hello there\nI am very sad\nno\n", "--project", rasaProject.path)
        #expect(
            chat.lines == ["Hey! How are you?", "Here is something to cheer you up: Did that help you?", "Bye"],
            "\(chat.lines)")
    }
}
