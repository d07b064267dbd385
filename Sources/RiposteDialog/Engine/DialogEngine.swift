import Foundation
import RiposteCore

/// Decides what a project answers: rules first, then stories, forms in between, and courtesies that every project has.
///
/// A pure function of what was said and what the conversation remembers; what follows from an answer is in the turn's
/// events.
struct DialogEngine: Sendable {
    struct Configuration: Sendable {
        /// What responses with a channel are chosen by.
        var channel = "voice"
        /// Words less certain than this are asked back about, 0–1. Default: as the responder's.
        var unsure = 0.5
        /// Actions in one turn, as many as Rasa takes.
        var mostActions = 10
        /// An intent less likely than this is not even asked back about.
        var plausible = 0.2
        /// An intent more likely than this is meant, whatever was asked for.
        var certain = 0.8
    }

    let project: DialogProject
    let configuration: Configuration
    let understanding: any Understanding
    let skills: BuiltInResponder
    let rules: RulePolicy
    let stories: StoryPolicy
    let choice: ResponseChoice
    let vocabulary: DialogVocabulary
    /// Carries out what is neither a response nor a form; nil: nobody does.
    var actions: (any ActionRunner)?

    var domain: Domain { project.domain }

    init(
        _ project: DialogProject, understanding: any Understanding, skills: BuiltInResponder = .init(),
        actions: (any ActionRunner)? = nil, configuration: Configuration = .init()
    ) {
        self.project = project
        self.understanding = understanding
        self.skills = skills
        self.actions = actions
        self.configuration = configuration
        rules = RulePolicy(project.rules, domain: project.domain)
        stories = StoryPolicy(project.paths, domain: project.domain, settings: project.settings)
        choice = ResponseChoice(domain: project.domain, channel: configuration.channel)
        vocabulary = DialogVocabulary(project)
    }

    /// Answers what was said.
    /// - Parameter beforeAction: is waited for before anything is done that cannot be undone.
    func respond(
        to utterance: Transcript, in conversation: Conversation,
        beforeAction: @escaping @Sendable () async throws -> Void = {}
    ) async throws -> DialogTurn {
        var turn = DialogTurn(utterance, in: conversation)
        turn.beforeAction = beforeAction
        beginSession(&turn)
        guard !utterance.isEmpty else {
            turn.say("I didn't catch that. Could you say it again?")
            return turn
        }
        var text = utterance.text
        if let payload = vocabulary.payload(of: text, for: turn) { text = payload }
        if let message = PayloadMessage.message(text, domain: domain) {
            try await understand(message, &turn)
            return turn
        }
        if let question = turn.tracker.question {
            if try await answer(question, text, &turn) { return turn }
        }
        if let command = DialogCommand(Utterance(text)), !isProjects(command), isPossible(command, turn) {
            try await obey(command, &turn)
            return turn
        }
        let message = try await parse(text, turn)
        if asksBackAboutWords(message, &turn) { return turn }
        if goesOnWithSkill(message, &turn) { return turn }
        try await understand(goingOn(message, turn) ?? message, &turn)
        endIfParting(text, &turn)
        return turn
    }

    /// Whoever says goodbye, and is not in the middle of something, is done.
    private func endIfParting(_ text: String, _ turn: inout DialogTurn) {
        guard turn.tracker.activeForm == nil, turn.tracker.question == nil, !turn.effects.contains(.endConversation),
            let answer = skills.skilled(Utterance(text), turn.conversation), answer.effects.contains(.endConversation)
        else { return }
        turn.effects.append(.endConversation)
    }

    /// A conversation begins, or begins anew after it had lapsed.
    private func beginSession(_ turn: inout DialogTurn) {
        if turn.tracker.eventCount == 0 {
            turn.record(.sessionStarted(keepsSlots: false))
        } else if let last = turn.conversation.lastActive, domain.session.expiration > 0,
            turn.conversation.now.timeIntervalSince(last) > domain.session.expiration * 60
        {
            turn.record(.sessionStarted(keepsSlots: domain.session.carriesOverSlots))
        }
    }

    /// The same can be had again where something was had, and nothing else is asked; "again" after dice is another
    /// throw.
    private func isPossible(_ command: DialogCommand, _ turn: DialogTurn) -> Bool {
        switch command {
        case .same: turn.tracker.activeForm == nil && sameAgain(turn) != nil
        case .again: skillReference(turn) == nil
        default: true
        }
    }

