import RiposteCore

/// The role of whatever writes a session down. It is told on the session's own executor, between two windows of
/// sound: it must return at once, and leave writing to somebody else.
public protocol SessionRecorder: Sendable {
    func record(_ entry: RecordedEntry)
}

/// What a recorder is told.
public enum RecordedEntry: Sendable {
    /// A window of the sound that came in, as the session heard it.
    case sound(AudioFrame)
    /// Something has happened.
    case told(Happening, at: Int)
    /// What the session made of it.
    case decided(Decision)
}

/// Something a session decided: what a replay must come to again.
public struct Decision: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The turn state machine took an input and said what is to be done.
        case machine(TurnStateMachine.Input, [TurnStateMachine.Action])
        /// So much silence, in seconds, ends what is being said.
        case wait(Double)
        /// A turn is over and accounted for.
        case turn(TurnReport)
    }

    /// In samples at 16 kHz.
    public var position: Int
    public var kind: Kind

    init(at position: Int, _ kind: Kind) {
        self.position = position
        self.kind = kind
    }
}
