import RiposteCore

/// One answer while it is being made: what was said, what follows from it, and what is said back.
struct DialogTurn {
    let conversation: Conversation
    let utterance: Transcript
    /// As it will be when the turn is committed.
    private(set) var tracker: Tracker
    /// What happened in this turn, in order.
    private(set) var events: [DialogEvent] = []
    private(set) var sentences: [String] = []
    var effects: [Effect] = []
    /// What an answer that no form asked for leads the user to say.
    var expectation = Expectation.anything
    /// Slots that the message filled.
    var filled: Set<String> = []
    /// Those of them that had another value before, though something else was asked for.
    var corrected: [String] = []
    /// What was said for a slot that cannot hold it.
    var refused: [String: SlotValue] = [:]
    /// Is waited for before anything is done that cannot be undone.
    var beforeAction: @Sendable () async throws -> Void = {}
    /// What went wrong and was told to the user in other words.
    var failure: RiposteError?
    /// Whether nothing was known to say but that.
    var isDeclined = false

    init(_ utterance: Transcript, in conversation: Conversation) {
        self.utterance = utterance
        self.conversation = conversation
        tracker = conversation.tracker
    }

    mutating func record(_ happened: DialogEvent...) {
        events += happened
        tracker.apply(happened)
    }

    mutating func say(_ sentence: String) {
        let text = sentence.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        if let first = text.first { sentences.append(first.uppercased() + text.dropFirst()) }
    }

    /// The answer as the session takes it: a piece for each sentence. What it does comes with the first, so that it
    /// happens even if the rest is interrupted.
    func replies(expecting expectation: Expectation) -> [Reply] {
        let endings = effects.filter { $0 == .endConversation }
        let first =
            (events.isEmpty ? [] : [Effect.remember(events: events)]) + effects.filter { $0 != .endConversation }
        let texts = sentences.isEmpty ? [""] : sentences
        return texts.enumerated().map { index, text in
            let isLast = index == texts.count - 1
            return Reply(
                isLast ? text : text + " ", effects: (index == 0 ? first : []) + (isLast ? endings : []),
                expectation: isLast ? expectation : .anything)
        }
    }
}
