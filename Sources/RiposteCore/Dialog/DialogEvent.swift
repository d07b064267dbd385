/// Something that happened in a dialog. All that a dialog remembers follows from its events (``Tracker``).
public enum DialogEvent: Sendable, Equatable, Codable {
    /// The user said something, and so it was understood.
    case user(message: ParsedMessage)
    /// An action was decided on and carried out.
    case action(name: String)
    /// A slot has another value.
    case slot(name: String, value: SlotValue)
    /// A form asks for its slots from now on; nil: none does.
    case form(name: String?)
    /// Another form, which interrupted this one, comes first; the latest to be put aside goes on first.
    case formSuspended(name: String)
    /// A form that had been put aside goes on.
    case formResumed(name: String)
    /// The form could do nothing with what the user said; somebody else is to answer.
    case formRefused(name: String)
    /// The assistant asked something back; nil: the question is settled.
    case question(asked: Question?)
    /// What was kept of the conversation does not count any more.
    case restarted
    /// A conversation begins, or goes on after it had lapsed. Slots stay only where they are carried over.
    case sessionStarted(keepsSlots: Bool)
    /// The latest message and what followed are taken back, as if they had not been said.
    case rewound
}
