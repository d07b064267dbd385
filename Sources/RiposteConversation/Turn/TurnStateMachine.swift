import RiposteCore

/// Decides who speaks when: a pure state machine, with no clock, no I/O and no engine in it.
///
/// It is told what happened and at which sample, and answers with what to do. Everything it decides can
/// therefore be replayed from a recording, and tested with random sequences of events.
///
/// ```text
///              speechStarted            endpoint              soundStarted
///  listening ───────────────▶ hearing ───────────▶ answering ─────────────▶ speaking
///      ▲                        ▲  │ misfire           │ speechStarted          │
///      │                        │  ▼                   │ (the user goes on:     │ soundEnded, or
///      └────────────────────────┴──┴───────────────────┘  one and the same      │ speechStarted
///      ▲                                                  turn)                 │ (interruption)
///      └────────────────────────────────────────────────────────────────────────┘
/// ```
///
/// With a wake word it begins *asleep*, where nothing counts but the word. It falls asleep again when nobody has spoken
/// for a while.
///
/// A turn's answer is prepared while it is not yet sure that the user is done. Each attempt is a
/// ``Revision``; when the user goes on, the revision is retracted and whatever it still delivers is ignored.
/// `release` lets the sound out. For a moment after the endpoint even then it can be taken back: the sound
/// stops within a frame, the answer is forgotten, and the turn goes on as one. Only `commit` makes effects happen.
public struct TurnStateMachine: Sendable, Equatable {
    /// All lengths in samples at 16 kHz.
    public struct Configuration: Sendable, Equatable, Codable {
        /// A transcript with less confidence than this is asked back about. 0 … 1.
        public var lowConfidence = 0.5
        /// So many misunderstandings in a row bring the longer advice.
        public var misunderstandingsUntilAdvice = 2
        /// Quiet after which the user is asked whether they are still there; nil never asks.
        public var quietLimit: Int? = 12 * 16_000
        /// How often in a row it is asked.
        public var mostQuietPrompts = 2
        /// Speech shorter than this with nothing understood in it was a noise: no reprompt.
        public var shortestReprompted = 8_000
        /// From the endpoint to the first sound of the answer; after it an apology is tried, then the turn is dropped.
        public var answerLimit = 10 * 16_000
        /// A turn is ended here even if the user has not stopped.
        public var longestTurn = 28 * 16_000
        /// Speech that goes on sounding after this is stopped.
        public var longestAnswer = 180 * 16_000
        /// Whether an answer is prepared at the first pause, before the end of the turn is certain.
        public var speculates = true
        /// So long after the endpoint, an answer that meets the user going on is taken back, and the turn goes on
        /// as one; its effects wait until then. 0 takes nothing back.
        public var takeBackWindow = 24_000
        /// Whether the user may interrupt the answer. Without, nothing is heard while it sounds.
        public var allowsInterruption = true
        /// What interrupts it.
        public var interruption = InterruptionPolicy()
        /// A voice that begins so soon after the answer's first sound goes on with its turn: no time is lost on
        /// judging it. Default 0.6 s; nobody comments on an answer that early.
        public var promptTakeBack = 9_600
        /// An answer is held no longer than this, whatever is not known yet.
        public var longestHold = 4 * 16_000
        /// Listens only after a wake word; nil listens always.
        public var wake: Wake?

        public init() {}
    }

    /// How it is with a wake word. Lengths in samples at 16 kHz.
    public struct Wake: Sendable, Equatable, Codable {
        /// So long after the word, and after each answer, it listens without the word.
        public var followUp = 8 * 16_000
        /// Speech that began before it fell asleep still counts when it is told so much later.
        public var lateSpeech = 16_000

        public init() {}
    }

    public enum State: Sendable, Equatable {
        /// Only the wake word counts.
        case asleep
        /// Nobody speaks.
        case listening
        /// The user speaks, or pauses in a turn.
        case hearing(Turn)
        /// The turn is over; its answer does not sound yet.
        case answering(Turn)
        /// The answer sounds.
        case speaking(Turn)
        /// The session is over.
        case ended
    }

    public let configuration: Configuration
    public internal(set) var state: State

    var nextTurn = 1
    /// When listening began, or something was last heard.
    var quietSince = 0
    var quietPrompts = 0
    var misunderstandings = 0
    /// What was asked back about.
    var unconfirmed: Transcript?
    /// Alarms that rang while somebody spoke.
    var waitingAlarms: [Alarm] = []
    var endsAfterTurn = false
    var inputEnded = false
    /// With a wake word: when it was last woken or has last answered, and when the word was last told.
    var awakeSince = 0
    var wordTold: Int?
    /// When it fell asleep; nil before it was first awake.
    var asleepSince: Int?
    /// Whether the machine has time to prepare answers early.
    var hasTimeToSpeculate = true

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
        state = configuration.wake == nil ? .listening : .asleep
    }

    /// Whether nobody has the turn.
    var isIdle: Bool { state == .listening || state == .asleep }

    /// Takes an input and says what is to be done, in order.
    /// - Parameter position: now, in samples at 16 kHz; never decreases.
    public mutating func handle(_ input: Input, at position: Int) -> [Action] {
        switch (input, state) {
        case (_, .ended):
            return []
        case (.cancelled, _):
            return cancelled(at: position)
        case (.tick, _):
            return tick(at: position)
        case (.alarm(let alarm), _):
            waitingAlarms.append(alarm)
            return isIdle ? settle(at: position) : []
        case (.speculation(let isAllowed), _):
            hasTimeToSpeculate = isAllowed
            return []
        case (.inputEnded, _):
            inputEnded = true
            return isIdle ? settle(at: position) : []
        case (.wakeWord(let start), _):
            return woken(start, at: position)
        case (.conversationEnded, .asleep):
            return []
        case (.conversationEnded, .listening):
            if configuration.wake != nil { return sleep(at: position) }
            state = .ended
            return [.endSession]
        case (.conversationEnded, _):
            endsAfterTurn = true
            return []
        case (.speechHinted(let start), _):
            return speechHinted(start, at: position)
        case (.speechStarted(let start), _):
            return speechStarted(start, at: position)
        case (.paused(let end), .hearing(let turn)):
            return paused(turn, speechEnd: end)
        case (.resumed, .hearing(let turn)):
            return resumed(turn)
        case (.overlap(let evidence), .speaking(let turn)):
            return overlapped(turn, evidence, at: position)
        case (.misfired, .hearing(let turn)):
            if let end = turn.earlierSpeechEnd { return endpoint(turn, speechEnd: end, at: position) }
            return end(turn, .dropped, at: position, before: retraction(of: turn))
        case (.endpoint(let end), .hearing(let turn)):
            return endpoint(turn, speechEnd: end, at: position)
        case (.transcript(let revision, let transcript), _):
            return understood(transcript, revision, at: position)
        case (.failed(let revision), _):
            return failed(revision, at: position)
        case (.soundStarted(let revision), .answering(let turn)) where turn.revision == revision && turn.isReleased:
            var turn = turn
            turn.soundStart = position
            state = .speaking(turn)
            return []
        case (.soundEnded(let revision), .speaking(let turn)) where turn.revision == revision:
            return end(turn, turn.isReprompt ? .reprompted : .answered, at: position)
        case (.soundEnded(let revision), .answering(let turn)) where turn.revision == revision && turn.isReleased:
            // The answer was empty, or nothing of it could be played.
            return end(turn, .dropped, at: position)
        default:
            return []
        }
    }
}
