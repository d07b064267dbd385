import Foundation
import RiposteAudio
import RiposteInference
import Testing

@testable import riposte

/// The command, with another node that listens and speaks for it.
@Suite(
    .enabled(if: StandIn.python != nil, StandIn.hint),
    .enabled(
        if: ["onnxruntime", "silero-vad", "whisper-base", "hibari", "piper-joe"].allSatisfy {
            ModelsCommand.store.status(of: $0) == .ready
        }, "needs the models: riposte models fetch"),
    .serialized, .timeLimit(.minutes(10)))
final class WyomingTalkTests {
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "riposte-node-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func path(_ name: String) -> String { folder.appending(path: name).path }

    /// - Returns: what it says of trouble.
    private func run(_ arguments: [String]) async throws -> String {
        let process = Process()
        let executable = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        process.executableURL = executable?.appending(path: "riposte")
        process.arguments = arguments
        for name in ["errors", "said"] { try Data().write(to: URL(filePath: path(name))) }
        process.standardError = FileHandle(forWritingAtPath: path("errors"))
        process.standardOutput = FileHandle(forWritingAtPath: path("said"))
        process.standardInput = FileHandle.nullDevice
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(50)) }
        let errors = try String(contentsOfFile: path("errors"), encoding: .utf8)
        #expect(process.terminationStatus == 0, "\(errors)")
        return errors
    }

    /// - Returns: the first line of the trace.
    private func talk(_ node: StandIn) async throws -> [String: Any] {
        _ = try await run(["say", "--voice", "joe", "What is twelve times seven?", "-o", path("question.wav")])
        let question = try WaveFile(reading: folder.appending(path: "question.wav")).samples
        let quiet = [Float](repeating: 0, count: 16_000)
        try WaveFile(samples: quiet + question + quiet + quiet + quiet, sampleRate: 16_000)
            .write(to: folder.appending(path: "input.wav"))
        let address = "wyoming://127.0.0.1:\(node.port)"
        _ = try await run([
            "talk", "--input", path("input.wav"), "--output", path("output.wav"), "--trace", path("trace"), "--stt",
            address, "--tts", address, "--cloud-voice", "high", "--cloud-deadline", "20",
        ])
        let trace = try String(contentsOfFile: path("trace"), encoding: .utf8)
        let line = try #require(trace.split(separator: "\n").first)
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    @Test func hearsAndSpeaksWithTheNode() async throws {
        let node = try StandIn("wyoming_node.py", ["text": "What is twelve times seven?"])
        let turn = try await talk(node)
        #expect(turn["outcome"] as? String == "answered")
        #expect((turn["heard"] as? String)?.contains("84") == true)
        let cloud = try #require(turn["cloud"] as? [String: Any])
        #expect(cloud["transcriber"] as? String == "wyoming-speech")
        #expect(cloud["voices"] as? [String] == ["wyoming-voice"])
        // The way of the first sound: from the node to the file in the loudspeaker's place.
        let speech = try #require(cloud["speech"] as? [String: Any])
        #expect(speech["engine"] as? String == "wyoming-voice")
        #expect((speech["handOverMs"] as? Double).map { $0 >= 0 } == true)
        #expect(try await node.entries("text").contains { ($0["text"] as? String)?.contains("84") == true })
        _ = try await run(["doctor", "--stt", "wyoming://127.0.0.1:\(node.port)"])
        #expect(try String(contentsOfFile: path("said"), encoding: .utf8).contains("it answers"))
        node.end()
    }

    /// The power of the other machine is cut in the middle of what is said: the answer still comes.
    @Test func answersWhenTheNodeIsKilledInTheMiddle() async throws {
        let node = try StandIn("wyoming_node.py", ["die_at": 32_000])
        let turn = try await talk(node)
        #expect(try await !node.entries("died").isEmpty)
        #expect(turn["outcome"] as? String == "answered")
        #expect((turn["heard"] as? String)?.contains("84") == true)
        let cloud = try #require(turn["cloud"] as? [String: Any])
        #expect(cloud["transcriber"] as? String == "whisper-base")
        let services = try #require(cloud["services"] as? [[String: Any]])
        #expect(services.contains { ($0["failures"] as? [String])?.isEmpty == false })
    }
}
