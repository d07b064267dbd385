/// The one error of the project: what went wrong, in which stage, in words for the person who reads it.
public struct RiposteError: Error, Sendable {
    /// The kind of failure: what a program decides by.
    public enum Code: String, Sendable, Codable, CaseIterable {
        /// The caller gave something unusable: a file, a value, a combination.
        case badInput
        /// A model is not in the cache. The message says the command that gets it.
        case modelMissing
        /// A shared library is not on the machine. The message says how to install it.
        case libraryMissing
        /// A model or cached file is there but is not what it should be.
        case corrupt
        /// A microphone or loudspeaker is not there, or went away.
        case deviceUnavailable
        /// An engine (recogniser, voice, network) failed.
        case engineFailed
        /// Something took longer than it may.
        case timedOut
        /// The caller cancelled.
        case cancelled
        /// A remote peer or registry could not be reached.
        case network
        /// The disk is full, or a file could not be read or written.
        case storage
        /// Somebody else has taken over since what the caller had the right to.
        case superseded
    }

    /// Where in the pipeline it happened.
    public enum Stage: String, Sendable, Codable, CaseIterable {
        case models, inference, audio, voiceActivity, wakeWord, turn, transcription, dialog, synthesis, session
        case configuration
    }

    public var code: Code
    public var stage: Stage
    /// One sentence or two for a person: what happened and what to do about it.
    public var message: String
    /// The error below this one, if there is one.
    public var underlying: (any Error)?

    public init(_ code: Code, _ stage: Stage, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.stage = stage
        self.message = message
        self.underlying = underlying
    }
}

extension RiposteError: CustomStringConvertible {
    public var description: String { message }
}
