import RiposteConversation
import RiposteCore

/// Where it is noted what becomes of conversations.
struct ConversationLog: Sendable {
    let figures: ServerFigures
    /// Is told of each turn that has ended, with the conversation's name, and what services did for it.
    var onTurn: @Sendable (_ conversation: String, _ report: TurnReport, _ usage: CloudUsage.Report) -> Void = {
        _, _, _ in
    }

    /// - Parameter usage: the conversation's own account.
    func note(_ event: SessionEvent, of conversation: String, _ usage: CloudUsage) {
        switch event {
        case .turnEnded(let report):
            figures.ended(report)
            onTurn(conversation, report, usage.take())
        case .failure(let error): figures.failed(error.stage)
        case .workload(let level): figures.works(level)
        default: break
        }
    }
}
