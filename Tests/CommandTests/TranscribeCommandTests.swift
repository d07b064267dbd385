import Foundation
import RiposteAudio
import RiposteTesting
import Testing

// Skipped if the command was not built beside the tests.
@Suite(.enabled(if: CommandRun.executable != nil, "the command riposte was not built"))
struct TranscribeCommandTests {
    /// Whether the user's store has what the tests below transcribe with.
    static let hasModels: Bool = {
        let environment = ProcessInfo.processInfo.environment
        let root = environment["RIPOSTE_MODELS"] ?? (environment["HOME"] ?? "") + "/.cache/riposte"
        return ["silero-vad", "whisper-tiny.en"].allSatisfy {
            FileManager.default.fileExists(atPath: "\(root)/\($0)/receipt.json")
        }
    }()

    private struct Line: Decodable {
        struct Segment: Decodable {
            struct Word: Decodable {
                var word: String
                var start: Double
                var end: Double
                var confidence: Double
            }
            var start: Double
            var end: Double
            var text: String
            var words: [Word]
        }
        var file: String
        var text: String
        var language: String
        var confidence: Double
        var durationSeconds: Double
        var elapsedSeconds: Double
        var segments: [Segment]
    }

    private func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        let folder = try TemporaryFolder()
        let run = try CommandRun(["transcribe"] + arguments, environment: environment, in: folder.url)
        try await run.wait()
        return (run.status, run.standardOutput, run.standardError)
    }

    private func orders(_ count: Int) -> [String] { TestResources.spokenOrders.prefix(count).map(\.path) }

    @Test func aMissingModelIsNamedWithTheCommandThatGetsIt() async throws {
        let folder = try TemporaryFolder()
        let result = try await run(["x.wav"], environment: ["RIPOSTE_MODELS": folder.url.path])
        #expect(result.status == 3)
        #expect(result.errors.contains("riposte models fetch silero-vad"))
        #expect(result.output.isEmpty)
    }

    @Test(arguments: [[], ["--format", "doc", "x.wav"], ["--nothing", "x.wav"]])
    func wrongUsageIsTold(arguments: [String]) async throws {
        let result = try await run(arguments)
        #expect(result.status == 2)
        #expect(!result.errors.isEmpty && result.output.isEmpty)
    }

    // Needs models and recordings: `riposte models fetch`, RIPOSTE_RECORDINGS.
    @Suite(
        .enabled(if: hasModels, "no models in the store"),
        .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    struct WithModels {
        private let tests = TranscribeCommandTests()
        private let model = ["--model", "whisper-tiny.en"]

        @Test func writesALineOfTextForEachFileAndGoesOnAfterABadOne() async throws {
            let folder = try TemporaryFolder()
            let bad = folder.url.appending(path: "bad.wav")
            try Data("no sound".utf8).write(to: bad)
            let files = tests.orders(2)
            let result = try await tests.run(model + [files[0], bad.path, "/nowhere/x.wav", files[1]])
            #expect(result.status == 1)
            let lines = result.output.split(separator: "\n")
            #expect(lines.count == 2)
            #expect(lines.allSatisfy { $0.lowercased().contains("can i") })
            let errors = result.errors.split(separator: "\n")
            #expect(errors.count == 2, "\(result.errors)")
            #expect(errors.first?.contains("bad.wav") == true && errors.last?.contains("/nowhere/x.wav") == true)
        }

        @Test func jsonHasTheKeysProgramsRead() async throws {
            let files = tests.orders(2)
            let result = try await tests.run(model + ["--format", "json", "--language", "en"] + files)
            #expect(result.status == 0, "\(result.errors)")
            let lines = try result.output.split(separator: "\n").map {
                try JSONDecoder().decode(Line.self, from: Data($0.utf8))
            }
            #expect(lines.map(\.file) == files)
            for line in lines {
                #expect(line.language == "en" && (0...1).contains(line.confidence))
                #expect(line.durationSeconds > 5 && line.elapsedSeconds > 0)
                #expect(line.text == line.segments.map(\.text).joined(separator: " "))
                for segment in line.segments {
                    #expect(segment.start < segment.end && segment.end <= line.durationSeconds)
                    #expect(segment.words.map(\.word).joined(separator: " ") == segment.text)
                    for word in segment.words {
                        #expect(word.start >= segment.start && word.end <= segment.end && word.start <= word.end)
                        #expect((0...1).contains(word.confidence))
                    }
                }
            }
        }

        @Test func subtitlesHaveTheirForms() async throws {
            let file = tests.orders(1)
            let srt = try await tests.run(model + ["--format", "srt"] + file).output
            #expect(srt.hasPrefix("1\n00:00:0"))
            #expect(srt.contains(" --> 00:00:0") && srt.contains(","))
            let vtt = try await tests.run(model + ["--format", "vtt"] + file).output
            #expect(vtt.hasPrefix("WEBVTT\n\n00:00:0"))
        }

        @Test func silenceIsAnEmptyLine() async throws {
            let folder = try TemporaryFolder()
            let file = folder.url.appending(path: "silence.wav")
            try WaveFile(samples: [Float](repeating: 0, count: 32_000), sampleRate: 16_000).write(to: file)
            let result = try await tests.run(model + [file.path])
            #expect(result.status == 0 && result.output == "\n")
        }
    }
}
