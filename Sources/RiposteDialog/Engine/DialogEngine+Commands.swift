import RiposteCore

// What can be said at any time: cancel, start over, repeat, help, back.
extension DialogEngine {
    func obey(_ command: DialogCommand, _ turn: inout DialogTurn) async throws {
        if turn.tracker.question != nil { turn.record(.question(asked: nil)) }
        switch command {
        case .cancel: try await cancel(&turn)
        case .startOver: try await startOver(&turn)
        case .again: try await sayAgain(&turn)
        case .help: try await help(&turn)
        case .back: try await goBack(&turn)
        case .same: try await repeatRequest(&turn)
        case .recall:
            turn.record(.action(name: "action_recall"))
            turn.say(RecallSkill.words(turn.conversation))
        }
        if turn.tracker.latestAction != Tracker.listen { turn.record(.action(name: Tracker.listen)) }
    }

    private func cancel(_ turn: inout DialogTurn) async throws {
        guard let name = turn.tracker.activeForm, let form = domain.forms[name] else {
            // "Cancel" may be about a timer.
            if let answer = skills.skilled(Utterance(turn.utterance.text), turn.conversation), !answer.effects.isEmpty {
                return give(answer, &turn)
            }
            turn.record(.action(name: "action_cancel"))
            return say("utter_nothing_to_cancel", or: "Okay.", &turn)
        }
        turn.record(.action(name: "action_cancel"))
        empty(form, &turn)
        turn.record(.form(name: nil))
        say("utter_cancel", or: "Okay, canceled.", &turn)
        if goesOnWithSuspendedForm(&turn), let next = turn.tracker.activeForm { try await runForm(next, &turn) }
    }

    /// Takes back what was told to a form.
    private func empty(_ form: Domain.Form, _ turn: inout DialogTurn) {
        // What was told meanwhile belongs to it, also what is named beside what it must know; but not another form's.
        let before = turn.tracker.formStarts[form.name] ?? [:]
        let others = Set(turn.tracker.suspendedForms.flatMap { domain.forms[$0]?.requiredSlots ?? [] })
        for name in turn.tracker.slots.keys.sorted()
        where name != Tracker.requestedSlot && !others.subtracting(form.requiredSlots).contains(name) {
            let old = domain.value(of: name, in: before)
            if domain.value(of: name, in: turn.tracker.slots) != old { turn.record(.slot(name: name, value: old)) }
        }
    }

    private func startOver(_ turn: inout DialogTurn) async throws {
        guard let name = turn.tracker.activeForm, let form = domain.forms[name] else {
            turn.record(.restarted)
            return say("utter_restart", or: "Okay, let's start over.", &turn)
        }
        turn.record(.action(name: "action_start_over"))
        empty(form, &turn)
        turn.record(.slot(name: Tracker.requestedSlot, value: .empty))
        say("utter_start_over", or: "Okay, from the beginning.", &turn)
        try await runForm(name, &turn)
    }

    private func sayAgain(_ turn: inout DialogTurn) async throws {
        turn.record(.action(name: "action_repeat"))
        let last = turn.conversation.turns.last { $0.assistant.contains(where: \.isLetter) }?.assistant
        if let last { turn.say(last) } else { turn.say("I haven't said anything yet.") }
        turn.expectation = turn.conversation.expectation
    }

    private func help(_ turn: inout DialogTurn) async throws {
        turn.record(.action(name: "action_help"))
        if let name = turn.tracker.activeForm, let form = domain.forms[name],
            let slot = turn.tracker.requestedSlot ?? missingSlot(of: form, turn.tracker)
        {
            if let own = domain.responses["utter_help_\(slot)"] == nil ? nil : "utter_help_\(slot)" {
                say(own, &turn)
            } else if let hint = hint(for: slot) {
                turn.say(hint)
            }
            turn.say("You can also say cancel, start over or repeat.")
            return try await ask(for: slot, of: form, &turn)
        }
        guard domain.responses["utter_help"] == nil else { return say("utter_help", &turn) }
        let examples = whatCanBeSaid
        if examples.isEmpty {
            turn.say(HelpSkill.summary(BuiltInResponder.standardSkills.compactMap(\.ability)))
        } else {
            turn.say("You can say, for example: \(SpokenList.joined(examples.map { "\u{201C}\($0)\u{201D}" }, "or")).")
        }
    }

    /// An example of each of the first intents that something can be begun with.
    private var whatCanBeSaid: [String] {
        var seen: Set<String> = []
        let beginning = project.training.examples.filter { example in
            let intent = example.intent.baseIntent
            let isBegun = rules.begins(with: intent) || stories.begins(with: intent)
            return isBegun && startsSomething(intent) && seen.insert(intent).inserted
        }
        return beginning.prefix(3).map(\.text)
    }

    /// Whether a rule answers the intent by beginning a form: that is what a project is for.
    private func startsSomething(_ intent: String) -> Bool {
        let forms = Set(domain.forms.keys)
        guard !forms.isEmpty else { return true }
        return rules.all.contains { $0.patterns.last?.intent == intent && forms.contains($0.action) }
    }

    /// Takes back the latest message, and asks again what was asked before it.
    private func goBack(_ turn: inout DialogTurn) async throws {
        turn.record(.rewound, .action(name: "action_back"))
        say("utter_back", or: "Okay.", &turn)
        guard let name = turn.tracker.activeForm, let form = domain.forms[name],
            let slot = missingSlot(of: form, turn.tracker)
        else { return }
        turn.record(.slot(name: Tracker.requestedSlot, value: .text(slot)))
        try await ask(for: slot, of: form, &turn)
    }
}
