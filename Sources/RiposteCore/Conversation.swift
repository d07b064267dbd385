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

    /// An answer that has begun and of whose end nothing is known: what gave it has died.
    public struct UnfinishedAnswer: Sendable, Equatable, Codable {
        /// The user's words, and all of the answer's; empty where they were not all known.
        public var turn: Turn
        /// Whether something was done for it while its words were not known.
        public var hasActed = false

        public init(turn: Turn) { self.turn = turn }
    }

    public var id: String
    public var turns: [Turn]
    /// Alarms that have not rung yet, the next one first.
    public var alarms: [Alarm]
    /// The conversation's own time, which follows the sample clock in a replay.
    public var now: Date
    /// What the last answer led the user to say.
    public var expectation: Expectation
    /// What the dialog engine remembers: slots, the form that is asking, what was decided.
    public var tracker = Tracker()
    /// What the user keeps lists of; none of them is empty.
    public var lists: [NamedList] = []
    /// How the user wants it to speak.
    public var manner = SpeechManner()
    /// When the user was last answered; nil before the first time.
    public var lastActive: Date?
    /// What is being answered, where that is kept.
    public var unfinished: UnfinishedAnswer?

    /// What may be answered again: nothing is done twice by it.
    public var offer: Turn? {
        guard let unfinished, !unfinished.turn.assistant.isEmpty || !unfinished.hasActed else { return nil }
        return unfinished.turn
    }

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

    /// What was written down before there was a tracker, lists or a manner is read too.
    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        id = try container.decode(String.self, forKey: .id)
        turns = try container.decode([Turn].self, forKey: .turns)
        alarms = try container.decode([Alarm].self, forKey: .alarms)
        now = try container.decode(Date.self, forKey: .now)
        expectation = try container.decode(Expectation.self, forKey: .expectation)
        tracker = try container.decodeIfPresent(Tracker.self, forKey: .tracker) ?? Tracker()
        lists = try container.decodeIfPresent([NamedList].self, forKey: .lists) ?? []
        manner = try container.decodeIfPresent(SpeechManner.self, forKey: .manner) ?? SpeechManner()
        lastActive = try container.decodeIfPresent(Date.self, forKey: .lastActive)
        unfinished = try container.decodeIfPresent(UnfinishedAnswer.self, forKey: .unfinished)
    }

    /// Changes it as an effect says. What an effect does beyond the conversation is left to whoever holds it.
    public mutating func apply(_ effect: Effect) {
        switch effect {
        case .schedule(let alarm):
            alarms.append(alarm)
            alarms.sort { $0.due < $1.due }
        case .cancelAlarm(let id):
            alarms.removeAll { $0.id == id }
        case .remember(let events):
            tracker.apply(events)
            lastActive = now
        case .changeList(let name, let change):
            lists.apply(change, to: name)
        case .speak(let manner):
            self.manner = manner
        case .endConversation:
            break
        }
    }
}
