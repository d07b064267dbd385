import Foundation
import RiposteListening

/// Plays recorded evidence (`Tools/turns/turn_evidence.py`) through the endpoint detector and the policy, on the sample
/// clock: when would an answer have come, and would it have come too early?
struct TurnSimulation {
    /// One spoken order, as it was said or with a pause put in.
    struct Order: Decodable {
        /// A stretch without voice activity.
        struct Gap: Decodable {
            /// Its first window, and the first one after it.
            var start: Int
            var after: Int
            /// smart-turn's probability with this many windows of the gap heard.
            var smartTurn: [String: Double]
            /// The transcript up to there; nil for gaps too short to ask.
            var text: String?

            /// As it was for the nearest number of windows at which it was asked.
            func soundProbability(windows: Int) -> Double? {
                smartTurn.min { abs((Int($0.key) ?? 0) - windows) < abs((Int($1.key) ?? 0) - windows) }?.value
            }
        }

        var file: String
        /// `plain`, `phrase` (a pause at a phrase boundary), `word` (a pause between any two words).
        var kind: String
        /// The true end of speech, in samples.
        var end: Int
        /// Voice activity of each window: a character for each, "!" for 0 up to "{" for 1.
        var scores: String
        var gaps: [Gap]

        var probabilities: [Float] { scores.utf8.map { Float($0 - 33) / 90 } }
    }

    /// What became of an order.
    struct Outcome {
        /// From the true end of speech to the decision and to the first sound, in seconds.
        var decision: Double
        var latency: Double
        /// Answers started although the speaker went on: seconds of each that were heard; 0: none, it was only prepared.
        var takenBack: [Double] = []
        /// Pauses survived within the order.
        var pauses = 0
        /// The runs of the turn detector it took.
        var detections = 0
    }

    /// How long things take, in seconds.
    struct Pace {
        /// From the pause being noticed to smart-turn's answer, beside the recogniser.
        var sound = 0.1
        /// From the pause being noticed to the transcript.
        var text = 0.2
        /// From the pause being noticed to the first sound of the answer being ready.
        var answer = 0.22
        /// From the decision to the first sound, when the answer is ready.
        var release = 0.025
    }

    static let window = 512

    var policy = EndOfTurnPolicy()
    var pace = Pace()
    var endpoint = EndpointDetector.Configuration()
    /// The turn detector is asked once more in a silence that has to last.
    var looksTwice = true
    /// A fixed silence in the place of the policy.
    var fixedSilence: Double?
    /// Nothing is known from the sound, from the words.
    var ignoresSound = false
    var ignoresText = false
    /// What is assumed of a speaker nobody knows.
    var rhythm = PauseRhythm.Configuration()

    func run(_ order: Order) -> Outcome {
        var detector = EndpointDetector(configuration: endpoint)
        detector.setEndpointSilence(60)
        var outcome = Outcome(decision: 0, latency: 0)
        var rhythm = PauseRhythm(configuration: rhythm)
        var pause: Pause?
        let probabilities = order.probabilities
        // Silence goes on after the recording.
        for index in 0..<(probabilities.count + 120) {
            let probability = index < probabilities.count ? probabilities[index] : 0
            let position = (index + 1) * Self.window
            let now = Double(position) / 16_000
            switch detector.process(probability, window: (index * Self.window)..<position) {
            case .pauseStarted(let end):
                pause = Pause(speechEnd: Double(end) / 16_000, noticed: now, gap: gap(of: order, at: end / Self.window))
                outcome.detections += 1
            case .speechResumed:
                if let ended = pause {
                    outcome.pauses += 1
                    rhythm.wentOn(after: now - ended.speechEnd)
                    if let sound = ended.sound { outcome.takenBack.append(max(0, now - sound)) }
                }
                pause = nil
            default:
                break
            }
            guard var open = pause, open.sound == nil else { continue }
            let silence = now - open.speechEnd
            let needed = required(open, at: now, rhythm: rhythm)
            if looksTwice, open.secondLook == nil, now >= open.noticed + pace.text,
                policy.wantsSecondLook(silence: silence, required: needed)
            {
                open.secondLook = now
                outcome.detections += 1
            }
            pause = open
            if silence >= needed {
                open.decision = now
                open.sound = max(now, open.noticed + pace.answer) + pace.release
                pause = open
            }
        }
        let end = Double(order.end) / 16_000
        outcome.decision = (pause?.decision ?? .infinity) - end
        outcome.latency = (pause?.sound ?? .infinity) - end
        return outcome
    }

    /// The silence under way.
    private struct Pause {
        var speechEnd: Double
        var noticed: Double
        var gap: (gap: Order.Gap, tail: Int)?
        var secondLook: Double?
        var decision: Double?
        var sound: Double?
    }

    private func gap(of order: Order, at window: Int) -> (gap: Order.Gap, tail: Int)? {
        let noticed = window + Int((endpoint.minimumPause / 0.032).rounded())
        guard let gap = order.gaps.last(where: { $0.start <= noticed && noticed <= $0.after + 8 }) else { return nil }
        return (gap, noticed - gap.start)
    }

    private func required(_ pause: Pause, at now: Double, rhythm: PauseRhythm) -> Double {
        if let fixedSilence { return fixedSilence }
        var evidence = EndOfTurnPolicy.Evidence(rhythm: rhythm)
        if let (gap, tail) = pause.gap {
            if !ignoresSound, now >= pause.noticed + pace.sound {
                evidence.soundProbability = gap.soundProbability(windows: tail)
            }
            if !ignoresSound, let asked = pause.secondLook, now >= asked + pace.sound {
                evidence.soundProbability = gap.soundProbability(windows: 8)
            }
            if !ignoresText, now >= pause.noticed + pace.text, let text = gap.text { evidence.text = .init(text) }
        }
        return policy.requiredSilence(evidence)
    }
}
