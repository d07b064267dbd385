import struct Foundation.Date

/// The role of whatever answers: the built-in skills, the dialog engine, a language model.
public protocol Responder: Sendable {
    /// Loads and warms whatever is needed. Calling it again does nothing.
    func load() async throws

    /// Answers one utterance.
    ///
    /// Answering is free of side effects: the session may ask for an answer early and drop it. What an answer
    /// *does* is written in its `effects`, which the session carries out when the turn is committed.
    func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>

    /// The same; what cannot be undone waits until the turn is certain. By default there is nothing of that kind.
    func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>

    /// What is likely to be said next, for the recogniser to favour: the values of the slot that is asked for first.
    ///
    /// Asked when somebody begins to speak; must be quick. None by default.
    func likelyPhrases(in conversation: Conversation) -> [String]
}

extension Responder {
    public func load() async throws {}
    public func reply(to utterance: Transcript, in conversation: Conversation, commitment: Commitment)
        -> AsyncThrowingStream<Reply, any Error>
    {
        reply(to: utterance, in: conversation)
    }
    public func likelyPhrases(in conversation: Conversation) -> [String] { [] }
}

/// A piece of an answer. The pieces' texts, joined, are the whole answer.
public struct Reply: Sendable, Equatable, Codable {
    /// To be spoken. May be a fragment of a sentence; may be empty.
    public var text: String
    /// What happens once the turn is committed, in order.
    public var effects: [Effect]
    /// What the answer leads the listener to say next.
    public var expectation: Expectation

    public init(_ text: String, effects: [Effect] = [], expectation: Expectation = .anything) {
        self.text = text
        self.effects = effects
        self.expectation = expectation
    }
}

/// What an answer does, as data: carried out by the session after the commit point, never before.
public enum Effect: Sendable, Equatable, Codable {
    /// Says something later, whatever is going on then (a timer rings).
    case schedule(Alarm)
    /// Cancels an alarm by its identifier.
    case cancelAlarm(id: String)
    /// The dialog has gone on: a slot was filled, a form began.
    case remember(events: [DialogEvent])
    /// A list of the user's has changed.
    case changeList(name: String, change: ListChange)
    /// The assistant speaks like this from the next answer on.
    case speak(manner: SpeechManner)
    /// Ends the conversation after this answer has been spoken.
    case endConversation
}

/// Something to be said at a later time.
public struct Alarm: Sendable, Equatable, Codable {
    public var id: String
    public var due: Date
    /// What is said then ("Your ten minute timer is done.").
    public var text: String
    /// What it is called ("pasta"); nil for an unnamed one.
    public var label: String?
    /// Its whole length in seconds.
    public var duration: Double

    public init(id: String, due: Date, text: String, label: String? = nil, duration: Double) {
        self.id = id
        self.due = due
        self.text = text
        self.label = label
        self.duration = duration
    }
}

/// What is likely to be said next.
public enum Expectation: String, Sendable, Codable {
    case anything
    /// Yes or no.
    case confirmation
    case number
    case name
    case freeText
}
