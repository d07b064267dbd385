import struct Foundation.Date

/// What was said so far, and what is pending: all that a responder may know.
public struct Conversation: Sendable, Equatable, Codable {
    /// One exchange.
    public struct Turn: Sendable, Equatable, Codable {
        /// The user's words; empty where the assistant spoke unasked.
        public var user: String
        /// What the assistant said, cut at what was really heard.
        public var assistant: String

        public init(user: String, assistant: String) {
            self.user = user
            self.assistant = assistant
        }
    }

    public var id: String
    public var turns: [Turn]
    /// Alarms that have not rung yet, the next one first.
    public var alarms: [Alarm]
    /// The conversation's own time, which follows the sample clock in a replay.
    public var now: Date
    /// What the last answer led the user to say.
    public var expectation: Expectation

    public init(
        id: String = "default", turns: [Turn] = [], alarms: [Alarm] = [], now: Date = Date(),
        expectation: Expectation = .anything
    ) {
        self.id = id
        self.turns = turns
        self.alarms = alarms
        self.now = now
        self.expectation = expectation
    }
}
