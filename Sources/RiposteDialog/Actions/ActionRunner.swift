import Foundation
import RiposteCore

/// The role of whatever carries out a project's own actions. What they do cannot be undone: they are run only when the
/// turn is certain.
public protocol ActionRunner: Sendable {
    /// Carries out an action.
    /// - Throws: when it could not be carried out; the user is told so.
    func run(_ action: String, _ request: ActionRequest) async throws -> ActionOutcome
}

/// What an action is given.
public struct ActionRequest: Sendable {
    /// Whose conversation it is.
    public var conversation: Conversation
    /// As it is now, in the middle of the turn.
    public var tracker: Tracker
    public var domain: Domain
    public var channel: String
}

/// What a custom action has done.
public struct ActionOutcome: Sendable, Equatable {
    public var events: [DialogEvent] = []
    /// What is said, in this order.
    public var answers: [Answer] = []
    /// The action that comes next; nil: rules and stories decide.
    public var next: String?
    /// Whether the action could do nothing with what was said; somebody else is to answer.
    public var isRefused = false

    public enum Answer: Sendable, Equatable {
        case text(String)
        /// One of the domain's, with more values for what stands in braces.
        case response(String, values: [String: SlotValue])
    }

    public init() {}
}
