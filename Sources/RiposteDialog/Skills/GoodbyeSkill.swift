import RiposteCore

/// "Goodbye"; ends the conversation.
public struct GoodbyeSkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { ["goodbye", "bye", "later", "night"] }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if Self.night.matches(request.utterance) { return SkillAnswer("Good night.", effects: [.endConversation]) }
        guard Self.bye.matches(request.utterance) else { return nil }
        return SkillAnswer("Goodbye.", effects: [.endConversation])
    }

    private static let bye = Phrases(
        [
            "{bye} [{bye}]", "{before} {bye} [{bye}]", "{bye} {after}", "{before} {bye} {after}",
        ],
        parts: [
            "bye": """
            bye|goodbye|good bye|bye bye|good by|bye now|see you|see you later|see ya|see ya later|see you soon|\
            see you tomorrow|see you around|talk to you later|talk to you soon|talk to you tomorrow|so long|\
            farewell|take care|later|catch you later|until next time|until tomorrow|have a (good|nice|great|\
            lovely) (day|one|evening|night|weekend|time)|that is all|that will be all|that would be all|that is \
            it|that is everything|i am done|we are done|i am finished|that is all for now|that is all for today|\
            quit|exit|hang up|end [the|this] (conversation|call|chat|session)|stop [the] (conversation|chat|\
            session)|stop listening|go to sleep|go away|cheerio|ciao|adios|adieu|goodbye for now|bye for now|\
            ttyl|i have to go [now]|i have got to go|got to go|gotta go|i am leaving|nothing else|no that is \
            all|no that is it|no nothing else|i do not need anything else|i am good|no i am good|no i am done|\
            buy buy|by by|bye buy|good buy
            """,
            "before": """
            thanks|thank you|okay|great|okay thanks|okay thank you|all right|well|thanks a lot|thank you very \
            much|no|no thanks|no thank you|cool|perfect|good|thank you so much|great thanks|all right then|that \
            is all
            """,
            "after": """
            thanks|thank you|riposte|computer|then|now|everyone|my friend|for now|thank you very much|dear|for \
            today|assistant|and thank you|and thanks
            """,
        ])
    private static let night: Phrases = [
        """
        [okay|well|thanks|thank you|bye|goodbye|and] good night [riposte|everyone|then|now|sleep well|computer|to \
        you]
        """,
        "sleep (well|tight)", "nighty night", "night night", "nighty night [riposte]",
        "i am going to (bed|sleep) [now] [good night]",
    ]
}
