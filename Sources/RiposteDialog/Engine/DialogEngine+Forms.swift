import RiposteCore

// Forms: ask for what is missing, take what is said, let others answer what is none of it.
extension DialogEngine {
    /// The user has spoken to a form that could do nothing with it: others may.
    func refuseForm(_ turn: inout DialogTurn) {
        guard let name = turn.tracker.activeForm, let form = domain.forms[name] else { return }
        let isIgnored = turn.tracker.latestMessage?.intent.map { form.ignoredIntents.contains($0.name) } ?? false
        let fills = form.requiredSlots.contains { turn.filled.contains($0) || turn.refused[$0] != nil }
        // Slots beside the form's are filled too: "a latte with milk" says something about the drink.
        if isIgnored || !(fills || !turn.filled.isEmpty) { turn.record(.formRefused(name: name)) }
    }

    func runForm(_ name: String, _ turn: inout DialogTurn) async throws {
        guard let form = domain.forms[name] else { return }
        let isNew = turn.tracker.activeForm != name
        turn.record(.action(name: name))
        if isNew { begin(form, &turn) }
        try await validate(form, &turn)
        acknowledge(&turn)
        guard let slot = missingSlot(of: form, turn.tracker) else {
            turn.record(.form(name: nil))
            return
        }
        refusal(of: slot, &turn)
        if turn.tracker.requestedSlot != slot {
            turn.record(.slot(name: Tracker.requestedSlot, value: .text(slot)))
        }
        try await ask(for: slot, of: form, &turn)
    }

    /// Has the project's own action judge what the message filled. Where it cannot be asked, that is said; what is not
    /// known to be good is not taken.
    private func validate(_ form: Domain.Form, _ turn: inout DialogTurn) async throws {
        let action = "validate_\(form.name)"
        guard let actions, domain.actions[action] != nil, !turn.filled.isEmpty else { return }
        do {
            // Whether a value will do is asked; nothing is done by asking.
            let outcome = try await actions.run(action, request(turn))
            take(outcome, &turn)
            guard outcome.isRefused else { return }
        } catch let error as RiposteError {
            actionFailed(error, &turn)
        }
        for slot in form.requiredSlots where turn.filled.contains(slot) {
            let before = domain.value(of: slot, in: turn.conversation.tracker.slots)
            guard domain.value(of: slot, in: turn.tracker.slots) != before else { continue }
            turn.record(.slot(name: slot, value: before))
        }
        turn.corrected = []
    }

    private func begin(_ form: Domain.Form, _ turn: inout DialogTurn) {
        if let other = turn.tracker.activeForm { turn.record(.formSuspended(name: other)) }
        turn.record(.form(name: form.name))
        guard let message = turn.tracker.latestMessage, let intent = message.intent?.name else { return }
        SlotFilling(message, domain: domain, isDigression: false).fillNamed(&turn)
        turn.corrected = []
        for name in form.requiredSlots {
            guard let slot = domain.slots[name] else { continue }
            for mapping in slot.mappings {
                guard case .triggerIntent(let value) = mapping.source, mapping.intents.contains(intent),
                    let accepted = slot.accepts(value)
                else { continue }
                turn.record(.slot(name: name, value: accepted))
            }
        }
    }

    func missingSlot(of form: Domain.Form, _ tracker: Tracker) -> String? {
        form.requiredSlots.first { !domain.value(of: $0, in: tracker.slots).isSet }
    }

    func ask(for slot: String, of form: Domain.Form, _ turn: inout DialogTurn) async throws {
        let names = ["\(form.name)_\(slot)", slot]
        if let response = names.map({ "utter_ask_\($0)" }).first(where: domain.hasAction) {
            return say(response, &turn)
        }
        let said = turn.sentences.count
        if let actions, let action = names.map({ "action_ask_\($0)" }).first(where: domain.hasAction) {
            do {
                take(try await actions.run(action, request(turn)), &turn)
            } catch let error as RiposteError {
                actionFailed(error, &turn)
                turn.say(question(for: slot))
            }
        }
        // A form that asks without a word would wait for ever.
        if turn.sentences.count == said { turn.say(question(for: slot)) }
    }

    /// What is asked where the project has no words for it: "Please tell me the delivery address."
    private func question(for slot: String) -> String { "Please tell me the \(SpokenName.words(of: slot))." }

    /// Says what was changed, so that the user hears that the correction was taken.
    private func acknowledge(_ turn: inout DialogTurn) {
        guard let slot = turn.corrected.first else { return }
        let values = turn.corrected.map { domain.value(of: $0, in: turn.tracker.slots).description }
        let words = "Okay, \(SpokenList.joined(values))."
        say(
            domain.responses["utter_corrected_\(slot)"] != nil ? "utter_corrected_\(slot)" : "utter_corrected",
            or: words, &turn)
        turn.corrected = []
    }

    /// Says why a value was not taken.
    private func refusal(of name: String, _ turn: inout DialogTurn) {
        guard let value = turn.refused.removeValue(forKey: name), let slot = domain.slots[name] else { return }
        let words: String
        switch slot.kind {
        case .category(let values): words = "I can't take \(value). It can be \(SpokenList.joined(values, "or"))."
        case .number(let least?, let most?):
            words = "It must be between \(SlotValue.number(least)) and \(SlotValue.number(most))."
        case .number(let least?, nil): words = "It must be \(SlotValue.number(least)) or more."
        case .number(nil, let most?): words = "It must be \(SlotValue.number(most)) or less."
        case .number: words = "I need a number."
        case .bool: words = "Please say yes or no."
        default: words = "I can't take \(value)."
        }
        say("utter_invalid_\(name)", or: words, &turn)
    }

    /// Nothing was understood while a form asks: ask again, the next time with what can be said.
    func reprompt(_ turn: inout DialogTurn) {
        guard let name = turn.tracker.activeForm, let form = domain.forms[name],
            let slot = turn.tracker.requestedSlot ?? missingSlot(of: form, turn.tracker)
        else { return }
        let isAgain =
            turn.tracker.decisions.reversed().first { $0.action != Tracker.listen }?.action == "action_reprompt"
        turn.record(.action(name: "action_reprompt"))
        say("utter_ask_rephrase", or: "Sorry, I didn't get that.", &turn)
        if isAgain, let hint = hint(for: slot) { turn.say(hint) }
        for response in ["utter_ask_\(form.name)_\(slot)", "utter_ask_\(slot)"] where domain.hasAction(response) {
            say(response, &turn)
            break
        }
    }

    /// What can be said for a slot; nil where that is anything.
    func hint(for slot: String) -> String? {
        if case .bool = domain.slots[slot]?.kind { return "You can say yes or no." }
        let values = vocabulary.values(of: slot)
        guard !values.isEmpty else { return nil }
        let named = values.count > 6 ? Array(values.prefix(5)) + ["something else"] : values
        return "You can say \(SpokenList.joined(named, "or"))."
    }

    /// Goes on with the form that was put aside, now that nothing comes first.
    func goesOnWithSuspendedForm(_ turn: inout DialogTurn) -> Bool {
        guard turn.tracker.activeForm == nil, turn.tracker.question == nil, let name = turn.tracker.suspendedForms.last
        else {
            return false
        }
        turn.record(.formResumed(name: name))
        say("utter_resume_\(name)", or: "Now, back to where we were.", &turn)
        return true
    }
}
