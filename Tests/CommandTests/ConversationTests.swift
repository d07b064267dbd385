import Foundation
import RiposteAudio
import RiposteTesting
import Testing

/// `riposte talk` on a real sound server: heard through its microphone, recorded from its loudspeaker.
@Suite(
    .enabled(if: SpokenFixture.canConverse, SpokenFixture.hint),
    .enabled(
        if: SoundServer.isAvailable, "no sound server; apt install pulseaudio pulseaudio-utils libasound2-plugins"),
    .enabled(if: (try? SoundDevice.all()) != nil, "no PortAudio; apt install libportaudio2"))
struct ConversationTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    private func question(_ text: String, _ name: String) async throws -> URL {
        let file = file(name)
        try WaveFile(samples: try await SpokenFixture.say(text), sampleRate: 16_000).write(to: file)
        return file
    }

    /// Waits until so many turns with words in them are over.
    private func turns(_ count: Int, within seconds: Double = 30) async throws -> [TraceLine] {
        let end = ContinuousClock.now + .seconds(seconds)
        while true {
            let turns = try TraceLine.read(file("trace.jsonl")).filter { !$0.transcript.isEmpty }
            if turns.count >= count || .now > end { return turns }
            try await Task.sleep(for: .milliseconds(20))
        }
    }

    @Test(.timeLimit(.minutes(10))) func aConversationThatOutlivesItsSoundServer() async throws {
        let sum = try await question("What is twelve times seven?", "sum.wav")
        let again = try await question("Could you repeat that?", "again.wav")
        let server = try SoundServer()
        defer { server.stop() }
        let talk = try CommandRun(
            ["talk", "--trace", file("trace.jsonl").path, "--quiet", "0"], environment: server.environment,
            in: folder.url)
        #expect(try await talk.hasSaid("ready after", within: 60), "\(talk.standardOutput)\(talk.standardError)")

        let recorded = file("answer.wav")
        let recordingStart = ContinuousClock.now
        let recording = try server.record(to: recorded)
        // Not when `speak` returns: by then the answer may have begun.
        let questionEnd = (ContinuousClock.now - recordingStart) / .seconds(1) + (try WaveFile(reading: sum).duration)
        try await server.speak(sum)
        let first = try #require(try await turns(1).first, "\(talk.standardOutput)")
        // What is still in the server's buffers.
        try await Task.sleep(for: .milliseconds(500))
        server.stopRecording(recording)
        #expect(first.transcript.contains("12 times 7") || first.transcript.contains("twelve times seven"))
        #expect(first.outcome == "answered" && first.heard.contains("84"))
        try first.checkTimes()
        try await checkAnswer(recorded, after: questionEnd)

        server.kill()
        #expect(try await talk.hasSaid("Waiting for it to come back", within: 20), "\(talk.standardOutput)")
        // A person who plugs it in again is not that quick.
        try await Task.sleep(for: .seconds(3))
        #expect(talk.isRunning)
        try server.start()
        #expect(try await talk.hasSaid("The device is back", within: 20), "\(talk.standardOutput)")
        try await server.speak(again)
        let turns = try await turns(2)
        #expect(turns.count == 2, "\(talk.standardOutput)")
        #expect(turns.last?.heard == first.heard)
        try turns.last?.checkTimes()

        talk.interrupt()
        try await talk.wait()
        #expect(talk.status == 0)
        let lost = talk.standardOutput.split(separator: "\n").filter { $0.contains("Waiting for it to come back") }
        #expect(lost.count == 1, "\(talk.standardOutput)")
        #expect(talk.standardOutput.contains("0 samples of input dropped"))
    }

    /// Our own recogniser understands what came out of the loudspeaker.
    private func checkAnswer(_ recording: URL, after question: Double) async throws {
        let sound = try WaveFile(reading: recording)
        let first = try #require(sound.samples.firstIndex { abs($0) > 0.01 }, "nothing was played")
        let delay = Double(first) / Double(sound.sampleRate) - question
        #expect((0...3).contains(delay), "\(delay) s after the question")
        let run = try CommandRun(["transcribe", "--language", "en", recording.path], in: folder.url)
        try await run.wait()
        #expect(run.standardOutput.contains("84"), "\(run.standardOutput)")
    }
}