    /// Whether the project has an intent of that meaning, and something to do about it.
    private func isProjects(_ command: DialogCommand) -> Bool {
        command.intents.contains { domain.intents[$0] != nil && (rules.begins(with: $0) || stories.begins(with: $0)) }
    }

    // MARK: - Understanding

    func parse(_ text: String, _ turn: DialogTurn, expecting more: [String] = []) async throws -> ParsedMessage {
        var utterance = turn.utterance
        if text != utterance.text {
            utterance.text = text
            utterance.words = []
        }
        let expected = more + vocabulary.entities(filling: turn.tracker.requestedSlot)
        return project.settings.judged(try await understanding.parse(utterance, expecting: expected))
    }

    /// Goes on with what is understood, until the user is to speak.
    func understand(_ message: ParsedMessage, _ turn: inout DialogTurn) async throws {
        // The likeliest intents are enough to remember.
        var message = message
        message.ranking = Array(message.ranking.prefix(5))
        turn.record(.user(message: message))
        SlotFilling(message, domain: domain, isDigression: isDigression(message)).fill(&turn)
        refuseForm(&turn)
        for _ in 0..<configuration.mostActions {
            guard let action = try await nextAction(&turn) else { break }
            if action == Tracker.listen {
                if goesOnWithSuspendedForm(&turn) { continue }
                turn.record(.action(name: Tracker.listen))
                return
            }
            guard try await run(action, &turn) else { return }
        }
        turn.record(.action(name: Tracker.listen))
    }

    private func isDigression(_ message: ParsedMessage) -> Bool {
        guard let intent = message.intent, intent.name != ParsedMessage.outOfScope else { return false }
        return intent.confidence >= configuration.certain && rules.begins(with: intent.name)
    }

    // MARK: - Deciding

    /// What to do next; nil where there is nothing to do at all.
    func nextAction(_ turn: inout DialogTurn) async throws -> String? {
        let tracker = turn.tracker
        if let form = tracker.activeForm, !tracker.isFormRefused {
            return tracker.latestAction == form ? Tracker.listen : form
        }
        let decision = rules.decide(tracker) ?? stories.decide(tracker)
        let hasActed = tracker.latestAction != Tracker.listen
        if let form = tracker.activeForm, hasActed, decision == nil || decision?.action == Tracker.listen {
            // The digression is over.
            return form
        }
        if let decision, !(decision.action == Tracker.listen && !hasActed) {
            if tracker.latestMessage?.intent?.name == ParsedMessage.outOfScope, !hasActed, answerBySkill(&turn) {
                return tracker.activeForm ?? Tracker.listen
            }
            return decision.action
        }
        if hasActed { return Tracker.listen }
        return try await withoutDecision(&turn)
    }

    /// No rule and no story knows what to do.
    private func withoutDecision(_ turn: inout DialogTurn) async throws -> String? {
        if answerBySkill(&turn) { return turn.tracker.activeForm ?? Tracker.listen }
        if turn.tracker.activeForm != nil {
            reprompt(&turn)
            return Tracker.listen
        }
        guard turn.tracker.latestMessage?.intent?.name == ParsedMessage.outOfScope else {
            return project.settings.fallbackAction
        }
        return "action_two_stage_fallback"
    }

    /// Lets the built-in skills answer what the project does not.
    private func answerBySkill(_ turn: inout DialogTurn) -> Bool {
        guard let utterance = turn.tracker.latestMessage.map({ Utterance($0.text) }), !isBareAnswer(utterance),
            let answer = skills.skilled(utterance, turn.conversation)
        else { return false }
        give(answer, &turn)
        return true
    }

    func give(_ answer: SkillAnswer, _ turn: inout DialogTurn) {
        turn.record(.action(name: Self.skillAction))
        for sentence in answer.sentences { turn.say(sentence) }
        turn.effects += answer.effects
        turn.expectation = answer.expectation
    }

    /// What is recorded where a built-in skill answers.
    static let skillAction = "action_skill"

    /// A bare yes or no is an answer, if to nothing that was asked. "Yes, set a timer" is more, and so is "cancel the
    /// timer", which might also correct something.
    private func isBareAnswer(_ utterance: Utterance) -> Bool {
        let words = utterance.request.tokens.map(\.word).joined(separator: " ")
        return [.yes, .no].contains(Confirmation(words))
    }
}
