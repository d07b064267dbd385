import RiposteCore

/// Says what the user said last: "what did I say", "what was my last question".
public struct RecallSkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        Self.recall.matches(request.utterance) ? SkillAnswer(Self.words(request.conversation)) : nil
    }

    static func words(_ conversation: Conversation) -> String {
        let said = conversation.turns.last { $0.user.contains { $0.isLetter || $0.isNumber } }?.user
        guard let said = said?.trimmed else { return "You haven't said anything yet." }
        return "You said: \(said)" + (said.last.map { ".?!".contains($0) } == true ? "" : ".")
    }

    static let recall: Phrases = [
        """
        what (did|have) i [just|last] (say|said|ask|asked|tell you|told you|ask you|asked you|ask for|asked for|say to \
        you|order|ordered) [you|to you|for] [before|just now|last|last time|a moment ago|again]
        """,
        "what was (it|that|the thing) [that] i [just] (said|asked|asked you|told you|asked for)",
        "what (was|is) my last (question|request|sentence|command|order|message)",
        "(repeat|tell me|say|read) [me|back] what i [just] (said|asked|told you|asked you|asked for) [to you|before]",
        "(repeat|read back) my (words|question|request|last words|last question|last request)",
        "what did you (hear|understand|hear me say)", "what do you think i said",
    ]
}
