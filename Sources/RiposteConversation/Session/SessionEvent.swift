import RiposteCore

/// What an observer of a session is told.
public enum SessionEvent: Sendable {
    /// Engines are loaded and warm; the session listens.
    case ready(Duration)
    case listening
    /// The wake word was heard; the session listens.
    case woke(String)
    /// Nothing is heard any more but the wake word.
    case asleep
    /// The user has begun to speak.
    case speechStarted
    /// What is understood so far.
    case partial(String)
    case transcript(Transcript)
    /// A piece of the answer's text, as it is made. Only after the turn is committed.
    case reply(String)
    /// The answer that had begun is forgotten: the user goes on.
    case takenBack
    /// The first sound of the answer is heard.
    case speaking
    /// A turn has begun: somebody speaks, or the session does unasked. `turnEnded` follows with the same number, whatever
    /// happens.
    case turnBegan(Int)
    case turnEnded(TurnReport)
    case alarm(Alarm)
    /// The microphone or loudspeaker went away; it is tried again until it comes back.
    case deviceLost(RiposteError)
    case deviceBack
    /// The machine is busy, or has time again: more or less is done than before.
    case workload(Workload.Level)
    /// An engine failed; the session goes on.
    case failure(RiposteError)
}
