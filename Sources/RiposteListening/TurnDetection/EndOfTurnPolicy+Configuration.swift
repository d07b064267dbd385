import enum RiposteCore.Expectation

extension EndOfTurnPolicy {
    /// The policy's numbers. The defaults were chosen on spoken orders with and without a pause put in
    /// (`Tools/turns/`).
    public struct Configuration: Sendable, Equatable, Codable {
        /// What an expectation changes.
        public struct Adjustment: Sendable, Equatable, Codable {
            /// Added to the log-odds that the speaker goes on.
            public var logOddsOfMore: Double
            /// Pauses are this many times as long.
            public var pace: Double
            /// In seconds, whatever else is known.
            public var leastSilence: Double

            public init(logOddsOfMore: Double = 0, pace: Double = 1, leastSilence: Double = 0) {
                self.logOddsOfMore = logOddsOfMore
                self.pace = pace
                self.leastSilence = leastSilence
            }
        }

        /// The share of answers that may come while the speaker would still go on. Default 0.03; some of
        /// those are taken back before they are heard.
        public var tolerance = 0.03
        /// Never less silence than this, in seconds. Default 0.15, about the gap between two people's turns.
        public var leastSilence = 0.15
        /// Never more than this, in seconds. Default 3.
        public var mostSilence = 3.0
        /// Never more than this after words that can be all of an utterance, in seconds. Default 0.9.
        public var mostSilenceAfterWholeText = 0.9
        /// Words whose log-odds reach this can be all. Default 0.5: a sentence with its full stop.
        public var wholeText = 0.5
        /// While neither sound nor words are known, in seconds. Default 0.7, what plain detectors wait.
        public var silenceWithoutEvidence = 0.7
        /// A turn detector is worth asking again once a silence has lasted this long, in seconds: with more silence it
        /// tells ends better. Default 0.256, eight windows of voice activity.
        public var secondLook = 0.256
        /// And only if at least this much silence is still to come, in seconds. Default 0.15: its answer takes 0.1.
        public var worthASecondLook = 0.15
        /// How fast long pauses become rare. Default 4.
        public var pauseShape = 4.0
        /// The bounds of a speaker's median pause, in seconds. Default 0.3 … 1.2.
        public var medianPauses = 0.3...1.2

        /// How much the log-odds of the sound count. Default 0.45.
        public var soundWeight = 0.45
        /// The log-odds of the sound that say nothing either way. Default 1: some pauses inside a turn sound like an end.
        public var neutralSound = 1.0
        /// Added to the log-odds that the speaker goes on while the sound is not known. Default 0.5.
        public var withoutSound = 0.5
        /// How much the log-odds of the text count. Default 1.
        public var textWeight = 1.0
        /// Added to the log-odds that the speaker goes on while the words are not known. Default 0.5.
        public var withoutText = 0.5

        /// By what the last answer led the speaker to say. Defaults: yes and no are said in one go; numbers and names
        /// are spelt out with pauses; free text is composed while it is said.
        public var adjustments: [Expectation: Adjustment] = [
            .confirmation: Adjustment(logOddsOfMore: -1),
            .number: Adjustment(logOddsOfMore: 1, pace: 1.5, leastSilence: 0.4),
            .name: Adjustment(logOddsOfMore: 0.5, pace: 1.2, leastSilence: 0.3),
            .freeText: Adjustment(logOddsOfMore: 1.5, pace: 1.5, leastSilence: 0.5),
        ]

        public init() {}

        func adjustment(to expectation: Expectation) -> Adjustment { adjustments[expectation] ?? Adjustment() }
    }
}
