/// "Hello", "good morning", "how are you", "can you hear me".
public struct GreetingSkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { Self.hello.vocabulary.union(Self.presence.vocabulary) }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if Self.wellbeing.matches(utterance) { return SkillAnswer("I'm fine, thank you.", "What can I do for you?") }
        if Self.presence.matches(utterance) { return SkillAnswer("Yes, I can hear you.", "What can I do for you?") }
        if Self.meeting.matches(utterance) { return SkillAnswer("Nice to meet you, too.") }
        return Self.hello.match(utterance) { slots in
            let part = slots["part"].map { utterance.words(of: $0) }
            guard part == nil || ["morning", "afternoon", "evening", "day"].contains(part) else { return nil }
            return SkillAnswer("\(part.map { "Good " + $0 } ?? "Hello").", "What can I do for you?")
        }
    }

    private static let hello: Phrases = [
        """
        (hello|hi|hey|hiya|howdy|yo|greetings|hallo|hullo|hi there|hello there|hey there|hey you|good day to you|\
        gday|aloha|ahoy) [hello|hi|hey|again|there|everyone|everybody|my friend|assistant|computer|riposte|robot]
        """,
        "[hello|hi|hey] good <part> [to you|riposte|computer|everyone|there|assistant]", "morning",
        "hello hello [hello]", "say hello [to everyone|to us|to me]",
    ]
    private static let wellbeing: Phrases = [
        """
        [hello|hi|hey] [there] how are you [doing|today|doing today|feeling|feeling today|this morning|tonight|this \
        evening|there]
        """,
        "how is it going [today]", "how do you (do|feel)", "what is up", "how have you been",
        "how are things [with you|going]", "how is your day [going|been]",
        "how was your day", "are you (okay|well|all right|good|fine)", "you (okay|all right)", "what is going on",
        "how goes it",
    ]
    private static let presence: Phrases = [
        """
        [hello] [hello] are you (there|still there|listening|here|awake|on|working|alive|still listening|online|\
        ready)
        """,
        "[hello] [hello] (can|do) you hear me [now|okay]", "[hello] (hear me|do you hear me|you hear me)",
        "[hello] you there", "is (anybody|anyone|somebody|someone) there",
        "(testing|test|mic check|microphone check) [one two|one two three|1 2 3|1 2]",
        "are we (on|connected)", "is this thing on", "is this (on|working)", "still there",
    ]
    private static let meeting: Phrases = [
        "[it is] (nice|pleased|good|great|lovely) to (meet|see) you [too|riposte]", "pleased to meet you",
    ]
}
