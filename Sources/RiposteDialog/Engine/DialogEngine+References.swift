import RiposteCore

// What refers to an earlier request: "the same again", "and tomorrow?", "and in the bedroom?"
extension DialogEngine {
    /// What "the same" is.
    enum Same {
        /// The form that ended last.
        case form
        /// What was understood then.
        case message(ParsedMessage)
        case skill(SkillAnswer)
    }

    /// A request that was answered outside of a form, and by what.
    private struct Answered {
        var message: ParsedMessage
        var action: String
    }

    /// Actions that answer no request.
    private static let courtesies: Set<String> = [
        Tracker.listen, "action_cancel", "action_start_over", "action_repeat", "action_help", "action_back",
        Domain.sameAgain, "action_recall", "action_confirm_words", "action_reprompt", "action_restart",
        "action_two_stage_fallback", "action_default_fallback", "action_default_ask_affirmation",
        "action_default_ask_rephrase",
    ]

    /// The latest first.
    private func answered(_ tracker: Tracker) -> [Answered] {
        tracker.decisions.reversed().compactMap { decision in
            guard let message = decision.moment.message, decision.moment.form == nil,
                !Self.courtesies.contains(decision.action)
            else { return nil }
            return Answered(message: message, action: decision.action)
        }
    }

    // MARK: - The same again

    /// A form that has ended comes before what was only told since.
    func sameAgain(_ turn: DialogTurn) -> Same? {
        let hasForm = turn.tracker.completedForm.map { domain.forms[$0.name] != nil } ?? false
        guard let last = answered(turn.tracker).first, domain.forms[last.action] == nil else {
            return hasForm ? .form : nil
        }
        if last.action == Self.skillAction {
            if let answer = skillReference(turn), !hasForm || !answer.effects.isEmpty { return .skill(answer) }
            return hasForm ? .form : nil
        }
        return hasForm && domain.responses[last.action] != nil ? .form : .message(last.message)
    }

    func repeatRequest(_ turn: inout DialogTurn) async throws {
        switch sameAgain(turn) {
        case .form: try await repeatForm(&turn)
        case .message(let message):
            turn.record(.action(name: Domain.sameAgain))
            try await understand(message, &turn)
        case .skill(let answer):
            turn.record(.action(name: Domain.sameAgain))
            give(answer, &turn)
        case nil: break
        }
    }

    /// What was told to the last form is told again, but for what confirmed it.
    private func repeatForm(_ turn: inout DialogTurn) async throws {
        guard let last = turn.tracker.completedForm, let form = domain.forms[last.name] else { return }
        turn.record(.action(name: Domain.sameAgain), .form(name: form.name))
        for (name, value) in last.slots.sorted(by: { $0.key < $1.key }) {
            if case .bool = domain.slots[name]?.kind, form.requiredSlots.contains(name) {
                turn.record(.slot(name: name, value: .empty))
            } else {
                turn.record(.slot(name: name, value: value))
            }
        }
        for _ in 0..<configuration.mostActions {
            guard let action = try await nextAction(&turn), action != Tracker.listen, try await run(action, &turn)
            else {
                break
            }
        }
    }

    // MARK: - Going on

    /// The answer of a skill to words that go on with what a skill has answered last.
    func skillReference(_ turn: DialogTurn) -> SkillAnswer? {
        guard turn.tracker.activeForm == nil, answered(turn.tracker).first?.action == Self.skillAction else {
            return nil
        }
        return skills.referring(Utterance(turn.utterance.text), turn.conversation)
    }

    func goesOnWithSkill(_ message: ParsedMessage, _ turn: inout DialogTurn) -> Bool {
        guard let answer = skillReference(turn) else { return false }
        var message = message
        // Whatever it was taken for, it was none of the project's.
        message.ranking = [.init(ParsedMessage.outOfScope, 1)]
        turn.record(.user(message: message))
        give(answer, &turn)
        turn.record(.action(name: Tracker.listen))
        return true
    }

