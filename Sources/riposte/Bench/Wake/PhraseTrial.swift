import Foundation
import RiposteCore
import RiposteListening
import Synchronization

/// The typed phrase.
struct PhraseTrial: WakeTrialEngine {
    let name = "phrase"
    let listener: PhraseListener
    let voiceActivity: any WindowScorer
    let thresholds = [0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.67, 0.8, 0.87, 0.9, 0.95]

    private let last = LastSound()

    init(listener: PhraseListener, voiceActivity: any WindowScorer) {
        self.listener = listener
        self.voiceActivity = voiceActivity
    }

    func label(_ threshold: Double) -> String { String(format: "threshold %.2f", threshold) }

    func knows(_ word: String) -> Bool { listener.phrases.contains(word) }

    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment] {
        guard let index = listener.phrases.firstIndex(of: word) else { return [] }
        return try await looks(in: sound).map { look in
            var moment = WakeMoment(position: min(sound.count, look.window.upperBound), score: look.scores[index])
            moment.text = look.text
            moment.likelihood = look.likelihoods[index]
            moment.similarity = look.similarities[index]
            moment.confidence = look.confidence
            moment.confirmation = look.confirmations?[index]
            return moment
        }
    }

    /// All phrases are looked for at once: a sound that is heard for the next word has been heard already.
    private func looks(in sound: [Float]) async throws -> [PhraseDetector.Look] {
        if let known = last.looks(in: sound) { return known }
        let looks = Looks()
        var configuration = PhraseDetector.Configuration()
        // Nothing is told, so that everything is looked at.
        configuration.threshold = 2
        configuration.ambience = nil
        let detector = PhraseDetector(listener, voiceActivity: voiceActivity, configuration: configuration) {
            looks.add($0)
        }
        _ = try await detector.detect(in: AudioFrame(samples: sound, sampleRate: 16_000, position: 0))
        _ = try await detector.finish()
        last.remember(looks.all, of: sound)
        return looks.all
    }

    private final class LastSound: Sendable {
        private let state = Mutex<(sound: [Float], looks: [PhraseDetector.Look])>(([], []))

        func looks(in sound: [Float]) -> [PhraseDetector.Look]? {
            state.withLock { !$0.sound.isEmpty && $0.sound == sound ? $0.looks : nil }
        }

        func remember(_ looks: [PhraseDetector.Look], of sound: [Float]) {
            state.withLock { $0 = (sound, looks) }
        }
    }

    private final class Looks: Sendable {
        private let looks = Mutex<[PhraseDetector.Look]>([])

        var all: [PhraseDetector.Look] { looks.withLock { $0 } }

        func add(_ look: PhraseDetector.Look) { looks.withLock { $0.append(look) } }
    }
}
