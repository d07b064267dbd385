import RiposteConversation
import RiposteCore

/// Where it is noted what becomes of conversations.
struct ConversationLog: Sendable {
    let figures: ServerFigures
    /// Is told of each turn that has ended, with the conversation's name.
    var onTurn: @Sendable (_ conversation: String, _ report: TurnReport) -> Void = { _, _ in }

    func note(_ event: SessionEvent, of conversation: String) {
        switch event {
        case .turnBegan: figures.began()
        case .turnEnded(let report):
            figures.ended(report)
            onTurn(conversation, report)
        case .failure(let error): figures.failed(error.stage)
        case .workload(let level): figures.works(level)
        default: break
        }
    }
}
