import Foundation
import RiposteCore

/// Answers from a small set of skills: enough for a first conversation without any model.
///
/// Understanding is by rules over the words, after the spelling of recognisers has been evened out
/// (`Utterance`). Skills are asked in order: first for the whole utterance, then for each of its sentences or
/// parts joined by "and", then again with near misses of known words mended. What none of them knows is
/// declined, with what can be asked instead.
///
///     let responder = BuiltInResponder()
///     for try await reply in responder.reply(to: Transcript(text: "What time is it?"), in: Conversation()) {
///         print(reply.text)   // "It's ten thirty in the morning."
///     }
public struct BuiltInResponder: Responder {
    public struct Configuration: Sendable {
        /// Where the user is; the machine's own by default.
        public var timeZone: TimeZone

        public init(timeZone: TimeZone = .autoupdatingCurrent) { self.timeZone = timeZone }
    }

    /// Parts beyond these are not answered in one turn.
    private static let mostParts = 4

    private let skills: [any Skill]
    private let calendar: Calendar
    /// Every word a rule speaks of.
    let vocabulary: Set<String>
    private let corrector: SpellingCorrector
    private let abilities: [String]

    public init(_ configuration: Configuration = .init()) {
        self.init(skills: Self.standardSkills, configuration: configuration)
    }

    /// - Parameter skills: asked in this order. Help for them is added behind them.
    public init(skills: [any Skill], configuration: Configuration = .init()) {
        self.skills = skills + [HelpSkill(skills: skills)]
        // Fixed, so that answers don't depend on the machine's region.
        var calendar = Calendar(identifier: .gregorian)
        calendar.locale = Locale(identifier: "en_US_POSIX")
        calendar.timeZone = configuration.timeZone
        self.calendar = calendar
        vocabulary = self.skills.reduce(into: []) { $0.formUnion($1.vocabulary) }
        corrector = SpellingCorrector(vocabulary: vocabulary)
        abilities = skills.compactMap(\.ability)
    }

    /// Time and date, timers and reminders, lists, sums, conversions, chance, how it speaks, and the courtesies of a
    /// conversation.
    public static var standardSkills: [any Skill] {
        [
            RecallSkill(), RepeatSkill(), AlarmListSkill(), AlarmCancelSkill(), TimeSkill(), ListSkill(),
            ReminderSkill(),
            TimerSkill(), DateSkill(), ArithmeticSkill(), ConversionSkill(), ChanceSkill(), SpeechSkill(), JokeSkill(),
            GoodbyeSkill(), GreetingSkill(), ThanksSkill(), IdentitySkill(), SmallTalkSkill(),
        ]
    }

    /// Answers a first question, so that calendars and tables are there when somebody asks.
    public func load() async throws {
        for question in ["what time is it in Tokyo", "how many days until Christmas", "set a timer for 1 minute", "hm"]
        {
            _ = answer(to: question, in: Conversation())
        }
    }

    public func reply(to utterance: Transcript, in conversation: Conversation) -> AsyncThrowingStream<Reply, any Error>
    {
        let answer = answer(to: utterance.text, in: conversation)
        return AsyncThrowingStream { continuation in
            for reply in Self.replies(answer) { continuation.yield(reply) }
            continuation.finish()
        }
    }

    /// The skills that a language model may use.
    public var tools: [any LanguageModelTool] {
        skills.compactMap { skill in
            skill.tool.map { SkillTool(skill: skill, summary: $0, calendar: calendar) }
        }
    }

    /// A piece for each sentence. Effects come with the first, so that a timer is set even if its confirmation is
    /// interrupted; the end of the conversation comes with the last, as does the expectation.
    private static func replies(_ answer: SkillAnswer) -> [Reply] {
        let endings = answer.effects.filter { $0 == .endConversation }
        let others = answer.effects.filter { $0 != .endConversation }
        return answer.sentences.enumerated().map { index, sentence in
            let isLast = index == answer.sentences.count - 1
            return Reply(
                isLast ? sentence : sentence + " ", effects: (index == 0 ? others : []) + (isLast ? endings : []),
                expectation: isLast ? answer.expectation : .anything)
        }
    }
}

// MARK: - Understanding

extension BuiltInResponder {
    func answer(to text: String, in conversation: Conversation) -> SkillAnswer {
        let utterance = Utterance(text)
        guard utterance.tokens.contains(where: { $0.word.contains { $0.isLetter || $0.isNumber } }) else {
            return SkillAnswer("I didn't catch that.", "Could you say it again?")
        }
        return skilled(utterance, conversation) ?? declined(conversation)
    }

