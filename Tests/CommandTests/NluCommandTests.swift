import Foundation
import RiposteInference
import Testing

/// The commands themselves, on examples in a file.
@Suite(.serialized) struct NluCommandTests {
    private static let hasModel = (try? ModelStore.standard.folder(of: "minilm")) != nil

    private static let corpus = """
        {"train": [["turn on the lights", "on"], ["lights on please", "on"], ["switch the lamp on", "on"],
        ["make it bright", "on"], ["i need light", "on"], ["turn off the lights", "off"], ["lights off please", "off"],
        ["switch the lamp off", "off"], ["make it dark", "off"], ["no more light", "off"]]}
        """

    private func run(_ arguments: [String], in folder: TemporaryFolder) async throws -> CommandRun {
        let run = try CommandRun(arguments, in: folder.url)
        try await run.wait()
        return run
    }

    @Test(.enabled(if: hasModel, "no minilm model"), .enabled(if: CommandRun.executable != nil, "no command"))
    func testsAndDrawsAPicture() async throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "corpus.json")
        try Data(Self.corpus.utf8).write(to: file)
        let picture = folder.url.appending(path: "matrix.svg").path
        let done = try await run(
            ["nlu", "test", "--examples", file.path, "--folds", "2", "--picture", picture], in: folder)
        #expect(done.status == 0, "\(done.standardError)")
        #expect(done.standardOutput.contains("10 sentences"))
        #expect(try String(contentsOfFile: picture, encoding: .utf8).hasPrefix("<svg"))
    }

    @Test(.enabled(if: CommandRun.executable != nil, "no command")) func aFileThatIsNoneIsWrongUsage() async throws {
        let folder = try TemporaryFolder()
        let done = try await run(["nlu", "train", "--examples", "/nowhere.json"], in: folder)
        #expect(done.status == 2)
        #expect(done.standardError.contains("/nowhere.json"))
    }
}
