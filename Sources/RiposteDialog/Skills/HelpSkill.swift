import RiposteCore

/// Says what can be asked for: "help", "what can you do".
public struct HelpSkill: Skill {
    /// What the other skills can do, in order.
    private let abilities: [String]

    /// - Parameter skills: the skills whose abilities are named.
    public init(skills: [any Skill]) { abilities = skills.compactMap(\.ability) }

    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { Self.help.vocabulary }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        guard Self.help.matches(request.utterance) else { return nil }
        return SkillAnswer(Self.summary(abilities), "Try: set a timer for ten minutes.")
    }

    /// "I can tell you the time and the date, set timers and reminders, and convert units."
    /// - Parameter most: of more than these, the rest is "more".
    static func summary(_ abilities: [String], most: Int = .max) -> String {
        let named = abilities.count > most ? abilities.prefix(most) + ["more"] : abilities[...]
        return named.isEmpty ? "There is nothing I can do yet." : "I can \(SpokenList.joined(Array(named)))."
    }

    private static let help: Phrases = [
        """
        (help|help me|i need help|i need some help|help please|a little help|can you help [me]|give me help|get \
        help|help me out|i want help|show help|i am lost|i am stuck|i do not know what to (say|ask|do))
        """,
        "what can you do [for me|exactly|else|then]", "what (else|all) can you do [for me]",
        "what (can|could|should|may|do|shall) i (ask|say|do|tell) [you|to you|here|now|with you|next|about|for]",
        """
        what (do you do|do you know|can you help [me] with|are you able to do|are you good for|are you capable of|\
        are your (skills|abilities|features|functions|capabilities|commands)|commands do you (know|understand|have))
        """,
        """
        how (does this work|do you work|do i use you|does it work|can you help [me]|can i use you|do i use this|can \
        i talk to you|do i talk to you)
        """,
        """
        what (things|kind of things|sort of things|questions|kinds of things|commands) can (you do|i ask [you]|you \
        answer|i say|you help with|i give you|i use)
        """,
        "(your|the|list [the]|list your|show) (options|commands|skills|abilities|features|capabilities)",
        "what are (my|the) options", "(what you can do|what can you|what you do|what you know)", "what do you offer",
        "what is possible", "how can you help [me]", "is there anything [else] you can do", "what are you for",
        "(help me|i need your help) with (something|this)", "what do you understand",
    ]
}
