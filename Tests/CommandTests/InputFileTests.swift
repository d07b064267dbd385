import Foundation
import RiposteTesting
import Testing

/// What is given to `transcribe` and `talk` for a recording: each kind works, or is refused in one clear line.
@Suite(.enabled(if: SpokenFixture.canConverse, SpokenFixture.hint))
struct InputFileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func file(_ name: String) -> URL { folder.url.appending(path: name) }

    private func run(_ arguments: [String]) async throws -> CommandRun {
        let run = try CommandRun(arguments, in: folder.url)
        try await run.wait()
        return run
    }

    @Test(.timeLimit(.minutes(10))) func everyKindOfWaveIsTranscribed() async throws {
        let order = try await SpokenFixture.order()
        let files = try WaveKind.allCases.map { kind in
            let file = file("\(kind).wav")
            try kind.data(order.samples).write(to: file)
            return file
        }
        let run = try await run(["transcribe", "--language", "en"] + files.map(\.path))
        #expect(run.status == 0)
        let lines = run.standardOutput.split(separator: "\n")
        #expect(lines.count == files.count)
        for (line, file) in zip(lines, files) {
            #expect(line.lowercased().contains(order.word), "\(file.lastPathComponent): \(line)")
        }
        // Of the truncated one it says so; its words are there all the same.
        #expect(run.errorLines.count == 1, "\(run.standardError)")
        #expect(run.standardError.contains("truncated.wav is shorter than its header says"))
    }

    @Test(.timeLimit(.minutes(10)), arguments: WaveKind.allCases)
    func everyKindOfWaveIsAnswered(kind: WaveKind) async throws {
        let order = try await SpokenFixture.order()
        try kind.data(order.samples).write(to: file("in.wav"))
        let run = try await run([
            "talk", "--input", file("in.wav").path, "--output", file("out.wav").path, "--trace",
            file("trace.jsonl").path, "--pace", "fast",
        ])
        #expect(run.status == 0, "\(run.standardError)")
        let turn = try #require(try TraceLine.read(file("trace.jsonl")).first)
        #expect(turn.transcript.lowercased().contains(order.word), "\(turn.transcript)")
        #expect(["answered", "reprompted"].contains(turn.outcome) && !turn.heard.isEmpty)
        try turn.checkTimes()
        #expect(run.errorLines.count == (kind == .truncated ? 1 : 0), "\(run.standardError)")
    }

    enum Unusable: String, CaseIterable {
        case empty, halfAHeader, folder, picture, missing, text

        func make(at file: URL) throws {
            switch self {
            case .empty: try Data().write(to: file)
            case .halfAHeader: try WaveKind.pcm16.data([0, 0, 0]).prefix(30).write(to: file)
            case .folder: try FileManager.default.createDirectory(at: file, withIntermediateDirectories: true)
            case .picture:
                try (Data([0xFF, 0xD8, 0xFF, 0xE0, 0, 16]) + Data("JFIF\0".utf8) + Data(repeating: 7, count: 5000))
                    .write(to: file)
            case .missing: break
            case .text: try Data(String(repeating: "This is a letter.\n", count: 100).utf8).write(to: file)
            }
        }
    }

    @Test(.timeLimit(.minutes(10)), arguments: Unusable.allCases)
    func whatIsNoSoundIsRefusedInOneLine(kind: Unusable) async throws {
        let input = file("\(kind).wav")
        try kind.make(at: input)
        let outputs = ["--output", file("out.wav").path, "--trace", file("trace.jsonl").path]
        for arguments in [["transcribe", input.path], ["talk", "--input", input.path, "--pace", "fast"] + outputs] {
            let run = try await run(arguments)
            #expect(run.status == 1)
            #expect(run.errorLines.count == 1, "\(run.standardError)")
            #expect(run.standardError.hasPrefix("riposte: "))
            #expect(run.standardError.contains(input.lastPathComponent), "\(run.standardError)")
            #expect(run.standardOutput.isEmpty)
        }
        #expect(!FileManager.default.fileExists(atPath: file("out.wav").path))
    }

    /// The others are transcribed all the same.
    @Test(.timeLimit(.minutes(10))) func oneBadFileOfSeveral() async throws {
        let order = try await SpokenFixture.order()
        try WaveKind.pcm16.data(order.samples).write(to: file("good.wav"))
        let run = try await run(["transcribe", file("missing.wav").path, file("good.wav").path])
        #expect(run.status == 1)
        #expect(run.errorLines.count == 1)
        #expect(run.standardOutput.lowercased().contains(order.word))
    }

    /// Half of it was heard when the rest goes away: what was heard is answered, and the command ends.
    @Test(.timeLimit(.minutes(10)), arguments: ["shrinks", "vanishes"])
    func aFileThatGoesAwayWhileItIsHeard(how: String) async throws {
        let order = try await SpokenFixture.order()
        let input = file("in.wav")
        let silence = [Float](repeating: 0, count: 16_000)
        try WaveKind.pcm16.data(order.samples + silence + order.samples).write(to: input)
        let talk = try CommandRun(
            ["talk", "--input", input.path, "--trace", file("trace.jsonl").path], in: folder.url)
        #expect(try await talk.hasSaid("ready after", within: 60))
        try await Task.sleep(for: .milliseconds(500))
        if how == "shrinks" {
            let handle = try FileHandle(forWritingTo: input)
            try handle.truncate(atOffset: UInt64(44 + 2 * order.samples.count))
        } else {
            try FileManager.default.removeItem(at: input)
        }
        try await talk.wait()
        #expect(talk.status == 0)
        let turns = try TraceLine.read(file("trace.jsonl"))
        #expect(turns.first?.transcript.lowercased().contains(order.word) == true, "\(turns)")
        // An open file that was removed can still be read to its end.
        let expected = how == "shrinks" ? 1 : 0
        #expect(talk.errorLines.count == expected, "\(talk.standardError)")
        #expect(talk.standardError.contains("shorter than its header says") == (expected == 1))
    }

    /// The header of a pipe may not know how long it is, and its writer may die.
    @Test(.timeLimit(.minutes(10)), arguments: ["unknown length", "dies"])
    func aPipe(how: String) async throws {
        let order = try await SpokenFixture.order()
        let pipe = file("in.wav")
        #expect(mkfifo(pipe.path, 0o600) == 0)
        let talk = try CommandRun(
            ["talk", "--input", pipe.path, "--trace", file("trace.jsonl").path, "--pace", "fast"], in: folder.url)
        var data = (how == "dies" ? WaveKind.truncated : .pcm16).data(order.samples)
        if how == "unknown length" { data.replaceSubrange(40..<44, with: [0xFF, 0xFF, 0xFF, 0xFF]) }
        let sound = data
        // Opening it waits for the command to read.
        let writer = Task.detached {
            let handle = try FileHandle(forWritingTo: pipe)
            try handle.write(contentsOf: sound)
            try handle.close()
        }
        try await talk.wait()
        try await writer.value
        #expect(talk.status == 0, "\(talk.standardError)")
        let turn = try #require(try TraceLine.read(file("trace.jsonl")).first)
        #expect(turn.transcript.lowercased().contains(order.word), "\(turn.transcript)")
        #expect(talk.errorLines.count == (how == "dies" ? 1 : 0), "\(talk.standardError)")
    }
}