    /// The answer of the skills; nil where none of them knows one.
    func skilled(_ utterance: Utterance, _ conversation: Conversation) -> SkillAnswer? {
        if let answer = referring(utterance, conversation) ?? understood(utterance, conversation) { return answer }
        return corrected(utterance).flatMap { understood($0, conversation) }
            ?? referring(utterance, conversation, isNothingElse: true)
    }

    /// The answer to words that go on with an earlier request.
    func referring(_ utterance: Utterance, _ conversation: Conversation, isNothingElse: Bool = false) -> SkillAnswer? {
        meant(by: utterance, conversation, isNothingElse: isNothingElse).flatMap { understood($0, conversation) }
    }

    func corrected(_ utterance: Utterance) -> Utterance? { corrector.corrected(utterance) }

    /// Which skill knows an answer to the whole utterance; nil for none.
    func knowing(_ utterance: Utterance, _ conversation: Conversation) -> (any Skill)? {
        let bare = utterance.request
        for words in bare.count == utterance.count ? [bare] : [bare, utterance] {
            let request = SkillRequest(utterance: words, conversation: conversation, calendar: calendar)
            if let skill = skills.first(where: { $0.answer(to: request) != nil }) { return skill }
        }
        return nil
    }

    func understands(_ utterance: Utterance, _ conversation: Conversation) -> Bool {
        understood(utterance, conversation) != nil
    }

    private func understood(_ utterance: Utterance, _ conversation: Conversation) -> SkillAnswer? {
        single(utterance, conversation) ?? sentences(utterance, conversation) ?? joined(utterance, conversation)
    }

    private func single(_ utterance: Utterance, _ conversation: Conversation) -> SkillAnswer? {
        // With its politeness first: "thank you" and "okay" may be all there is to say.
        let bare = utterance.request
        for words in bare.count == utterance.count ? [bare] : [bare, utterance] {
            let request = SkillRequest(utterance: words, conversation: conversation, calendar: calendar)
            for skill in skills {
                if let answer = skill.answer(to: request) { return answer }
            }
        }
        return nil
    }

    /// Of several sentences those that are understood: "I'm cooking. Set a timer for five minutes."
    private func sentences(_ utterance: Utterance, _ conversation: Conversation) -> SkillAnswer? {
        let parts = utterance.sentences.prefix(2 * Self.mostParts).map(utterance.part)
        guard parts.count > 1 else { return nil }
        let answers = answers(to: parts, conversation)
        return answers.isEmpty ? nil : Self.merged(answers)
    }

    /// Requests joined by "and" or a comma, if each of them is understood.
    private func joined(_ utterance: Utterance, _ conversation: Conversation) -> SkillAnswer? {
        let joints = utterance.tokens.indices.dropFirst().filter { index in
            let token = utterance.tokens[index]
            return token.word == "and" || token.word == "then" || token.gap == .clause
        }
        for index in joints.prefix(Self.mostParts) {
            let parts = [utterance.part(0..<index), utterance.part(index..<utterance.count)]
            let answers = answers(to: parts, conversation, isEveryPartNeeded: true)
            if answers.count == parts.count { return Self.merged(answers) }
        }
        return nil
    }

    private func answers(
        to parts: [Utterance], _ conversation: Conversation, isEveryPartNeeded: Bool = false
    ) -> [SkillAnswer] {
        var conversation = conversation
        var answers: [SkillAnswer] = []
        for part in parts {
            guard answers.count < Self.mostParts, let answer = single(part, conversation), !answers.contains(answer)
            else {
                if isEveryPartNeeded { break }
                continue
            }
            answers.append(answer)
            for effect in answer.effects { conversation.apply(effect) }
        }
        return answers
    }

    private static func merged(_ answers: [SkillAnswer]) -> SkillAnswer {
        // "Hello. What can I do for you?" before another answer is one question too many.
        var kept = answers
        if answers.count > 1 {
            kept = answers.map { answer in
                let sentences = answer.sentences.filter { $0 != "What can I do for you?" }
                return SkillAnswer(sentences: sentences, effects: answer.effects, expectation: answer.expectation)
            }
        }
        return SkillAnswer(
            sentences: kept.flatMap(\.sentences), effects: kept.flatMap(\.effects),
            expectation: kept.last?.expectation ?? .anything)
    }

    private static let decline = "I can't do that yet."
    /// Abilities that are named to somebody who did not ask for them.
    private static let mostDeclined = 4

    private func declined(_ conversation: Conversation) -> SkillAnswer {
        // Once is enough to hear the list.
        if conversation.turns.last?.assistant.hasPrefix(Self.decline) == true {
            return SkillAnswer(Self.decline, "Say help to hear what I can do.")
        }
        return SkillAnswer(Self.decline, HelpSkill.summary(abilities, most: Self.mostDeclined))
    }
}
