import Foundation
import RiposteAudio
import RiposteInference
import Testing

@testable import riposte

/// `riposte say` and `riposte voices`, run as processes.
@Suite(.enabled(if: CommandRun.executable != nil, "needs the command; swift build makes it"))
struct SayCommandTests {
    private let folder = try? TemporaryFolder()

    private static var canSpeak: Bool {
        let store = ModelsCommand.store
        return ["onnxruntime", "hibari"].allSatisfy { store.status(of: $0) == .ready }
    }

    private func run(_ arguments: [String], _ environment: [String: String] = [:]) async throws -> CommandRun {
        let run = try CommandRun(arguments, environment: environment, in: try #require(folder).url)
        try await run.wait()
        return run
    }

    @Test(arguments: [
        ["say", "--rate", "20", "Hello"], ["say", "--volume", "2", "Hello"], ["say", "--rate", "fast", "Hello"],
        ["say", "--voice", "nobody at all", "Hello"], ["voices", "--nonsense"],
    ])
    func wrongUsageIsCode2(arguments: [String]) async throws {
        let run = try await run(arguments)
        #expect(run.status == 2)
        #expect(run.standardError.hasPrefix("riposte: "))
        #expect(run.standardOutput.isEmpty)
    }

    @Test(arguments: ["heart", "joe"]) func missingModelIsCode3(voice: String) async throws {
        let path = try #require(folder).url.path
        let run = try await run(["say", "--voice", voice, "Hello", "-o", path + "/x.wav"], ["RIPOSTE_MODELS": path])
        #expect(run.status == 3)
        #expect(run.standardError.contains("riposte models fetch"))
        #expect(!FileManager.default.fileExists(atPath: path + "/x.wav"))
    }

    @Test func listsVoices() async throws {
        let path = try #require(folder).url.path
        let json = try await run(["voices", "--json", "--language", "en-US"], ["RIPOSTE_MODELS": path])
        #expect(json.status == 0)
        let rows = try #require(
            try JSONSerialization.jsonObject(with: Data(json.standardOutput.utf8)) as? [[String: Any]])
        #expect(rows.first?["name"] as? String == "heart")
        #expect(rows.first?["default"] as? Bool == true)
        #expect(rows.first?["missing"] as? [String] == ["hibari"])
        #expect(rows.first?["licence"] as? String == "Apache-2.0")
        #expect(
            rows.allSatisfy { $0["language"] as? String == "en-US" || "\($0["language"] ?? "")".hasPrefix("en-US-") })
        let table = try await run(["voices"], ["RIPOSTE_MODELS": path])
        #expect(table.standardOutput.contains("heart (default)"))
        #expect(table.standardOutput.contains("riposte models fetch piper-joe hibari"))
    }

    @Test(
        .enabled(if: Self.canSpeak, "needs models; get them with: riposte models fetch onnxruntime hibari"),
        .timeLimit(.minutes(10)))
    func writesAFile() async throws {
        let file = try #require(folder).url.appending(path: "hello.wav")
        let run = try await run(["say", "Hello", "there.", "--rate", "200", "--volume", "1", "-o", file.path])
        #expect(run.status == 0, "\(run.standardError)")
        let wave = try WaveFile(reading: file, sampleRate: nil)
        #expect(wave.sampleRate == 24_000)
        #expect((0.3...2).contains(wave.duration))
        #expect((wave.samples.map(abs).max() ?? 0) > 0.1)
    }

    @Test(
        .enabled(if: Self.canSpeak, "needs models; get them with: riposte models fetch onnxruntime hibari"),
        .timeLimit(.minutes(10)))
    func unwritableFileIsCode1() async throws {
        let run = try await run(["say", "Hello.", "-o", "/nowhere/at/all.wav"])
        #expect(run.status == 1)
        #expect(run.standardError.contains("/nowhere/at/all.wav"))
    }

    @Test(
        .enabled(if: Self.canSpeak, "needs models; get them with: riposte models fetch onnxruntime hibari"),
        .timeLimit(.minutes(10)))
    func speaksMarkup() async throws {
        let file = try #require(folder).url.appending(path: "marked.wav")
        let run = try await run([
            "say", "<speak>Hello.<break time='1s'/><mark name='here'/>Hello.</speak>", "--marks", "-o", file.path,
            "--sample-rate", "16000",
        ])
        #expect(run.status == 0, "\(run.standardError)")
        let place = run.standardOutput.split(whereSeparator: \.isNewline).first?.split(separator: " ")
        #expect(place?.first == "here" && (1200...2500).contains(Int(place?.last ?? "") ?? 0))
        let wave = try WaveFile(reading: file, sampleRate: nil)
        #expect(wave.sampleRate == 16_000)
        #expect((1.8...4).contains(wave.duration))
        let broken = try await self.run(["say", "<speak>Hello.\n <pause/></speak>", "-o", file.path])
        #expect(broken.status != 0)
        #expect(broken.standardError.contains("line 2, column 2"))
    }

    @Test(
        .enabled(if: Self.canSpeak, "needs models; get them with: riposte models fetch onnxruntime hibari"),
        .timeLimit(.minutes(10)))
    func writesOtherForms() async throws {
        let folder = try #require(folder).url
        let dictionary = folder.appending(path: "words.txt")
        try Data("hello = good morning everybody\n".utf8).write(to: dictionary)
        let (raw, long) = (folder.appending(path: "a.raw"), folder.appending(path: "b.raw"))
        #expect(try await run(["say", "Hello.", "-o", raw.path]).status == 0)
        #expect(try await run(["say", "Hello.", "-o", long.path, "--dictionary", dictionary.path]).status == 0)
        let sizes = try [raw, long].map { try Data(contentsOf: $0).count }
        #expect(sizes[0] > 10_000 && sizes[0] % 2 == 0 && sizes[1] > sizes[0] * 3 / 2, "\(sizes)")
        if OpusLibrary.version != nil {
            let opus = folder.appending(path: "c.opus")
            #expect(try await run(["say", "Hello.", "-o", opus.path]).status == 0)
            let bytes = try Data(contentsOf: opus)
            #expect(bytes.starts(with: Array("OggS".utf8)) && bytes.count < sizes[0] / 3)
        }
    }

    /// Blocks of bytes may end within a character.
    @Test func textIsDecodedAcrossBlocks() {
        let text = "Zoë says “hi” 😊 in Köln."
        for size in 1...7 {
            var decoder = TextDecoder()
            var rest = Data(text.utf8)
            var decoded = ""
            while !rest.isEmpty {
                let piece = decoder.decode(rest.prefix(size))
                #expect(!piece.contains("\u{FFFD}"))
                decoded += piece
                rest = Data(rest.dropFirst(size))
            }
            #expect(decoded + decoder.finish() == text)
        }
        var broken = TextDecoder()
        #expect(broken.decode(Data([0x41, 0xE2, 0x82])) == "A")
        #expect(broken.finish() == "\u{FFFD}")
    }
}