    /// The whole message that values alone stand for: "and in the bedroom?" after "turn on the light in the kitchen" is
    /// the same with another room. nil for what stands by itself.
    func goingOn(_ message: ParsedMessage, _ turn: DialogTurn) -> ParsedMessage? {
        guard turn.tracker.activeForm == nil, turn.tracker.question == nil, !message.entities.isEmpty else {
            return nil
        }
        let utterance = Utterance(message.text)
        let lead = Ellipsis.lead(of: utterance)
        for request in answered(turn.tracker).prefix(Self.farthest) {
            guard let intent = request.message.intent?.name, intent != ParsedMessage.outOfScope else { continue }
            let carried = vocabulary.entities(of: intent)
            let values = message.entities.filter { carried.contains($0.entity) }
            if values.isEmpty { continue }
            guard !(lead == 0 || values.count > 1) || !standsByItself(message, needsCertainty: lead > 0),
                Ellipsis.isNothingBut(values, in: utterance, after: lead)
            else { return nil }
            var earlier = request.message
            earlier.entities += told(to: request.action, besides: earlier, turn.tracker)
            return Self.joined(earlier, values, text: message.text)
        }
        return nil
    }

    /// Whether the project has something to do about the message as it is.
    private func standsByItself(_ message: ParsedMessage, needsCertainty: Bool) -> Bool {
        guard let intent = message.intent, intent.name != ParsedMessage.outOfScope else { return false }
        if needsCertainty, intent.confidence < configuration.certain { return false }
        return rules.begins(with: intent.name) || stories.begins(with: intent.name)
    }

    /// What the form that a message began was told after it.
    private func told(to form: String, besides message: ParsedMessage, _ tracker: Tracker) -> [ParsedEntity] {
        guard let completed = tracker.completedForm, completed.name == form else { return [] }
        let known = Set(message.entities.map(\.entity))
        return completed.slots.sorted { $0.key < $1.key }.compactMap { name, value in
            guard let entity = domain.slots[name]?.mappings.compactMap(\.entity).first, !known.contains(entity) else {
                return nil
            }
            return ParsedEntity(entity, value: value.description, in: 0..<0)
        }
    }

    /// Messages that are looked back on.
    private static let farthest = 6

    private static func joined(_ earlier: ParsedMessage, _ values: [ParsedEntity], text: String) -> ParsedMessage {
        var values = values
        for index in values.indices where values[index].role == nil {
            // What was a destination is one again.
            let same = earlier.entities.filter { $0.entity == values[index].entity }
            if same.count == 1 { (values[index].role, values[index].group) = (same[0].role, same[0].group) }
        }
        var whole = earlier
        whole.text = text
        whole.entities = earlier.entities.filter { old in
            !values.contains { $0.entity == old.entity && $0.role == old.role }
        }.map { old in
            // It stands nowhere in this text.
            var old = old
            (old.start, old.end) = (0, 0)
            return old
        }
        whole.entities += values
        return whole
    }
}

/// What is left out of a sentence because it was said before.
private enum Ellipsis {
    /// How many words say that something goes on: "and", "what about".
    static func lead(of utterance: Utterance) -> Int {
        leads.first { utterance.has($0, at: 0) }?.count ?? 0
    }

    /// The longer one of two that begin alike comes first.
    private static let leads = [
        "and what about", "and how about", "what about", "how about", "and also", "and now", "and then", "and", "also",
        "same for",
        "the same for", "then",
    ].map { $0.split(separator: " ").map(String.init) }.sorted { $0.count > $1.count }

    /// Whether an utterance is made of these values and of words that say nothing.
    static func isNothingBut(_ values: [ParsedEntity], in utterance: Utterance, after lead: Int) -> Bool {
        let places = ScalarPlaces(utterance.text)
        return utterance.tokens.dropFirst(lead).allSatisfy { token in
            let (start, end) = (places.offset(token.range.lowerBound), places.offset(token.range.upperBound))
            return fillers.contains(token.word) || values.contains { $0.start < end && start < $0.end }
        }
    }

    private static let fillers: Set<String> = [
        "in", "on", "at", "for", "the", "a", "an", "with", "to", "from", "of", "now", "then", "please", "also", "too",
        "as",
        "well", "and", "my", "our", "one", "instead",
    ]
}
