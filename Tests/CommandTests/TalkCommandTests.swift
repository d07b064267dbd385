import Foundation
import RiposteAudio
import RiposteTesting
import Testing

/// `riposte talk` with files, and what it refuses.
@Suite(.enabled(if: SpokenFixture.canConverse, SpokenFixture.hint))
struct TalkCommandTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try WaveKind.pcm16.data([Float](repeating: 0, count: 16_000)).write(to: file("quiet.wav"))
    }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> CommandRun {
        let run = try CommandRun(arguments, environment: environment, in: folder.url)
        try await run.wait()
        return run
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [
            ["--pace", "warp"], ["--duration", "1e300"], ["--duration", "nan"], ["--duration=-1"],
            ["--quiet", "1e300"],
            ["--silence", "5"], ["--rate", "nan"], ["--volume", "7"], ["--low-confidence", "2"],
            ["--model", "nonsense"],
            ["--voice", "nobody at all"], ["--microphone", "1"], ["--nonsense"], ["more"],
        ])
    func nonsenseIsWrongUsage(arguments: [String]) async throws {
        let run = try await run(["talk", "--input", file("quiet.wav").path] + arguments)
        #expect(run.status == 2, "\(run.standardError)")
        #expect(run.standardError.hasPrefix("riposte: "))
        #expect(run.standardOutput.isEmpty)
    }

    @Test(.timeLimit(.minutes(10))) func aLanguageItDoesNotKnowIsSaidAtOnce() async throws {
        let run = try await run(["talk", "--input", file("quiet.wav").path, "--language", "klingon"])
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1)
        #expect(run.standardError.contains("klingon"))
    }

    /// The recording is not written over.
    @Test(.timeLimit(.minutes(10))) func aFileIsOneThingOnly() async throws {
        let (quiet, link) = (file("quiet.wav"), file("link.wav"))
        try FileManager.default.createSymbolicLink(at: link, withDestinationURL: quiet)
        let before = try Data(contentsOf: quiet)
        let new = file("new").path
        for outputs in [
            ["--output", quiet.path], ["--output", link.path], ["--trace", quiet.path],
            ["--output", new, "--trace", new],
        ] {
            let run = try await run(["talk", "--pace", "fast", "--input", quiet.path] + outputs)
            #expect(run.status == 2)
            #expect(run.standardError.contains("must be different files"))
        }
        #expect(try Data(contentsOf: quiet).elementsEqual(before))
    }

    @Test(.timeLimit(.minutes(10)), arguments: ["--output", "--trace"])
    func whatCannotBeWrittenIsSaidAtOnce(option: String) async throws {
        for path in ["/nowhere/at/all", folder.url.path] {
            let run = try await run(["talk", "--pace", "fast", "--input", file("quiet.wav").path, option, path])
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1, "\(run.standardError)")
            #expect(run.standardError.contains("\(path) cannot be written"))
            #expect(run.standardOutput.isEmpty)
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: [["talk"], ["transcribe"], ["demo"], ["doctor"]])
    func withoutModelsItSaysHowToGetThem(command: [String]) async throws {
        try Data("kept".utf8).write(to: file("out.wav"))
        let arguments: [String] =
            switch command[0] {
            case "talk": ["--input", file("quiet.wav").path, "--output", file("out.wav").path]
            case "transcribe": [file("quiet.wav").path]
            case "demo": ["--output", file("out.wav").path]
            default: []
            }
        let run = try await run(command + arguments, ["RIPOSTE_MODELS": file("no models").path])
        #expect(run.status == 3)
        #expect((run.standardError + run.standardOutput).contains("riposte models fetch"))
        // Nothing was begun.
        #expect(try Data(contentsOf: file("out.wav")) == Data("kept".utf8))
    }

    @Test(.timeLimit(.minutes(10))) func doctorIsContent() async throws {
        let run = try await run(["doctor"])
        #expect(run.status == 0)
        #expect(run.standardOutput.contains("✓ ONNX Runtime: 1."))
        #expect(run.standardOutput.contains("Ready: try riposte demo"))
    }

    /// Both files lie on one timeline: the answer is in the output where the trace says.
    @Test(.timeLimit(.minutes(10)), arguments: ["real", "fast"])
    func theAnswerSoundsWhereTheTraceSays(pace: String) async throws {
        let order = try await SpokenFixture.order()
        try WaveKind.pcm16.data(order.samples).write(to: file("in.wav"))
        let run = try await run([
            "talk", "--input", file("in.wav").path, "--output", file("out.wav").path, "--trace",
            file("trace.jsonl").path, "--pace", pace,
        ])
        #expect(run.status == 0, "\(run.standardError)")
        #expect(run.standardError.isEmpty)
        let turn = try #require(try TraceLine.read(file("trace.jsonl")).first)
        try turn.checkTimes()
        let sound = try WaveFile(reading: file("out.wav"), sampleRate: nil)
        let first = try #require(sound.samples.firstIndex { abs($0) > 0.001 })
        // A voice begins softly: what is heard may be a little later than what is played.
        let difference = 1000 * Double(first) / Double(sound.sampleRate) - (try #require(turn.firstSoundMs))
        #expect((-1...100).contains(difference), "\(difference) ms")
        #expect(run.standardOutput.contains("0 samples of input dropped"))
    }

    /// What was said until then is complete.
    @Test(.timeLimit(.minutes(10))) func controlCEndsItCleanly() async throws {
        let order = try await SpokenFixture.order()
        let silence = [Float](repeating: 0, count: 120 * 16_000)
        try WaveKind.pcm16.data(order.samples + silence).write(to: file("in.wav"))
        let talk = try CommandRun(
            [
                "talk", "--input", file("in.wav").path, "--output", file("out.wav").path, "--trace",
                file("trace.jsonl").path,
            ], in: folder.url)
        #expect(try await talk.hasSaid("from your last sound to the first", within: 100))
        talk.interrupt()
        try await talk.wait()
        #expect(talk.status == 0)
        #expect(talk.standardError.isEmpty)
        #expect(try TraceLine.read(file("trace.jsonl")).first?.outcome == "answered")
        let sound = try WaveFile(reading: file("out.wav"))
        #expect(sound.duration > Double(order.samples.count) / 16_000)
        #expect(sound.samples.contains { abs($0) > 0.05 })
    }
}
