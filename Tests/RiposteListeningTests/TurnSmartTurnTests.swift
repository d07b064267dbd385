import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteListening

/// Reference values are those of the network's own feature extractor in NumPy (`Tools/reference/smart_turn.py`).
// Needs the model: `riposte models fetch smart-turn`.
@Suite(.enabled(if: PreparedModels.folder(of: "smart-turn") != nil, "no smart-turn model"))
struct TurnSmartTurnTests {
    struct Reference: Decodable {
        var file: String
        var count: Int
        var probability: Double
        /// How far the probability moves when the features move by a millionth: the network computes in 8 bits.
        var spread: Double
        /// Of all features.
        var mean: Double
        var features: [[Float]]
    }

    private func detector() throws -> SmartTurnDetector {
        SmartTurnDetector(folder: try #require(PreparedModels.folder(of: "smart-turn")))
    }

    // Needs the recordings of spoken orders.
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func equalsReference() async throws {
        let references = try Fixture.decode([Reference].self, from: "smart-turn.json")
        #expect(references.count == 30)
        let folder = try #require(TestResources.recordings).appendingPathComponent("commands")
        let detector = try detector()
        var differences: [Double] = []
        for reference in references {
            let recording = try WaveFile(reading: folder.appendingPathComponent(reference.file)).samples
            let samples = recording.prefix(reference.count)
            let values = SmartTurnFeatures().values(of: samples)
            for (index, expected) in reference.features.enumerated() {
                let found = [0, 1, 40, 79].map { values[$0 * 800 + index * 97] }
                let worst = zip(found, expected).map { abs($0 - $1) }.max() ?? 1
                #expect(worst < 1e-3, "\(reference.file) \(reference.count), frame \(index * 97): \(worst)")
            }
            let mean = values.reduce(0) { $0 + Double($1) } / Double(values.count)
            #expect(abs(mean - reference.mean) < 1e-4, "\(reference.file) \(reference.count)")
            let probability = try await detector.endOfTurnProbability(audio: samples, transcript: "")
            let difference = abs(probability - reference.probability)
            differences.append(difference)
            let allowed = 5e-3 + 2 * reference.spread
            #expect(difference < allowed, "\(reference.file) \(reference.count): \(difference)")
        }
        #expect(differences.sorted()[differences.count / 2] < 1e-3)
    }

    @Test func loudnessAndPositionInTheArrayDoNotMatter() throws {
        let sound = SeededSound.hissAndTones(count: 40_000)
        let first = SmartTurnFeatures().values(of: sound[...])
        let louder = ([0.5, 0.5] + sound.map { $0 * 2 }).dropFirst(2)
        let second = SmartTurnFeatures().values(of: louder)
        #expect(zip(first, second).allSatisfy { abs($0 - $1) < 1e-3 })
    }

    @Test func onlyTheLastEightSecondsCount() async throws {
        let detector = try detector()
        let sound = SeededSound.hissAndTones(count: 200_000)
        let whole = try await detector.endOfTurnProbability(audio: sound[...], transcript: "")
        let part = try await detector.endOfTurnProbability(audio: sound.suffix(128_000), transcript: "")
        #expect(whole == part)
    }

    @Test func soundOfAnyLengthIsTaken() async throws {
        let detector = try detector()
        for count in [0, 1, 159, 400, 127_999, 128_000] {
            let sound = SeededSound.hissAndTones(count: count)
            #expect(SmartTurnFeatures().values(of: sound[...]).count == 64_000)
            let probability = try await detector.endOfTurnProbability(audio: sound[...], transcript: "")
            #expect((0...1).contains(probability), "\(count) samples")
        }
    }

    @Test func aCancelledRunIsAnError() async throws {
        let detector = try detector()
        try await detector.load()
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return try await detector.endOfTurnProbability(audio: [0.1, 0.2], transcript: "")
        }
        let error = await #expect(throws: RiposteError.self) { try await task.value }
        #expect(error?.code == .cancelled)
        // And the next run works.
        #expect(try await detector.endOfTurnProbability(audio: [0.1, 0.2], transcript: "") >= 0)
    }

    @Test func aFolderWithoutTheModelNamesTheCommand() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = await #expect(throws: RiposteError.self) { try await SmartTurnDetector(folder: folder).load() }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("riposte models fetch smart-turn") == true)
    }
}
