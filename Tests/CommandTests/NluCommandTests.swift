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

    private static let domain = """
        version: "3.1"
        intents: [on, off]
        responses:
          utter_on: [{text: "It is bright."}]
          utter_off: [{text: "It is dark."}]
        """

    private static let data = """
        version: "3.1"
        nlu:
          - intent: on
            examples: |
              - turn on the lights
              - lights on please
              - switch the lamp on
              - make it bright
              - i need light
          - intent: off
            examples: |
              - turn off the lights
              - lights off please
              - switch the lamp off
              - make it dark
              - no more light
        rules:
          - rule: light
            steps:
              - intent: on
              - action: utter_on
          - rule: darkness
            steps:
              - intent: off
              - action: utter_off
        """

    private static func tests(_ action: String) -> String {
        """
        stories:
          - story: the light goes on
            steps:
              - user: lights on please
                intent: on
              - action: \(action)
        """
    }

    private func project(_ action: String) throws -> TemporaryFolder {
        let folder = try TemporaryFolder()
        // What has been learned is kept for all projects with the same sentences: these are this run's own.
        let data = Self.data.replacingOccurrences(of: "no more light", with: "no more light \(UUID().uuidString)")
        for (name, text) in [
            "domain.yml": Self.domain, "data/all.yml": data, "tests/test_stories.yml": Self.tests(action),
        ] {
            let file = folder.url.appending(path: name)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
        }
        return folder
    }

    private struct Parsed: Decodable {
        struct Intent: Decodable {
            var name: String
            var confidence: Double
        }
        var text: String
        var intent: Intent
    }

    @Test(.enabled(if: hasModel, "no minilm model"), .enabled(if: CommandRun.executable != nil, "no command"))
    func trainsTriesAndTestsAProject() async throws {
        let folder = try project("utter_on")
        let named = ["--project", folder.url.path]
        let trained = try await run(["nlu", "train"] + named, in: folder)
        #expect(trained.status == 0, "\(trained.standardError)")
        #expect(trained.standardOutput.contains("of 2 intents"))
        let again = try await run(["nlu", "train"] + named, in: folder)
        #expect(again.standardOutput.contains("Nothing has changed"))

        let parsed = try await run(["nlu", "parse"] + named + ["lights on please"], in: folder)
        let line = try JSONDecoder().decode(Parsed.self, from: Data(parsed.standardOutput.utf8))
        #expect(line.text == "lights on please" && line.intent.name == "on" && (0...1).contains(line.intent.confidence))

        let tested = try await run(["nlu", "test", "--cross-validation", "2"] + named, in: folder)
        #expect(tested.status == 0, "\(tested.standardError)")
        #expect(tested.standardOutput.contains("10 sentences"))
        #expect(tested.standardOutput.contains("1 conversations, 1 went as they should"))
    }

    @Test(.enabled(if: hasModel, "no minilm model"), .enabled(if: CommandRun.executable != nil, "no command"))
    func saysWhereAConversationGoesAnotherWay() async throws {
        let folder = try project("utter_off")
        let tested = try await run(["nlu", "test", "--no-understanding", "--project", folder.url.path], in: folder)
        #expect(tested.status == 1)
        #expect(
            tested.standardOutput.contains(
                "tests/test_stories.yml:6: the light goes on: after \u{201C}lights on please\u{201D} there should be "
                    + "action utter_off; there was action utter_on."), "\(tested.standardOutput)")
    }

    @Test(
        .enabled(if: CommandRun.executable != nil, "no command"),
        arguments: [[], ["--project", "/", "--examples", "/"], ["--project", "/", "--cross-validation", "1"]])
    func whatCannotBeTestedIsWrongUsage(_ arguments: [String]) async throws {
        let folder = try TemporaryFolder()
        let done = try await run(["nlu", "test"] + arguments, in: folder)
        #expect(done.status == 2)
        #expect(done.standardError.hasPrefix("riposte: "))
    }
}
