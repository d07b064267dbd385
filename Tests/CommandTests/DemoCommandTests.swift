import Foundation
import RiposteAudio
import Testing

@testable import riposte

/// `riposte demo`: the conversation that a newcomer hears first.
@Suite(.enabled(if: SpokenFixture.canConverse, SpokenFixture.hint))
struct DemoCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func demo(_ arguments: String...) async throws -> (run: CommandRun, turns: [TraceLine], sound: WaveFile) {
        let (output, trace) = (folder.url.appending(path: "demo.wav"), folder.url.appending(path: "demo.jsonl"))
        let run = try CommandRun(
            ["demo", "--pace", "fast", "-o", output.path, "--trace", trace.path] + arguments, in: folder.url)
        try await run.wait()
        #expect(run.status == 0, "\(run.standardError)")
        return (run, try TraceLine.read(trace), try WaveFile(reading: output, sampleRate: 16_000))
    }

    @Test(.timeLimit(.minutes(10))) func everyLineIsAnswered() async throws {
        let (run, turns, sound) = try await demo()
        #expect(run.standardError.isEmpty)
        let spoken = turns.filter { !$0.transcript.isEmpty }
        #expect(spoken.count == DemoCommand.ownLines.count)
        #expect(turns.allSatisfy { $0.outcome == "answered" && $0.heard == $0.reply && !$0.heard.isEmpty })
        let said = turns.map(\.heard)
        #expect(said.filter { $0.contains("84") }.count == 1)
        #expect(said.contains { $0.contains("5 second timer is done") }, "\(said)")
        // "Could you repeat that?" follows the miles.
        #expect(said.filter { $0.contains("6.2") }.count == 2, "\(said)")
        #expect(said.last?.contains("bye") == true, "\(said)")
        for turn in spoken {
            try turn.checkTimes()
            let (start, end, answer) = (
                try #require(turn.speechStartMs), try #require(turn.speechEndMs), try #require(turn.firstSoundMs)
            )
            #expect(Self.loudness(sound, from: start, to: end) > 0.01, "the user is in the recording")
            #expect(Self.loudness(sound, from: answer, to: answer + 500) > 0.01, "and so is the answer")
            // The last sound may ring on a little, as rooms do.
            #expect(Self.loudness(sound, from: end + 150, to: answer - 10) < 0.005, "with silence in between")
        }
    }

    /// Lines of one's own need no goodbye.
    @Test(.timeLimit(.minutes(10))) func ownLinesComeToAnEnd() async throws {
        let (run, turns, _) = try await demo("What is twelve times seven?", "Could you repeat that?")
        #expect(turns.map { $0.heard.contains("84") } == [true, true], "\(run.standardOutput)")
        #expect(run.standardOutput.contains("2 answers"))
    }

    @Test(.timeLimit(.minutes(10)), arguments: [[""], ["..."], ["--user-voice", "nobody"]])
    func nonsenseIsWrongUsage(arguments: [String]) async throws {
        let run = try CommandRun(["demo"] + arguments, in: folder.url)
        try await run.wait()
        #expect(run.status == 2)
    }

    /// Root mean square.
    private static func loudness(_ sound: WaveFile, from start: Double, to end: Double) -> Float {
        func index(_ ms: Double) -> Int { max(0, min(sound.samples.count, Int(ms * 16))) }
        let samples = sound.samples[index(start)..<max(index(start), index(end))]
        guard !samples.isEmpty else { return 0 }
        return (samples.reduce(0) { $0 + $1 * $1 } / Float(samples.count)).squareRoot()
    }
}
