import RiposteCore
import RiposteListening
import Synchronization

/// The typed phrase as it is listened for without options: what the detector really tells.
struct PhraseDefaultTrial: WakeTrialEngine {
    let name = "phrase, default"
    let listener: PhraseListener
    let voiceActivity: any WindowScorer
    /// What is told is told; there is nothing to choose.
    let thresholds = [0.0]

    private let last: LastSound

    init(listener: PhraseListener, voiceActivity: any WindowScorer) {
        self.listener = listener
        self.voiceActivity = voiceActivity
        last = LastSound()
    }

    func label(_ threshold: Double) -> String { "as it ships" }

    func knows(_ word: String) -> Bool { listener.phrases.contains(word) }

    func moments(of word: String, in sound: [Float]) async throws -> [WakeMoment] {
        try await told(in: sound).filter { $0.word == word }
            .map { WakeMoment(position: $0.position, score: $0.score) }
    }

    /// All phrases are listened for at once: a sound that is heard for the next word has been heard already.
    private func told(in sound: [Float]) async throws -> [WakeWordDetection] {
        if let known = last.told(in: sound) { return known }
        let detector = PhraseDetector(listener, voiceActivity: voiceActivity)
        var told = try await detector.detect(in: AudioFrame(samples: sound, sampleRate: 16_000, position: 0))
        told += try await detector.finish()
        last.remember(told, of: sound)
        return told
    }

    private final class LastSound: Sendable {
        private let state = Mutex<(sound: [Float], told: [WakeWordDetection])>(([], []))

        func told(in sound: [Float]) -> [WakeWordDetection]? {
            state.withLock { !$0.sound.isEmpty && $0.sound == sound ? $0.told : nil }
        }

        func remember(_ told: [WakeWordDetection], of sound: [Float]) { state.withLock { $0 = (sound, told) } }
    }
}
