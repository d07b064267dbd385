/// What the assistant asked back, and what hangs on the answer.
public struct Question: Sendable, Equatable, Codable {
    public enum Kind: String, Sendable, Codable {
        /// Whether the intent is the one that was guessed.
        case intent
        /// Whether the part that was hard to hear was heard right.
        case words
        /// The user was asked to say it in other words.
        case rephrase
    }

    public var kind: Kind
    /// What is gone on with after "yes".
    public var message: ParsedMessage
    /// The names of the entities that are in doubt.
    public var doubtful: [String]

    public init(_ kind: Kind, message: ParsedMessage, doubtful: [String] = []) {
        self.kind = kind
        self.message = message
        self.doubtful = doubtful
    }
}
