/// Which turn of which conversation work is done for: one name through listening, dialog and speaking, so that what is
/// noted of a turn in different places can be put together again.
///
/// It goes with the task that asks for the work, as ``Speculation`` does:
///
/// ```swift
/// let replies = TurnIdentity.$current.withValue(identity) { responder.reply(to: transcript, in: conversation) }
/// ```
public struct TurnIdentity: Sendable, Hashable, CustomStringConvertible {
    /// The turn that the present work is for; nil, the default, is work for no turn in particular.
    @TaskLocal public static var current: TurnIdentity?

    /// The conversation's name, in which nothing stands that a user has said or chosen.
    public let conversation: String
    /// The turn's place in the conversation: "3", or "request-1" for what was asked for in writing.
    public let turn: String

    public init(conversation: String, turn: String) {
        self.conversation = conversation
        self.turn = turn
    }

    /// - Parameter turn: the number that a session gives it, from 1.
    public init(conversation: String, turn: Int) { self.init(conversation: conversation, turn: String(turn)) }

    /// As "sess_0f3a.3": what stands in logs, traces and events.
    public var description: String { "\(conversation).\(turn)" }
}
