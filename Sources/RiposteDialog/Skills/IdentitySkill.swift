/// "Who are you", "are you a robot".
public struct IdentitySkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { Self.who.vocabulary }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if Self.human.matches(request.utterance) {
            return SkillAnswer("I'm a voice assistant, a program.", "My name is Riposte.")
        }
        if Self.place.matches(request.utterance) { return SkillAnswer("I run right here on your own machine.") }
        if Self.maker.matches(request.utterance) {
            return SkillAnswer("I'm an open source project, made by its contributors.")
        }
        guard Self.who.matches(request.utterance) else { return nil }
        return SkillAnswer("I'm Riposte, a voice assistant.", "I run on your own machine.")
    }

    private static let who: Phrases = [
        "(who|what) are you [exactly|then|really]", "(what|who) is your name", "what is your name again",
        "who am i (talking|speaking) (to|with)", "(introduce|describe|explain) yourself", "about yourself",
        "something about yourself", "what (do|should|can) i call you",
        "do you have a name", "what are you called", "who is this", "who is there", "your name", "how are you called",
        "what kind of (assistant|program|thing) are you", "what is (riposte|this)", "who is riposte", "about you",
    ]
    private static let human: Phrases = [
        """
        are you [a|an] [real] (robot|human|machine|person|computer|ai|a i|artificial intelligence|bot|man|woman|\
        program|alive|real|chat bot|chatbot|voice assistant|assistant|human being|language model|siri|alexa)
        """,
        "are you a (man|boy|girl|woman|human|robot) or a (man|boy|girl|woman|human|robot|machine)",
        "are you (siri|alexa|google|cortana|chat gpt|chatgpt)",
    ]
    private static let place: Phrases = [
        "where are you [from|located|running|right now]", "where do you (live|run|come from)",
        "are you (online|in the cloud|on the internet|local|offline)", "do you (need|use) [the] internet",
        "(are you|do you) (recording me|spying on me|record me|listen to everything|send my data anywhere)",
    ]
    private static let maker: Phrases = [
        "who (made|created|built|developed|designed|invented|programmed|wrote) you",
        "who is your (maker|creator|developer|boss|owner)", "who (do you belong to|owns you)", "where were you made",
    ]
}
