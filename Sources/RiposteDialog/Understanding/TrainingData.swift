/// What understanding is trained from: intents by example, and what entities look like.
///
/// It is what Rasa's `nlu.yml` says, whatever file it came from.
public struct TrainingData: Sendable, Equatable, Codable {
    /// A sentence somebody might say.
    public struct Example: Sendable, Equatable, Codable {
        /// Without marks: "a large latte please".
        public var text: String
        public var intent: String
        /// What is marked in the text, from left to right.
        public var entities: [ParsedEntity]

        public init(_ text: String, intent: String, entities: [ParsedEntity] = []) {
            self.text = text
            self.intent = intent
            self.entities = entities
        }
    }

    /// A pattern, as `regex:` in Rasa's files.
    public struct Pattern: Sendable, Equatable, Codable {
        public var name: String
        /// Regular expressions in the common (Python's) syntax; any of them.
        public var expressions: [String]

        public init(name: String, expressions: [String]) {
            self.name = name
            self.expressions = expressions
        }
    }

    public var examples: [Example]
    /// What a value is called otherwise: from the variant, in lower case, to the value that is meant.
    public var synonyms: [String: String]
    /// Values an entity can have, by the entity's name.
    public var lookups: [String: [String]]
    public var patterns: [Pattern]
    /// Sentences that are none of the intents; helps the refusal, and may be empty.
    public var outOfScope: [String]

    public init(
        examples: [Example] = [], synonyms: [String: String] = [:], lookups: [String: [String]] = [:],
        patterns: [Pattern] = [], outOfScope: [String] = []
    ) {
        self.examples = examples
        self.synonyms = synonyms
        self.lookups = lookups
        self.patterns = patterns
        self.outOfScope = outOfScope
    }
}
