import Foundation
import RiposteAudio
import RiposteInference
import RiposteTesting
import Testing

@testable import riposte

/// `riposte talk --project`: a project's dialog from sound to sound.
@Suite(
    .enabled(if: SpokenFixture.canConverse, SpokenFixture.hint),
    .enabled(
        if: ModelsCommand.store.status(of: "minilm") == .ready, "no minilm; get it with: riposte models fetch minilm"))
struct ProjectTalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    /// Talks with the coffee maker, faster than real time.
    private func turns(_ sound: [Float]) async throws -> [TraceLine] {
        try WaveKind.pcm16.data(sound).write(to: file("in.wav"))
        let project = TestResources.packageRoot.appending(path: "Examples/CoffeeMaker").path
        let run = try CommandRun(
            [
                "talk", "--project", project, "--input", file("in.wav").path, "--output", file("out.wav").path,
                "--trace", file("trace.jsonl").path, "--pace", "fast", "--quiet", "0",
            ], in: folder.url)
        try await run.wait()
        #expect(run.status == 0, "\(run.standardError)")
        return try TraceLine.read(file("trace.jsonl")).filter { !$0.transcript.isEmpty }
    }

    /// A form with an answer, a correction, something added, a digression, and the confirmation.
    @Test(.timeLimit(.minutes(10))) func anOrderInSeveralTurns() async throws {
        var sound = [Float](repeating: 0, count: 8_000)
        for sentence in [
            "I would like a cappuccino, please.", "Small.", "No, make it large.", "With skim milk.",
            "What sizes are there?", "Yes, that is right.",
        ] {
            // Long enough for the answer to be heard.
            sound += try await SpokenFixture.say(sentence) + [Float](repeating: 0, count: 8 * 16_000)
        }
        let turns = try await turns(sound)
        let heard = turns.map(\.heard)
        #expect(heard.count == 6, "\(turns.map(\.transcript)) \(heard)")
        guard heard.count == 6 else { return }
        #expect(heard[0].hasSuffix("ize would you like?") || heard[0] == "Which size?")
        #expect(heard[1] == "Small cappuccino. Is that right?")
        #expect(heard[2] == "Okay, large. Large cappuccino. Is that right?")
        #expect(heard[3] == "Large cappuccino, skim milk. Is that right?")
        #expect(heard[4].hasPrefix("There are small, medium and large") && heard[4].hasSuffix("Is that right?"))
        #expect(heard[5] == "Coming right up: large cappuccino, skim milk.")
        for turn in turns { try turn.checkTimes() }
    }

    /// Orders of people, each in a conversation of its own.
    @Test(
        .timeLimit(.minutes(10)), .enabled(if: TestResources.spokenOrders.count > 40, "no recordings"),
        arguments: [
            ("0075d273-51bb-47cb-b323-4437bd0de029", "Twelve ounce coffee, light roast. Is that right?"),
            (
                "1e70a5cf-3954-4fbe-b235-e763a01a7f3f",
                "Twenty ounce cappuccino, double shot, a bit of brown sugar. Is that right?"
            ),
            ("6c36c3fb-8239-4c56-91cb-c35709e91571", "Eight ounce cappuccino, double shot, sugar. Is that right?"),
            (
                "c2150a52-b205-4f95-afdf-4fc279bbf415",
                "Twenty ounce espresso, medium roast, some sweetener. Is that right?"
            ),
        ])
    func ordersOfPeople(name: String, answer: String) async throws {
        let recording = try #require(
            TestResources.spokenOrders.first { $0.lastPathComponent == "\(name).wav" }, "no such recording")
        let turns = try await turns(try WaveFile(reading: recording).samples + [Float](repeating: 0, count: 16_000))
        #expect(turns.last?.heard == answer, "\(turns.map(\.transcript))")
    }
}
