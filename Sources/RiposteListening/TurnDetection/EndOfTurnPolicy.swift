import func Foundation.exp
import func Foundation.log
import func Foundation.pow
import enum RiposteCore.Expectation

/// How much silence ends a turn, from all that is known at a pause.
///
/// Two questions are asked. How likely is it that the speaker goes on? That is a sum of log-odds: this speaker's habit,
/// the sound of the end (a `TurnDetector`), the words (``TextCompleteness``), what the dialog expects. And, if they do,
/// when? The longer the silence has lasted, the fewer pauses are that long. The silence required is the shortest after
/// which an answer would be wrong only as often as `tolerance` allows:
///
///     chance to go on │▓▓▓▒▒
///     after a silence │▓▓▓▓▓▒▒▒           ▓ with a complete sentence
///                     │▓▓▓▓▓▓▓▓▒▒▒▒▒▒     ▒ with "and" at the end
///           tolerance ├─────┬──────┬──
///                     └─────┴──────┴──▶ silence
///
/// A pure value. Ask again whenever evidence arrives; nothing that is missing is waited for.
///
/// ```swift
/// var evidence = EndOfTurnPolicy.Evidence()
/// policy.requiredSilence(evidence)  // 0.7: nothing is known
/// evidence.soundProbability = 0.97
/// evidence.text = TextCompleteness("A large latte, please.")
/// policy.requiredSilence(evidence)  // 0.15
/// ```
public struct EndOfTurnPolicy: Sendable, Equatable, Codable {
    /// What is known at a pause. All of it may be missing.
    public struct Evidence: Sendable, Equatable {
        /// A turn detector's probability that the turn is over; nil while it is not there.
        public var soundProbability: Double?
        /// What the words so far say; nil while there is no transcript that reaches up to the pause.
        public var text: TextCompleteness?
        /// How this speaker pauses.
        public var rhythm: PauseRhythm
        /// What the last answer led the speaker to say.
        public var expectation: Expectation

        public init(
            soundProbability: Double? = nil, text: TextCompleteness? = nil, rhythm: PauseRhythm = .init(),
            expectation: Expectation = .anything
        ) {
            self.soundProbability = soundProbability
            self.text = text
            self.rhythm = rhythm
            self.expectation = expectation
        }
    }

    public var configuration: Configuration

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// The silence that ends the turn, in seconds since the last window with speech.
    public func requiredSilence(_ evidence: Evidence) -> Double {
        guard evidence.soundProbability != nil || evidence.text != nil else {
            return configuration.silenceWithoutEvidence
        }
        let adjustment = configuration.adjustment(to: evidence.expectation)
        // Pauses have log-logistic lengths: the share that lasts longer than t is 1 / (1 + (t / median)^shape). Solved
        // for the t at which odds(go on) · share = odds(tolerance).
        let excess = exp(logOddsOfMore(evidence)) / odds(configuration.tolerance) - 1
        let median = min(
            max(evidence.rhythm.medianPause, configuration.medianPauses.lowerBound),
            configuration.medianPauses.upperBound)
        let silence = excess > 0 ? median * adjustment.pace * pow(excess, 1 / configuration.pauseShape) : 0
        let least = max(configuration.leastSilence, adjustment.leastSilence)
        // After words that can be all, nobody is left waiting for long, whatever they sounded like.
        let isWhole = (evidence.text?.logOdds ?? 0) >= configuration.wholeText
        let most = isWhole ? configuration.mostSilenceAfterWholeText * adjustment.pace : configuration.mostSilence
        return max(min(silence, most), least)
    }

    /// Whether to ask the turn detector once more in this pause, with the silence so far. One time is enough, and only
    /// when all other evidence is in.
    /// - Parameters:
    ///   - silence: how long it has lasted, in seconds.
    ///   - required: what `requiredSilence` says now.
    public func wantsSecondLook(silence: Double, required: Double) -> Bool {
        silence >= configuration.secondLook && required - silence >= configuration.worthASecondLook
    }

    /// The probability that the speaker goes on, as seen at the start of the pause.
    public func probabilityOfMore(_ evidence: Evidence) -> Double { 1 / (1 + exp(-logOddsOfMore(evidence))) }

    private func logOddsOfMore(_ evidence: Evidence) -> Double {
        var logOdds = log(min(max(evidence.rhythm.pausesPerTurn, 0.02), 2))
        logOdds += configuration.adjustment(to: evidence.expectation).logOddsOfMore
        if let probability = evidence.soundProbability {
            let bounded = min(max(probability, 0.01), 0.99)
            logOdds -= configuration.soundWeight * (log(odds(bounded)) - configuration.neutralSound)
        } else {
            logOdds += configuration.withoutSound
        }
        if let text = evidence.text {
            logOdds -= configuration.textWeight * text.logOdds
        } else {
            logOdds += configuration.withoutText
        }
        return logOdds
    }

    private func odds(_ probability: Double) -> Double { probability / (1 - probability) }
}
