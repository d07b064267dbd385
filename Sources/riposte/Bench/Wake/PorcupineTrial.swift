import Foundation
import RiposteCore
import RiposteListening

/// Porcupine, which gives no score: a moment's score is 1 less the lowest sensitivity at which it is told.
struct PorcupineTrial: WakeTrialEngine {
    static let sensitivities: [Float] = [0.1, 0.3, 0.5, 0.6, 0.7, 0.8, 0.9, 1]

    let name = "porcupine"
    let folder: URL
    var thresholds: [Double] { Self.sensitivities.map { 1 - Double($0) - 0.001 } }

    func label(_ threshold: Double) -> String { String(format: "sensitivity %.1f", 1 - threshold) }

    func knows(_ word: String) -> Bool { PorcupineDetector.words(in: folder).contains(word) }

    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment] {
        var found: [Int: Double] = [:]
        // What the highest does not hear, no other does.
        for sensitivity in Self.sensitivities.reversed() {
            let heard = try await told(word, sound, sensitivity: sensitivity)
            for position in heard { found[position] = 1 - Double(sensitivity) }
            if heard.isEmpty { break }
        }
        return found.map { WakeMoment(position: $0.key, score: $0.value) }.sorted { $0.position < $1.position }
    }

    func told(_ word: String, _ sound: [Float], sensitivity: Float) async throws -> [Int] {
        var configuration = PorcupineDetector.Configuration()
        configuration.sensitivity = sensitivity
        let detector = try PorcupineDetector(folder: folder, words: [word], configuration: configuration)
        let frame = AudioFrame(samples: sound, sampleRate: 16_000, position: 0)
        return try await detector.detect(in: frame).map(\.position)
    }
}
