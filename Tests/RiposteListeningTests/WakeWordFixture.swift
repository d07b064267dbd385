import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

/// Where the engines' own packages hear words (`Tools/reference/wake_words.py`), and the recordings they heard them in.
struct WakeWordFixture: Decodable {
    struct Porcupine: Decodable {
        struct Hit: Decodable, Equatable {
            var frame: Int
            var word: String

            init(frame: Int, word: String) { (self.frame, self.word) = (frame, word) }

            init(from decoder: any Decoder) throws {
                var values = try decoder.unkeyedContainer()
                frame = try values.decode(Int.self)
                word = try values.decode(String.self)
            }
        }

        var sensitivity: Float
        var files: [String: [Hit]]
    }

    struct Scores: Decodable {
        var file: String
        var scores: [[Float]]
    }

    var porcupine: [Porcupine]
    var openWakeWord: [Scores]

    static func load() throws -> WakeWordFixture { try Fixture.decode(WakeWordFixture.self, from: "wake-words.json") }

    static var hasRecordings: Bool {
        guard let folder = TestResources.recordings else { return false }
        return FileManager.default.fileExists(atPath: folder.appendingPathComponent("wake").path)
    }

    static func samples(_ name: String) throws -> [Float] {
        let folder = try #require(TestResources.recordings)
        return try WaveFile(reading: folder.appendingPathComponent(name)).samples
    }

    /// Everything a detector hears in a sound, in frames of 1000 samples.
    static func heard(_ samples: [Float], _ detector: some WakeWordDetector) async throws -> [WakeWordDetection] {
        await detector.reset()
        var detections: [WakeWordDetection] = []
        for start in stride(from: 0, to: samples.count, by: 1_000) {
            let part = Array(samples[start..<min(samples.count, start + 1_000)])
            detections += try await detector.detect(
                in: AudioFrame(samples: part, sampleRate: 16_000, position: start))
        }
        return try await detections + detector.finish()
    }
}
