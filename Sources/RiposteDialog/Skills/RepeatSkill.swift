import RiposteCore

/// Says the last answer again: "repeat that", "what did you say", "sorry?".
public struct RepeatSkill: Skill {
    public init() {}
    public var isReferredTo: Bool { false }
    public var vocabulary: Set<String> { Self.again.vocabulary }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        guard Self.again.matches(request.utterance) else { return nil }
        guard let last = request.conversation.turns.last(where: { $0.assistant.contains { $0.isLetter } }) else {
            return SkillAnswer("I haven't said anything yet.")
        }
        // The question is asked again with the answer.
        return SkillAnswer(sentences: [last.assistant], expectation: request.conversation.expectation)
    }

    private static let again: Phrases = [
        """
        (repeat|say|tell me|read) [that|it|this|what you said|the last answer|the answer|yourself|please|the last \
        thing you said|the last thing|the last sentence|that one] [again|once more|one more time|another time|\
        louder|slower|slowly|more slowly|please|back]
        """,
        "repeat [after me]",
        """
        (again|once more|one more time|come again|say again|what|pardon|pardon me|beg pardon|i beg your pardon|\
        excuse me|sorry|sorry what|huh|what now|what was it|say what|what again|sorry i|wait what)
        """,
        "(what|what is it that|what was it) [did|have|do] you [just] (say|said|saying|tell me|mean|just say|just said)",
        "what was that [again|you said|please]",
        """
        i (did not|do not|could not|can not|have not) (hear|catch|get|understand|understood|heard|caught) (you|that|\
        it|what you said|a word|you there|that one|what you just said)
        """,
        "i (missed|did not get) (that|it|what you said)",
        "you said what", "what did you [just] say [again|to me|just now]",
        "(the last|your last) (answer|sentence|reply)",
        """
        sorry (i did not (catch|hear|get|understand) (that|it|you)|come again|say (that|it) again|what did you say|\
        what was that|could you repeat that|can you repeat that)
        """,
        "once again", "give me that again", "what was (the|your) [last] (answer|answer again|reply)",
        "(repeat|say) (your|the) (answer|last answer|last sentence|reply|question|last reply)", "what did i miss",
    ]
}
