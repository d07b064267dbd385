import RiposteCore

/// Something a session is told from outside: a window of sound has come, an engine has answered, a sound is heard.
///
/// The session decides by nothing else, apart from its configuration and the position at which it is told. So what
/// happened, in its order and at its positions, is all that a replay needs (see ``SessionRecording/replaySession(sound:)``).
public enum Happening: Sendable, Equatable, Codable {
    /// A source has given its first sound, `length` samples of it.
    case sourceStarted(length: Int)
    /// A window of `length` samples that ends at `end` has come; how likely there is speech in it, 0 … 1.
    case window(end: Int, length: Int, speech: Float)
    /// How loud the next window is, in decibels below full scale, and by how many it exceeds what the echo explains;
    /// told of windows that may hold a voice.
    case loudness(Double, excess: Double?)
    /// A wake word was heard.
    case wakeWord(WakeWordDetection)
    /// The detector of wake words cannot tell.
    case wakeWordFailed(Fault)
    /// No sound has come for a while, but time has passed.
    case time
    /// The device went away.
    case sourceLost(Fault)
    /// The source has no more to give.
    case sourceEnded
    /// Voice activity cannot tell; what it does not tell is taken for silence.
    case scorerFailed(Fault)
    /// What the source still gives is no content any more.
    case inputOver
    /// What is being said is to be forgotten.
    case inputCleared
    case transcript(Revision, Transcript, timing: Timing)
    /// Work for a revision has failed; without a fault it was only stopped. `heard` is what was heard of its sound.
    case failed(Revision, Fault?, heard: String? = nil, timing: Timing)
    /// How likely the turn detector finds that the turn is over; nil when it could not tell.
    case turnProbability(Revision, Double?, timing: Timing?)
    case partial(turn: Int, Transcript?, timing: Timing? = nil)
    /// What is understood of the voice over the answer that began at `start`; nil when the recogniser failed.
    case overheard(start: Int, Transcript?, isWhole: Bool, timing: Timing)
    /// The responder has written a piece of its answer.
    case reply(Revision, Reply, timing: Timing)
    /// The responder failed; what it has written is still said.
    case replyFailed(Revision, Fault)
    /// The first sound of an answer is made.
    case synthesized(Revision, timing: Timing)
    /// The first sound of an answer is heard, by the sink's clock.
    case sounded(Revision, seconds: Double)
    /// An answer has been played, as far as it was; `heard` is the text of what was heard.
    case played(Revision, heard: String)
    /// All work on an answer has ended.
    case answerEnded(Revision)
    /// Whether an alarm that is due may ring here.
    case alarmClaimed(id: String, isOurs: Bool)
    /// Something was asked and answered beside the session.
    case exchanged(Conversation.Turn, effects: [Effect], expectation: Expectation)
    /// The session is to end, whatever is under way.
    case cancelled
    /// All work has ended or is given up.
    case closed

    /// When work was begun and how long it took, in samples.
    public struct Timing: Sendable, Equatable, Codable {
        public var begun: Int
        public var took: Int

        init(begun: Int, took: Duration) {
            self.begun = begun
            self.took = SessionClock.samples(took)
        }

        /// When it is done, in fast pace.
        var end: Int { begun + took }
    }

    /// An error, as it is written down.
    public struct Fault: Sendable, Equatable, Codable {
        public var code: RiposteError.Code
        public var stage: RiposteError.Stage
        public var message: String

        init(_ error: RiposteError) {
            (code, stage, message) = (error.code, error.stage, error.message)
        }

        /// nil when the work was only cancelled.
        init?(_ error: any Error, stage: RiposteError.Stage, code: RiposteError.Code = .engineFailed) {
            guard !(error is CancellationError) else { return nil }
            let error = error as? RiposteError ?? RiposteError(code, stage, "\(error)", underlying: error)
            guard error.code != .cancelled else { return nil }
            self.init(error)
        }

        var error: RiposteError { RiposteError(code, stage, message) }
    }
}
