import RiposteCore

/// One way to say something.
public struct Response: Sendable, Equatable {
    public struct Button: Sendable, Equatable {
        public var title: String
        /// What choosing it says: a text, or "/intent{"entity": "value"}".
        public var payload: String
    }

    /// A slot that must have a value for this way to be taken.
    public struct Condition: Sendable, Equatable {
        public var slot: String
        public var value: SlotValue
    }

    /// With "{size}" for the value of a slot; empty where there is only a picture or the like.
    public var text = ""
    /// Only on this channel ("voice", "chat"); nil: on any.
    public var channel: String?
    public var conditions: [Condition] = []
    public var buttons: [Button] = []
    public var image: String?
    /// Whatever else a channel is sent.
    public var custom: SlotValue = .empty
    public var id: String?
    public var place: SourcePlace
}
