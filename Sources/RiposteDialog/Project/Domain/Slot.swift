import RiposteCore

/// A place for something that the dialog wants to know.
public struct Slot: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        case text
        case bool
        case number(least: Double?, most: Double?)
        /// One of these, in the spelling of the domain.
        case category([String])
        case list
        case any
    }

    public var name: String
    public var kind: Kind
    public var initialValue: SlotValue = .empty
    /// Whether stories look at it. Default: true, but for `any`.
    public var influencesConversation = true
    public var mappings: [SlotMapping] = []
    public var place: SourcePlace

    /// The value as this slot can hold it; nil where it cannot.
    ///
    /// What was said may stand for a value: "yes" for true, "three" for 3, "Large" for "large".
    public func accepts(_ value: SlotValue) -> SlotValue? {
        switch (kind, value) {
        case (_, .empty): return value
        case (.any, _), (.bool, .bool): return value
        case (.text, .text), (.text, .number), (.text, .bool): return .text(value.description)
        case (.bool, .text(let text)): return SpokenValue.bool(text).map(SlotValue.bool)
        case (.number(let least, let most), _):
            guard let number = SpokenValue.number(value), number >= least ?? -.infinity, number <= most ?? .infinity
            else { return nil }
            return .number(number)
        case (.category(let values), _):
            let said = value.description.lowercased()
            return values.first { $0.lowercased() == said }.map(SlotValue.text)
        case (.list, .list): return value
        case (.list, _): return .list([value])
        default: return nil
        }
    }

    var isNumber: Bool { if case .number = kind { true } else { false } }

    /// What stories and rules see of a value: of a text only that it is there, of a category which one it is.
    func feature(of value: SlotValue) -> SlotValue {
        guard value.isSet, influencesConversation else { return .empty }
        switch kind {
        case .bool, .category: return value
        case .text, .number, .list: return .bool(true)
        case .any: return .empty
        }
    }
}

/// Where a slot's value comes from.
public struct SlotMapping: Sendable, Equatable {
    public enum Source: Sendable, Equatable {
        case entity(String, role: String?, group: String?)
        /// All that was said.
        case text
        /// A fixed value, whenever the intent is one of `intents`.
        case intent(SlotValue)
        /// As `intent`, but only by what makes a form begin.
        case triggerIntent(SlotValue)
        /// An action sets it.
        case custom(action: String?)
    }

    public var source: Source
    /// Only with these intents; empty: with any.
    public var intents: [String] = []
    /// Not with these.
    public var otherIntents: [String] = []
    /// Only in one of these situations; empty: always.
    public var conditions: [Condition] = []
    public var place: SourcePlace

    public struct Condition: Sendable, Equatable {
        /// The form that must be asking.
        public var form: String?
        /// Whether no form may be asking.
        public var excludesForms = false
        /// The slot that must be asked for.
        public var requestedSlot: String?
    }
}
