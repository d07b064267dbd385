import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

/// Reference values are those of the silero-vad package's own model file (`Tools/reference/silero_probabilities.py`).
// Needs the model: `riposte models fetch silero-vad`.
@Suite(.enabled(if: PreparedModels.sileroVAD != nil, "no silero-vad model"))
struct SileroScorerTests {
    struct Reference: Decodable {
        var file: String
        var probabilities: [Float]
    }

    private func scorer() throws -> SileroScorer {
        try SileroScorer(folder: #require(PreparedModels.sileroVAD))
    }

    private func probabilities(_ samples: [Float], _ scorer: inout SileroScorer) throws -> [Float] {
        try (0..<(samples.count / 512)).map { try scorer.score(samples[($0 * 512)..<(($0 + 1) * 512)]) }
    }

    // Needs the recordings of spoken orders.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func equalsReference() throws {
        let references = try Fixture.decode([Reference].self, from: "silero.json")
        #expect(references.count == 5)
        let folder = try #require(TestResources.recordings)
        var scorer = try scorer()
        for reference in references {
            let samples = try WaveFile(reading: folder.appendingPathComponent(reference.file)).samples
            scorer.reset()
            let found = try probabilities(Array(samples.prefix(reference.probabilities.count * 512)), &scorer)
            #expect(found.count == reference.probabilities.count)
            let worst = zip(found, reference.probabilities).map { abs($0 - $1) }.max() ?? 1
            #expect(worst < 1e-3, "\(reference.file): \(worst)")
        }
    }

    @Test func conforms() throws {
        try WindowScorerConformance.check(scorer())
    }

    @Test func silenceIsNoSpeech() throws {
        var scorer = try scorer()
        let found = try probabilities([Float](repeating: 0, count: 512 * 100), &scorer)
        #expect(found.dropFirst(5).allSatisfy { $0 < 0.1 })
    }

    @Test func windowsOfAnotherLengthAreAnError() throws {
        var scorer = try scorer()
        let error = #expect(throws: RiposteError.self) { try scorer.score([Float](repeating: 0, count: 480)[...]) }
        #expect(error?.code == .badInput && error?.stage == .voiceActivity)
    }

    @Test func aFolderWithoutTheModelNamesTheCommand() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = #expect(throws: RiposteError.self) { try SileroScorer(folder: folder) }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("riposte models fetch silero-vad") == true)
    }
}
