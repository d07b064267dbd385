import RiposteCore

/// What can be said at any time.
enum DialogCommand: String, CaseIterable {
    case cancel
    case startOver = "start_over"
    case again = "repeat"
    case help
    case back
    case same = "same_again"
    case recall

    /// The command that these words are; nil if they are none.
    init?(_ utterance: Utterance) {
        let words = utterance.request
        guard let command = Self.allCases.first(where: { Self.phrases[$0]?.matches(words) ?? false }) else {
            return nil
        }
        self = command
    }

    /// What the words of each are; those of "what did I say" are the skill's own.
    private static let phrases = spoken.merging([.recall: RecallSkill.recall]) { $1 }

    /// Intents by which a project answers it itself.
    var intents: [String] {
        switch self {
        case .cancel: ["cancel", "stop", "abort"]
        case .startOver: ["start_over", "restart"]
        case .again: ["repeat"]
        case .help: ["help", "ask_help"]
        case .back: ["back", "undo", "go_back"]
        case .same: ["same_again"]
        case .recall: ["recall", "what_did_i_say"]
        }
    }

    private static let spoken: [DialogCommand: Phrases] = [
        .cancel: [
            "(cancel|stop|abort|quit|forget) [it|that|this|everything|all of it|about it|the whole thing]",
            "(never mind|nevermind|forget it|leave it|drop it|scrap that|no forget it|cancel please|stop it)",
            "i (do not want|changed my mind|have changed my mind|give up) [that|it|this] [any more|anymore|after all]",
            "(cancel|stop|forget|drop) (the|my|this) [whole] (order|request|booking|form|thing|question|questions)",
        ],
        .startOver: [
            "(start|begin) (over|again|anew|from scratch) [please|from the beginning|from the start]",
            "let us (start|begin) (over|again|anew|from scratch)",
            "(start|begin|go back to) [from] the (beginning|start)",
            "(restart|reset) [everything|it|that]", "from the (beginning|start|top)",
            "(can|could) we (start|begin) (over|again)", "i want to (start|begin) (over|again)",
        ],
        .again: [
            "(repeat|say) [that|it|this|the question|your question|yourself] [again|once more|one more time|please]",
            "(what|pardon|pardon me|sorry what|come again|say again|what was that|excuse me|again|once more)",
            "i beg your pardon",
            "what did you [just] say", "what was (that|the question) [again]", "(repeat|say) that please",
            "i did not (hear|catch|get|understand) (that|you|it|what you said|the question)",
            "(can|could) you (repeat|say) (that|it|the question) [again|please]",
        ],
        .help: [
            "(help|help me|i need help|i am lost|i am stuck|can you help me|what now)",
            "what can (you do|i say|i ask|you help me with) [for me|here|now]",
            "what (are|is) my (options|choices|choice)",
            "what are the (options|choices)", "what do you (want|need) [to know|from me]",
            "what (should|do|shall) i (say|do)",
            "how does this work",
        ],
        .same: [
            "[i will have|i would like|i want|give me|make me|get me] [the] same (again|as before|as last time)",
            "[i will have|i would like|i want|give me|make me|get me] [the] same (once more|one more time)",
            "[i will have|i would like|i want|give me|make me] (another one|one more) [of (those|that|the same)]",
            "(do|make|turn|switch) (that|it) (again|once more|one more time)",
            "[the] (same|usual) [thing] (again|as always)",
            "[the] same [thing|one] [again|please]",
        ],
        .back: [
            "(go|take me|step) back [please|one step|a step]", "(undo|undo that|take that back|back|one step back)",
            "(go back|back) to the (last|previous) (question|step|one)",
        ],
    ]
}
