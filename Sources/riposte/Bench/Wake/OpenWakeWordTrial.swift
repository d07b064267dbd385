import Foundation
import RiposteListening

/// openWakeWord: a score every 80 ms.
struct OpenWakeWordTrial: WakeTrialEngine {
    let name = "openwakeword"
    let folder: URL
    let thresholds = [0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9]

    func label(_ threshold: Double) -> String { String(format: "threshold %.2f", threshold) }

    func knows(_ word: String) -> Bool { OpenWakeWordDetector.words(in: folder).contains(word) }

    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment] {
        // A second of silence after it, as the project's own package has it.
        let padded = sound + [Float](repeating: 0, count: 16_000)
        let detector = try await Self.detectors.detector(word, folder)
        return try await detector.scores(of: padded).enumerated().map { index, scores in
            WakeMoment(position: min(sound.count, (index + 1) * 1_280), score: Double(scores[0]))
        }.filter { $0.score >= 0.01 }
    }

    private static let detectors = Detectors()

    /// Detectors are slow to load: one for each word.
    private actor Detectors {
        private var known: [String: OpenWakeWordDetector] = [:]

        func detector(_ word: String, _ folder: URL) throws -> OpenWakeWordDetector {
            if let detector = known[word] { return detector }
            let detector = try OpenWakeWordDetector(folder: folder, words: [word])
            known[word] = detector
            return detector
        }
    }
}
