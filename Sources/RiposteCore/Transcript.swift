/// What was understood of an utterance.
public struct Transcript: Sendable, Equatable, Codable {
    /// How settled a transcript is.
    public enum Kind: String, Sendable, Codable {
        /// May still change.
        case partial
        /// A prefix that will not change any more.
        case stable
        /// The whole utterance; nothing will change.
        case final
    }

    /// A word and when it was said.
    public struct Word: Sendable, Equatable, Codable {
        public var text: String
        /// Seconds from the start of the utterance's sound.
        public var start: Double
        public var end: Double
        /// 0 … 1.
        public var confidence: Double

        public init(text: String, start: Double, end: Double, confidence: Double) {
            self.text = text
            self.start = start
            self.end = end
            self.confidence = confidence
        }
    }

    /// The words, with the recogniser's own case and punctuation, without leading or trailing space.
    public var text: String
    /// The beginning of `text` that will not change any more, whatever is said next; may be empty. Of a final
    /// transcript, all of it is settled, whatever this says.
    public var stablePrefix = ""
    public var kind: Kind
    /// The language as an ISO 639-1 code ("en"), when known.
    public var language: String?
    /// 0 … 1: how likely it is that language, where it was detected; nil where it was given.
    public var languageProbability: Double?
    /// 0 … 1: how likely the words are right.
    public var confidence: Double
    /// 0 … 1: how likely there was no speech at all in the sound, as the recogniser sees it.
    public var noSpeechProbability: Double
    /// Empty unless word times were asked for.
    public var words: [Word]
    /// What `confidence` was made of, by the recogniser's own names; for measuring and fitting. Nil where it is not told.
    public var evidence: [String: Double]?

    public init(
        text: String, kind: Kind = .final, language: String? = nil, confidence: Double = 1,
        noSpeechProbability: Double = 0, words: [Word] = []
    ) {
        self.text = text
        self.kind = kind
        self.language = language
        self.confidence = confidence
        self.noSpeechProbability = noSpeechProbability
        self.words = words
    }

    /// No words at all: silence, noise, or nothing understood.
    public var isEmpty: Bool { !text.contains { $0.isLetter || $0.isNumber } }
}
