import RiposteCore

/// A conversation by example: a story, a rule, or a test of one.
public struct Story: Sendable, Equatable {
    public var name: String
    public var isRule = false
    public var steps: [Step]
    /// Of a rule: how things must stand when it begins.
    public var conditions: [Step] = []
    /// Of a rule: whether it holds only where a conversation begins.
    public var startsConversation = false
    /// Of a rule: whether the user is waited for at its end.
    public var waitsForUser = true
    public var place: SourcePlace

    public struct Step: Sendable, Equatable {
        public var kind: Kind
        public var place: SourcePlace
    }

    public indirect enum Kind: Sendable, Equatable {
        /// `text` is what was said, in tests.
        case user(intent: String?, entities: [EntityNeed], text: String?)
        case action(String)
        /// The form that asks from here on; nil: none.
        case form(String?)
        case slots([SlotNeed])
        /// Where stories are joined.
        case checkpoint(String, slots: [SlotNeed])
        /// Any of these.
        case either([Step])
    }

    /// An entity that is to be named.
    public struct EntityNeed: Sendable, Hashable {
        public var entity: String
        /// nil: any value.
        public var value: String?
        public var role: String?
        public var group: String?
    }

    /// A slot that is to have a value.
    public struct SlotNeed: Sendable, Hashable {
        public var slot: String
        /// nil: any value, as long as there is one. `.empty`: it must be empty.
        public var value: SlotValue?
    }
}
