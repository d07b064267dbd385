/// "Thank you", and words of approval.
public struct ThanksSkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { ["thank", "thanks", "great", "perfect", "awesome", "excellent"] }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if Self.thanks.matches(request.utterance) { return SkillAnswer("You're welcome.") }
        if Self.sorry.matches(request.utterance) { return SkillAnswer("No problem.") }
        if Self.quiet.matches(request.utterance) { return SkillAnswer("Okay.") }
        return Self.praise.matches(request.utterance) ? SkillAnswer("Glad to help.") : nil
    }

    private static let thanks: Phrases = [
        """
        [okay|great|perfect|good|cool|awesome|excellent|wonderful|lovely|nice|yes|yeah|all right|no|oh] (thanks|\
        thank you|thank|cheers|many thanks|thx|thanks you|thank u|much appreciated|i appreciate it|ta) [a lot|very \
        much|so much|a bunch|again|much|riposte|for that|for your help|for the help|for everything|a million|for \
        helping|for helping me|man|that is great|that is very kind|very kind|that was helpful|for the information|\
        for telling me|sir|buddy|dear]
        """,
        "thanks thanks", "thank you thank you",
    ]
    private static let praise: Phrases = [
        """
        [that is|that was|you are|very|so|how|really|this is] (great|good|nice|cool|awesome|perfect|wonderful|\
        excellent|amazing|fantastic|lovely|brilliant|helpful|very helpful|so helpful|very good|the best|clever|\
        smart|funny|sweet|impressive|incredible|super|correct|fine|very nice)
        """,
        "(good|great|nice|well|excellent) (job|work|done|one|answer)", "i (love|like) (you|it|that)",
        "good (girl|boy|bot|robot)", "well done", "you (rock|are great|did great|are awesome)",
    ]
    private static let sorry: Phrases = [
        "[i am] [so|very] sorry [about that]", "my (bad|mistake|apologies)", "i apologize", "oops",
    ]
    private static let quiet: Phrases = [
        """
        (stop|quiet|silence|shush|enough|hush|shut up|be quiet|stop talking|never mind|nevermind|forget it|cancel|\
        wait|hold on|hang on|one moment|just a moment|just a second|one second|wait a second|wait a minute|forget \
        about it|ignore that|that is enough|nothing|no nothing|not now|no|nope|yes|yeah|yep|okay|sure|got it|i see|\
        understood|fine|all right|right|okay okay|cancel that|cancel it|stop it|stop that|stop stop|do not worry|no \
        worries|no problem)
        """
    ]
}
