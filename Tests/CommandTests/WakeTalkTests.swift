import Foundation
import RiposteAudio
import RiposteInference
import RiposteListening
import RiposteTesting
import Testing

/// `riposte talk --wake`: a recorded word, and a command right behind it.
@Suite(
    .enabled(if: SpokenFixture.canConverse, SpokenFixture.hint),
    .enabled(if: WakeModels.hasPorcupine, "no porcupine model: riposte models fetch porcupine"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct WakeTalkTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    private func talk(_ samples: [Float]) async throws -> (run: CommandRun, turns: [TraceLine]) {
        try WaveKind.pcm16.data(samples).write(to: file("in.wav"))
        let run = try CommandRun(
            [
                "talk", "--wake", "computer", "--pace", "fast", "--input", file("in.wav").path, "--trace",
                file("trace.jsonl").path,
            ], in: folder.url)
        try await run.wait()
        #expect(run.status == 0, "\(run.standardError)")
        return (run, try TraceLine.read(file("trace.jsonl")))
    }

    @Test(.timeLimit(.minutes(10))) func theCommandFollowsTheWordWithoutAPause() async throws {
        let name = "wake/computer/04685ec1-bfbf-4c53-a852-60274a74d80e.wav"
        let word = try WaveFile(reading: #require(TestResources.recordings).appendingPathComponent(name)).samples
        let end = try #require(SpeechEnd().position(in: word[...]))
        let order = try await SpokenFixture.order()
        let start = try #require(order.samples.firstIndex { abs($0) > 0.02 })
        let quiet = [Float](repeating: 0, count: 16_000)
        let (run, turns) = try await talk(quiet + word[..<end] + order.samples[start...] + quiet + quiet)
        #expect(run.standardOutput.contains("computer: listening"))
        let turn = try #require(turns.first { $0.outcome != "dropped" })
        #expect(turn.transcript.lowercased().contains(order.word), "\(turn.transcript)")
        #expect(!turn.transcript.lowercased().contains("computer"), "\(turn.transcript)")
    }

    @Test(.timeLimit(.minutes(10))) func withoutTheWordItSleepsOn() async throws {
        let question = try await SpokenFixture.say("What is twelve times seven?")
        let quiet = [Float](repeating: 0, count: 16_000)
        let (run, turns) = try await talk(quiet + question + quiet + quiet)
        #expect(turns.isEmpty)
        #expect(!run.standardOutput.contains("listening"))
    }
}

/// The models that tests of wake words use when they are in the model store.
enum WakeModels {
    static let hasPorcupine = FileManager.default.fileExists(
        atPath: ModelStore.standard.root.appending(path: "porcupine").path)
}
