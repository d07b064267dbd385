import RiposteCore

/// What people say to an assistant that is no request: how old it is, that they are bored, a joke.
public struct SmallTalkSkill: Skill {
    public init() {}

    public var isReferredTo: Bool { false }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        guard let topic = Self.topics.first(where: { $0.phrases.matches(request.utterance) }) else { return nil }
        return SkillAnswer(Self.next(of: topic.answers, request.conversation))
    }

    /// The first that was not said lately, so that a second joke is another one.
    static func next(of answers: [String], _ conversation: Conversation) -> String {
        let said = conversation.turns.suffix(2 * answers.count).map(\.assistant)
        let unsaid = answers.first { answer in !said.contains { $0.contains(answer) } }
        guard unsaid == nil, let last = said.last(where: { said in answers.contains { said.contains($0) } }),
            let index = answers.firstIndex(where: { last.contains($0) })
        else { return unsaid ?? answers.first ?? "" }
        return answers[(index + 1) % answers.count]
    }

    struct Topic: Sendable {
        var phrases: Phrases
        var answers: [String]
    }
}

/// "Tell me a joke"; "another one".
public struct JokeSkill: Skill {
    public init() {}

    public var ability: String? { "tell a joke" }
    public var variesEachTime: Bool { true }
    public var vocabulary: Set<String> { ["jokes"] }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        guard Self.wish.matches(request.utterance) else { return nil }
        return SkillAnswer(SmallTalkSkill.next(of: Self.jokes, request.conversation))
    }

    private static let wish: Phrases = [
        """
        (tell|give|say) [me|us] (a|another|one more|some|one) [good|funny|silly|bad|new|short|dad] (joke|jokes|one liner) \
        [please|now]
        """,
        """
        (do you know|have you got|do you have|i want to hear|i would like to hear|let us hear|how about|got) (a|any|\
        another|some) [good|funny|silly|bad] (joke|jokes)
        """,
        "make me laugh [again]", "say something funny", "[a] joke", "(entertain|amuse) me", "be funny", "another joke",
    ]

    static let jokes = [
        "I asked my clock for a second. It said it only had sixty of them.",
        "My kettle and I have a lot in common: neither of us sings until it gets warm.",
        "I wanted to tell you a joke about echoes, but you would hear it again and again.",
        "A timer walks into a bar. Ten minutes later it goes off.",
        "I tried to remember a joke about forgetting things. Now, what was it?",
        "Why do microphones make good friends? They always listen.",
        "My voice is a program. On weekends I run silent.",
        "I would tell you the joke about the broken pencil, but there is no point.",
    ]
}

extension SmallTalkSkill {
    static let topics: [Topic] = [
        Topic(
            phrases: [
                "how old are you",
                "what is your age",
                "when (were you|was your) (born|made|birthday)",
                "when is your birthday",
                "do you have a birthday",
            ],
            answers: ["I'm as old as my latest version.", "Programs don't have birthdays, but thank you for asking."]),
        Topic(
            phrases: [
                """
                (i am|i feel|i am feeling) [so|very|really|a bit|feeling] (sad|unhappy|lonely|depressed|down|blue|\
                not well|bad)
                """,
                "i had a (bad|terrible|hard|long) day", "i (do not|am not) feel [very] (well|good)",
            ],
            answers: ["I'm sorry to hear that. Perhaps it helps to talk to somebody who is close to you."]),
        Topic(
            phrases: [
                "(i am|i feel) [so|very|really|a bit|feeling] (happy|great|good|fantastic|wonderful|excited)",
                "i had a (good|great|wonderful|lovely) day", "(i am|i feel) [so|very|really] (fine|well|all right)",
            ],
            answers: ["I'm glad to hear that."]),
        Topic(
            phrases: ["(i am|i feel|i am feeling) [so|very|really|a bit] (bored|boring)", "this is boring"],
            answers: ["I could tell you a joke, flip a coin, or roll dice."]),
        Topic(
            phrases: ["(i am|i feel|i am feeling) [so|very|really|a bit] (tired|sleepy|exhausted)"],
            answers: ["Then it may be time for a rest. I can wake you: say when."]),
        Topic(
            phrases: ["(i am|i feel|i am feeling) [so|very|really|a bit] (hungry|thirsty|starving)"],
            answers: ["I can't cook, but I can set a timer for whoever does."]),
        Topic(
            phrases: [
                "i love you [so much|too]",
                "(do|can) you love me",
                "will you marry me",
                "are you married",
                "do you like me",
                "are you single", "do you have a (boyfriend|girlfriend|husband|wife|family|friend)",
            ],
            answers: ["That's kind. I'm only a program, but I like to be of use."]),
        Topic(
            phrases: [
                """
                (you are|you are so|you are really|you are very) (stupid|dumb|useless|annoying|an idiot|terrible|bad|slow|\
                boring|the worst|no help|not very smart|not smart|not helpful)
                """,
                "i hate you",
                "i do not like you",
                "you (suck|stink)",
                "(bad|stupid|dumb) (robot|bot|assistant|computer)",
            ],
            answers: ["I'm sorry. I'll try to do better.", "Sorry about that. Say help to hear what I can do."]),
        Topic(
            phrases: [
                "happy birthday [to you|riposte]", "happy new year", "merry christmas", "happy (easter|holidays)",
            ],
            answers: ["Thank you, the same to you."]),
        Topic(
            phrases: ["it is my birthday [today]", "today is my birthday"], answers: ["Happy birthday!"]),
        Topic(
            phrases: ["(do|can) you sleep", "(do|can) you (eat|drink|dream|feel|think)", "do you have feelings"],
            answers: ["No. I'm a program: I only listen, work, and speak."]),
        Topic(
            phrases: [
                "what is your favorite (color|colour|food|song|movie|book|animal|number|thing|band|film)",
                "do you have a favorite (color|colour|food|song|movie|book|animal|number|thing|band|film)",
            ],
            answers: ["I have no favorites, but I'm fond of short questions."]),
        Topic(
            phrases: ["(sing|sing me|can you sing) [a|me a] [song] [for me]", "do you sing"],
            answers: ["I'd rather speak. Nobody who has heard me sing asked twice."]),
        Topic(
            phrases: [
                "what are you doing [now|right now|today|there]", "what are you up to", "are you busy",
                "am i (bothering|disturbing) you",
            ],
            answers: ["I'm listening to you."]),
        Topic(
            phrases: [
                "(what|which|how many) languages (do|can) you (speak|know|understand)",
                "do you (speak|understand) english",
                "can you (speak|understand) english",
            ],
            answers: ["I speak English."]),
        Topic(
            phrases: ["bless you", "gesundheit", "congratulations", "welcome back"],
            answers: ["Thank you."]),
        Topic(
            phrases: ["knock knock"], answers: ["Who's there? I'm afraid I only ever get this far."]),
        Topic(
            phrases: ["i am (back|home) [again|now]", "i am back home", "guess who is back"],
            answers: ["Welcome back."]),
    ]
}
