import Logging
import RiposteConversation
import RiposteCore

/// Where it is noted what becomes of conversations.
struct ConversationLog: Sendable {
    let figures: ServerFigures
    /// Is told of each turn that has ended, with the conversation's name, and what services did for it.
    var onTurn: @Sendable (_ conversation: String, _ report: TurnReport, _ usage: CloudUsage.Report) -> Void = {
        _, _, _ in
    }
    /// Writes the steps of turns down; nil: nobody does.
    var turns: TurnLog?

    /// - Parameter usage: the conversation's own account.
    func note(_ event: SessionEvent, of conversation: String, _ usage: CloudUsage) {
        switch event {
        case .turnBegan: figures.began()
        case .turnEnded(let report):
            figures.ended(report)
            onTurn(conversation, report, usage.take())
        case .failure(let error): figures.failed(error.stage)
        case .workload(let level):
            figures.works(level)
            turns?.logger.info(
                "the machine is busier, or less so",
                metadata: ["conversation": .string(conversation), "workload": .string(level.rawValue)])
        default: break
        }
    }

    /// A connection has begun or ended.
    func note(_ message: Logger.Message, _ conversation: String) {
        turns?.logger.info(message, metadata: ["conversation": .string(conversation)])
    }

    /// A text is answered: a turn without listening.
    func answered(_ turn: TurnIdentity, in seconds: Double, outcome: String) {
        turns?.logger.info(
            "a text is answered",
            metadata: [
                "turn": .string(turn.description), "conversation": .string(turn.conversation),
                "outcome": .string(outcome), "ms": .stringConvertible(seconds * 1_000),
            ])
    }
}
