import RiposteCore

/// A step of a turn as it is taken, for whoever notes what becomes of turns.
///
/// What was said stands in it: a log that others read has to leave that out.
public struct TurnStep: Sendable {
    public enum Kind: Sendable {
        /// Somebody has begun to speak: the user, or the session unasked.
        case began
        /// What was said up to a pause is understood. If the user goes on, it is made anew.
        case transcribed(Transcript)
        /// The user is done: the answer may be heard.
        case endpoint
        /// The first words of the answer are there.
        case replied
        /// The first sound of the answer is made.
        case synthesized
        /// The first sound of the answer is heard.
        case sounding
        /// The user goes on: the answer that had begun is forgotten.
        case takenBack
        /// An engine failed.
        case failed(RiposteError)
        case over(TurnReport)
    }

    public let turn: TurnIdentity
    public let kind: Kind
    /// Milliseconds from the start of the input.
    public let ms: Double
}

extension Session {
    /// A turn's name; the conversation's own where the session was given none.
    func identity(of turn: Int) -> TurnIdentity {
        TurnIdentity(conversation: parts.name ?? conversation.id, turn: turn)
    }

    /// Tells whoever notes it. A replay has happened already.
    func step(_ turn: Int, _ kind: TurnStep.Kind) {
        guard !isReplay else { return }
        parts.onStep(TurnStep(turn: identity(of: turn), kind: kind, ms: Waterfall.milliseconds(clock.position)))
    }
}
