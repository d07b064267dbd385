/// What a voice means that is heard while the assistant speaks: whether it stops it, or whether it goes on.
///
/// A pure value. It is asked again whenever more is known, and says what is to be done now:
///
///     voice begins │ duck      softer at once: the user is heard to be heard
///     0.13 s of it │ hold      silent, but nothing is given up yet
///     a decision   │ interrupt the answer ends here, and what was said begins the next turn
///                  │ resume    it was "mm-hm", a cough, a door: the answer goes on at a word
///
/// ```swift
/// var evidence = InterruptionPolicy.Evidence(voice: 0.3)
/// evidence.words = "Stop"
/// InterruptionPolicy().verdict(evidence)  // .interrupt
/// ```
public struct InterruptionPolicy: Sendable, Equatable, Codable {
    /// What it takes to stop the assistant.
    public enum Mode: Sendable, Equatable, Codable {
        /// Nothing does.
        case off
        /// Duration, level and words together.
        case evidence
        /// So many words, backchannels not counted; "stop" and the like suffice by themselves.
        case words(Int)
        /// So many seconds of voice, whatever is said.
        case duration(Double)
    }

    public struct Configuration: Sendable, Equatable, Codable {
        /// Default `evidence`.
        public var mode = Mode.evidence
        /// How much softer the assistant is while somebody else's voice is being judged, in decibels. Default −15:
        /// half as loud to the ear and half again.
        public var duckedLevel = -15.0
        /// Voice of this length holds the answer, in seconds. Default 0.128, four windows of voice activity: with the
        /// 0.1 s that hearing and stopping take, silence within 0.25 s.
        public var holdAfter = 0.128
        /// Voice of this length is no backchannel, in seconds. Default 0.9.
        public var certainAfter = 0.9
        /// How long after its end a voice's words are waited for, in seconds. Default 1.
        public var patience = 1.0
        /// Voice without known words is a noise when it was shorter than this, in seconds. Default 0.5.
        public var shortestVoice = 0.5
        /// A single word interrupts when it was understood with this confidence: recognisers make words of a hum ("Mama",
        /// "Up"). Default 0.65.
        public var sureWord = 0.65
        /// Or when it has so many letters, which no hum is taken for. Default 6.
        public var longWord = 6
        /// A voice this many decibels softer than the user's does not hold the answer by its length alone. Default 20.
        public var faintBy = 20.0
        /// A voice that exceeds what the echo explains by less than this, in decibels, neither. Default 3.
        public var leastExcess = 3.0

        public init() {}
    }

    /// What is known of a voice that is heard while the assistant speaks.
    public struct Evidence: Sendable, Equatable, Codable {
        /// Voice activity so far, in seconds.
        public var voice: Double
        /// How long it has ended, in seconds; nil while it sounds.
        public var silence: Double?
        /// The user's words as far as they are understood; nil while nothing is known, empty when there are none.
        public var words: String?
        /// How likely the words are right, 0 … 1; nil where the recogniser does not tell.
        public var confidence: Double?
        /// Whether `words` are all that was said.
        public var isWhole = false
        /// What the assistant has said of late and is about to say.
        public var ownWords = ""
        /// Whether the assistant has asked something: then a "yes" is an answer and no backchannel.
        public var isAnswer = false
        /// How loud it is beside the user's usual voice, in decibels; nil while that is not known.
        public var level: Double?
        /// By how many decibels it exceeds what the assistant's echo explains; nil where there is no echo.
        public var excess: Double?

        public init(voice: Double) { self.voice = voice }
    }

    public enum Verdict: Sendable, Equatable {
        /// Go on softly.
        case duck
        /// Be silent until more is known.
        case hold
        /// It was nothing: go on.
        case resume
        /// Stop: the user has the turn.
        case interrupt
    }

    public var configuration: Configuration

    public init(configuration: Configuration = .init()) { self.configuration = configuration }

    public func verdict(_ evidence: Evidence) -> Verdict {
        let words = OverheardWords(evidence.words ?? "")
        switch configuration.mode {
        case .off:
            return .resume
        case .duration(let least):
            if evidence.voice >= least { return .interrupt }
            return evidence.silence == nil ? .duck : .resume
        case .words(let least):
            if words.isUrgent || words.others.count >= least { return .interrupt }
            if evidence.isWhole || isForgotten(evidence) { return .resume }
            return .duck
        case .evidence:
            return weigh(evidence, words)
        }
    }

    private func weigh(_ evidence: Evidence, _ words: OverheardWords) -> Verdict {
        let isOver = evidence.silence != nil
        if let wait = judged(evidence, words) { return wait }
        if !words.all.isEmpty {
            if words.others.count >= 2 || evidence.isAnswer && isOver || evidence.voice >= configuration.certainAfter {
                return .interrupt
            }
            // One word of a voice that goes on may turn out to be another; of a hum, it is a guess.
            if isOver, evidence.isWhole { return isSure(words, evidence.confidence ?? 1) ? .interrupt : .resume }
        } else if evidence.words != nil, isOver, evidence.isWhole || isForgotten(evidence) {
            // No words at all: a cough, a door, unless it went on for too long to be one.
            return evidence.voice < configuration.certainAfter ? .resume : .interrupt
        }
        if evidence.voice >= configuration.certainAfter, !isFaint(evidence) { return .interrupt }
        if isForgotten(evidence) { return evidence.voice < configuration.shortestVoice ? .resume : .interrupt }
        return evidence.voice >= configuration.holdAfter && !isFaint(evidence) ? .hold : .duck
    }

    /// Whether a single word was said, not hummed.
    private func isSure(_ words: OverheardWords, _ confidence: Double) -> Bool {
        confidence >= configuration.sureWord || words.others.contains { $0.count >= configuration.longWord }
    }

    /// What the words say, if they say anything.
    private func judged(_ evidence: Evidence, _ words: OverheardWords) -> Verdict? {
        guard !words.all.isEmpty else { return nil }
        if words.areOf(evidence.ownWords) { return evidence.silence == nil && !evidence.isWhole ? .duck : .resume }
        if words.isUrgent { return .interrupt }
        if evidence.isAnswer { return evidence.isWhole || words.others.count >= 2 ? .interrupt : nil }
        guard words.others.isEmpty else { return nil }
        // Backchannels only, so far.
        return (evidence.silence != nil && evidence.isWhole) || isForgotten(evidence) ? .resume : .hold
    }

    /// Whether the words are not to be waited for any longer.
    private func isForgotten(_ evidence: Evidence) -> Bool { (evidence.silence ?? 0) >= configuration.patience }

    private func isFaint(_ evidence: Evidence) -> Bool {
        (evidence.level ?? 0) < -configuration.faintBy || (evidence.excess ?? .infinity) < configuration.leastExcess
    }
}
