import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteListening

// Needs the model and recordings: `riposte models fetch moonshine-tiny`, RIPOSTE_RECORDINGS.
@Suite(
    .enabled(if: PreparedModels.folder(of: "moonshine-tiny") != nil, "no moonshine-tiny"),
    .enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
struct MoonshineTranscriberTests {
    static let tiny = MoonshineTranscriber(
        folder: PreparedModels.folder(of: "moonshine-tiny") ?? URL(fileURLWithPath: "/"))

    private func samples(_ index: Int) throws -> [Float] {
        try WaveFile(reading: TestResources.spokenOrders[index]).samples
    }

    @Test func conforms() async throws {
        let folder = try #require(TestResources.recordings)
        let file = folder.appendingPathComponent("commands/089f79a8-6e8f-4a0f-8ef9-32008dc2dad2.wav")
        try await TranscriberConformance.check(
            Self.tiny, speech: try WaveFile(reading: file).samples, words: ["double", "cream"])
    }

    @Test func longSoundIsCutAtQuietPlaces() async throws {
        var long: [Float] = []
        var words: [String] = []
        for index in 0..<6 {
            let samples = try samples(index)
            words += Self.words(try await Self.tiny.transcribe(samples).text)
            long += samples
        }
        #expect(long.count > 40 * 16_000)
        let transcript = try await Self.tiny.transcribe(long)
        let found = Self.words(transcript.text)
        #expect(
            Double(found.difference(from: words).insertions.count) < 0.3 * Double(words.count), "\(transcript.text)")
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    }

    @Test func anotherLanguageOrTaskIsAnError() async throws {
        let language = await #expect(throws: RiposteError.self) {
            _ = try await Self.tiny.transcribe([], .init(language: "de"))
        }
        #expect(language?.code == .badInput && language?.message.contains("“de”") == true)
        var request = TranscriptionRequest()
        request.task = .translate
        let task = await #expect(throws: RiposteError.self) { _ = try await Self.tiny.transcribe([], request) }
        #expect(task?.code == .badInput && task?.message.contains("translate") == true)
    }

    @Test func aDamagedVocabularyIsAnError() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("tokenizer.bin")
        try Data([1, 65, 1, 66, 1, 67, 200]).write(to: file)
        #expect(throws: RiposteError.self) { try MoonshineTokenizer(contentsOf: file) }
        #expect(throws: RiposteError.self) { try MoonshineTokenizer(contentsOf: folder.appendingPathComponent("no")) }
    }
}
