import RiposteCore

/// One attempt at answering a turn. A later attempt makes the earlier ones void.
public struct Revision: Sendable, Hashable, Codable {
    public var turn: Int
    public var number: Int

    public init(turn: Int, number: Int) {
        self.turn = turn
        self.number = number
    }
}

/// A turn as the state machine knows it.
public struct Turn: Sendable, Equatable {
    /// Why there is a turn.
    public enum Origin: Sendable, Equatable {
        case user
        /// Nobody had spoken for a while.
        case quiet
        case alarm
    }

    public var revision: Revision
    public var origin: Origin
    /// In samples, as all positions here.
    public var speechStart: Int
    /// Where the user last stopped; nil while they speak.
    public var speechEnd: Int?
    /// When the turn was decided to be over.
    public var endpoint: Int?
    /// Whether the transcript of this revision is being made or has been made.
    public var isPrepared = false
    /// What this revision is answered with, once it is known.
    public var answer: Answer?
    public var soundStart: Int?
    /// It has reached its longest length; it cannot go on any more.
    public var isFull = false
    /// Where speech ended before the user seemed to go on: what the turn falls back to when that was a noise.
    public var earlierSpeechEnd: Int?
    /// Whether the answer's sound may leave.
    public var isReleased = false
    /// Whether the answer's effects have happened; after that nothing is taken back.
    public var isCommitted = false
    /// A voice that is heard while the answer sounds, until it is clear what it means.
    public var overlap: Overlap?

    /// A voice over the answer's.
    public struct Overlap: Sendable, Equatable, Codable {
        /// Where it began.
        public var start: Int
        /// Since when the answer is held; nil while it only is softer.
        public var heldSince: Int?
    }

    /// Whether the answer asks the user to say something again.
    public var isReprompt: Bool {
        switch answer {
        case .phrase(let phrase): phrase.isReprompt
        default: false
        }
    }
}

/// What a turn is answered with.
public enum Answer: Sendable, Equatable, Codable {
    /// The responder answers this utterance.
    case reply(Transcript)
    /// A phrase of the session's own.
    case phrase(Phrase)
    /// Nothing: it was a noise.
    case nothing
}

/// What the session itself has to say. The words are in ``Phrases``.
public enum Phrase: Sendable, Equatable, Codable {
    case notUnderstood
    case troubleHearing
    case confirm(String)
    /// After a "no" to `confirm`.
    case sayAgain
    case stillThere
    /// An engine failed or took too long.
    case trouble
    case alarm(Alarm)

    var isReprompt: Bool {
        switch self {
        case .alarm: false
        default: true
        }
    }
}

/// How a turn ended. Every turn ends in exactly one of these.
public enum TurnOutcome: String, Sendable, Codable {
    case answered, reprompted, dropped, interrupted
}

extension TurnStateMachine {
    /// What can happen.
    public enum Input: Sendable, Equatable, Codable {
        /// The user has begun to speak, at `start`.
        case speechStarted(start: Int)
        /// Something like speech, from `start`, too short yet to be sure.
        case speechHinted(start: Int)
        /// The user has stopped, at `end`, for now.
        case paused(end: Int)
        /// The user goes on after a pause.
        case resumed
        /// What began was too short to be speech.
        case misfired
        /// The user is done; speech ended at `end`.
        case endpoint(end: Int)
        case transcript(Revision, Transcript)
        /// What is known of the voice that speaks while the answer sounds.
        case overlap(InterruptionPolicy.Evidence)
        /// An engine failed while working for a revision.
        case failed(Revision)
        /// The first sound of a revision's answer is heard.
        case soundStarted(Revision)
        /// The answer has been played to its end.
        case soundEnded(Revision)
        case alarm(Alarm)
        /// Whether there is time to prepare answers at the first pause, from now on.
        case speculation(Bool)
        /// The answer of the current turn ends the conversation.
        case conversationEnded
        /// The wake word was heard; it begins about at `start`.
        case wakeWord(start: Int)
        /// There is no more input: finish what is under way.
        case inputEnded
        /// The session is cancelled: end what is under way.
        case cancelled
        /// Time passes.
        case tick
    }

    /// What is to be done.
    public enum Action: Sendable, Equatable, Codable {
        /// Begin collecting the turn's sound, from `start`.
        case open(turn: Int, start: Int)
        /// Make the transcript of the turn's sound so far. Without side effects.
        case transcribe(Revision)
        /// Make the answer and its first sound ready. Without side effects; nothing may be heard.
        case prepare(Revision, Answer)
        /// Let the answer's sound out. It may still be taken back.
        case release(Revision)
        /// The answer stands: its effects happen, and it will be remembered. The one commit point.
        case commit(Revision)
        /// Stop its sound within a frame and forget it: the user goes on, and the turn with them.
        case takeBack(Revision)
        /// Stop working on a revision and forget it.
        case retract(Revision)
        /// Play it softly: somebody speaks.
        case duck(Revision)
        /// Stop its sound within a frame, ready to go on where it stopped.
        case hold(Revision)
        /// After `duck` or `hold`: go on aloud, at a word.
        case resume(Revision)
        /// Stop its sound within a frame; what was heard stays.
        case silence(Revision)
        /// The wake word was heard: say so, and hear what follows it, from `start` on.
        case wake(start: Int)
        /// From now on nothing is heard but the wake word.
        case sleep
        case end(turn: Int, TurnOutcome)
        case endSession
    }
}
