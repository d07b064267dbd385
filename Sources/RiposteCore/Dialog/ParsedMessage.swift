/// What was understood of an utterance: the intent, and the things named in it.
public struct ParsedMessage: Sendable, Equatable, Codable {
    /// An intent and how sure it is.
    public struct Ranked: Sendable, Equatable, Codable {
        public var name: String
        /// Calibrated, 0–1: of a hundred intents at 0.8, eighty are right.
        public var confidence: Double

        public init(_ name: String, _ confidence: Double) {
            self.name = name
            self.confidence = confidence
        }
    }

    public var text: String
    /// The likeliest first; empty if there are no words. An utterance that is none of the intents has
    /// `ParsedMessage.outOfScope` first.
    public var ranking: [Ranked]
    /// From left to right; they do not overlap, except those that differ in their extractor.
    public var entities: [ParsedEntity]

    public init(text: String, ranking: [Ranked] = [], entities: [ParsedEntity] = []) {
        self.text = text
        self.ranking = ranking
        self.entities = entities
    }

    /// The name of the intent of what is none of the project's intents, as in Rasa.
    public static let outOfScope = "nlu_fallback"

    public var intent: Ranked? { ranking.first }
}

/// Something named in an utterance.
public struct ParsedEntity: Sendable, Equatable, Codable {
    /// The kind ("size").
    public var entity: String
    /// The value that is meant, after synonyms ("large").
    public var value: String
    /// Where it stands, in Unicode scalars of the text from its start, as in Rasa.
    public var start: Int
    public var end: Int
    /// Tells entities of one kind apart by what they are for ("departure"); nil if there is no need.
    public var role: String?
    /// Which entities of an utterance belong together; nil if there is no need.
    public var group: String?
    /// Who found it; nil if it was marked by hand.
    public var extractor: String?
    /// 0–1; nil if the extractor has no opinion.
    public var confidence: Double?

    public init(
        _ entity: String, value: String, in range: Range<Int>, role: String? = nil, group: String? = nil,
        extractor: String? = nil
    ) {
        self.entity = entity
        self.value = value
        start = range.lowerBound
        end = range.upperBound
        self.role = role
        self.group = group
        self.extractor = extractor
    }
}
