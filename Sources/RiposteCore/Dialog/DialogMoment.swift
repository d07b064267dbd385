/// How a dialog stands when the next action is decided: what rules and stories speak of.
public struct DialogMoment: Sendable, Equatable, Codable {
    /// The action before; `Tracker.listen` when the user has just spoken.
    public var previousAction: String
    /// What the user said, if they have just spoken.
    public var message: ParsedMessage?
    /// The form that is asking.
    public var form: String?
    public var slots: [String: SlotValue]

    public init(
        previousAction: String, message: ParsedMessage? = nil, form: String? = nil, slots: [String: SlotValue] = [:]
    ) {
        self.previousAction = previousAction
        self.message = message
        self.form = form
        self.slots = slots
    }
}

/// An action, and how the dialog stood when it was decided.
public struct DialogDecision: Sendable, Equatable, Codable {
    public var moment: DialogMoment
    public var action: String

    public init(_ moment: DialogMoment, _ action: String) {
        self.moment = moment
        self.action = action
    }
}
