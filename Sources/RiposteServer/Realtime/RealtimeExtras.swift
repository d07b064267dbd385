import RiposteConversation
import RiposteCore

/// What a client may ask for beside OpenAI's protocol, in `session.riposte`. Who does not ask is told nothing of it.
struct RealtimeExtras: Sendable, Equatable {
    /// Whether the events named `riposte.…` are told.
    var tellsMore = false
    /// The name under which the conversation is kept when the connection ends.
    var conversation: String?
    /// Whom the conversation is with, for who looks after what is kept; empty: nobody in particular.
    var user = ""
    /// Whether the user holds a key while speaking: then a turn ends when the client commits it, not at a pause.
    var isHeld = false

    /// Seconds of silence that end a turn while the key is held: something has gone wrong with the key.
    static let heldSilence = 3.0
    /// Bytes of a user's name: a database's index takes 2 700.
    private static let longestUser = 512

    /// - Throws: `.badInput` for what is not what it should be.
    mutating func update(_ asked: JSONValue) throws {
        guard asked != .null else { return }
        guard case .object(let members) = asked else { throw Self.fault("riposte", "an object") }
        for (key, value) in members {
            switch (key, value) {
            case ("events", .bool(let tells)): tellsMore = tells
            case ("events", _): throw Self.fault("riposte.events", "true or false")
            case ("push_to_talk", .bool(let isHeld)): self.isHeld = isHeld
            case ("push_to_talk", _): throw Self.fault("riposte.push_to_talk", "true or false")
            case ("conversation", .string(let name)): conversation = name
            case ("conversation", .null): conversation = nil
            case ("conversation", _): throw Self.fault("riposte.conversation", "a text")
            case ("user", .string(let name)) where name.utf8.count <= Self.longestUser && !name.utf8.contains(0):
                user = name
            case ("user", .null): user = ""
            case ("user", _): throw Self.fault("riposte.user", "a text of at most \(Self.longestUser) bytes")
            default:
                throw RiposteError(.badInput, .configuration, "'session.riposte.\(key)' is not known here.")
            }
        }
    }

    private static func fault(_ what: String, _ form: String) -> RiposteError {
        RiposteError(.badInput, .configuration, "'session.\(what)' has to be \(form).")
    }

    /// Leaves the end of a turn to the key.
    func waitForRelease(_ configuration: inout Session.Configuration) {
        configuration.endOfTurn = nil
        configuration.endpoint.endpointSilence = Self.heldSilence
        configuration.turn.takeBackWindow = 0
    }
}
