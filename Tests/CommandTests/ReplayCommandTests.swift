import Foundation
import RiposteAudio
import RiposteTesting
import Testing

/// `riposte talk --record` and `riposte replay`.
@Suite(.enabled(if: SpokenFixture.canConverse, SpokenFixture.hint))
struct ReplayCommandTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    private func run(_ arguments: [String]) async throws -> CommandRun {
        let run = try CommandRun(arguments, in: folder.url)
        try await run.wait()
        return run
    }

    @Test(.timeLimit(.minutes(10))) func aRecordedConversationIsDecidedTheSame() async throws {
        let fixture = try await SpokenFixture.order()
        try WaveFile(samples: fixture.samples, sampleRate: 16_000).write(to: file("order.wav"))
        let talk = ["talk", "--pace", "fast", "--input", file("order.wav").path, "--record"]
        let recorded = try await run(talk + [file("with.jsonl").path])
        #expect(recorded.status == 0, "\(recorded.standardError)")
        #expect(try WaveFile(reading: file("with.wav")).samples.count >= fixture.samples.count)
        _ = try await run(talk + [file("without.jsonl").path, "--no-record-sound"])
        #expect(!FileManager.default.fileExists(atPath: file("without.wav").path))

        let same = try await run(["replay", file("with.jsonl").path, file("with.wav").path, file("without.jsonl").path])
        #expect(same.status == 0, "\(same.standardOutput)\(same.standardError)")
        #expect(same.standardOutput.contains("2 of 2 decide the same"))

        // With another setting it decides otherwise, and says where.
        let text = try String(contentsOf: file("without.jsonl"), encoding: .utf8)
        let other = text.replacing("\"leastSilence\":0.15", with: "\"leastSilence\":2.5", maxReplacements: 1)
        try Data(other.utf8).write(to: file("other.jsonl"))
        let differs = try await run(["replay", file("other.jsonl").path])
        #expect(differs.status == 1 && differs.standardOutput.contains("the first difference"))
    }

    @Test(.timeLimit(.minutes(10))) func whatIsNoRecordingIsSaid() async throws {
        try WaveFile(samples: [0, 0], sampleRate: 16_000).write(to: file("sound.wav"))
        try Data("{\"format\":\"riposte session\",\"version\":99}\n".utf8).write(to: file("newer.jsonl"))
        for (name, message) in [
            ("sound.wav", "is no recording"), ("newer.jsonl", "newer Riposte"), ("nowhere.jsonl", "cannot be read"),
        ] {
            let run = try await run(["replay", file(name).path])
            #expect(run.status == 1 && run.errorLines.count == 1)
            #expect(run.standardError.contains(message), "\(run.standardError)")
        }
        // The sound of a recording is not written over what is heard.
        let run = try await run(["talk", "--input", file("sound.wav").path, "--record", file("sound.jsonl").path])
        #expect(run.status == 2 && run.standardError.contains("must be different files"))
    }
}
