import Foundation
import RiposteListening

/// Porcupine as `--verify` has it, confirmed by the recognisers.
struct VerifiedTrial: WakeTrialEngine {
    let name = "porcupine, verified"
    let porcupine: PorcupineTrial
    let verifier: PhraseVerifier
    let thresholds = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5]

    func label(_ threshold: Double) -> String { String(format: "threshold %.2f", threshold) }

    func knows(_ word: String) -> Bool { porcupine.knows(word) && verifier.phrases.contains(word) }

    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment] {
        var moments: [WakeMoment] = []
        // As `--verify` has it.
        let sensitivity = verifier.isConfirmed ? PorcupineDetector.Configuration().sensitivity : 1
        for position in try await porcupine.told(word, sound, sensitivity: sensitivity) {
            let first = try await moment(of: word, at: position, in: sound)
            moments.append(first)
            // What is refused is looked at once more, as the detector does.
            let least = VerifiedWakeWordDetector.Configuration(isConfirmed: verifier.isConfirmed).threshold
            guard first.score < least else { continue }
            moments.append(
                try await moment(of: word, at: min(sound.count, position + PhraseVerifier.again), in: sound))
        }
        return moments
    }

    private func moment(of word: String, at position: Int, in sound: [Float]) async throws -> WakeMoment {
        let start = max(0, position - PhraseVerifier.window)
        let look = try await verifier.look(for: word, in: Array(sound[start..<position]))
        var moment = WakeMoment(position: position, score: look.score)
        (moment.text, moment.likelihood) = (look.text, look.likelihood)
        (moment.similarity, moment.confidence) = (look.similarity, look.confidence)
        moment.confirmation = look.confirmation
        return moment
    }
}
