import RiposteCore

// Carrying out what was decided.
extension DialogEngine {
    /// - Returns: whether there may be more to do.
    func run(_ action: String, _ turn: inout DialogTurn) async throws -> Bool {
        if domain.forms[action] != nil {
            try await runForm(action, &turn)
            return true
        }
        if domain.responses[action] != nil || domain.isRetrievalResponse(action) {
            turn.record(.action(name: action))
            say(action, &turn)
            return true
        }
        switch action {
        case "action_restart":
            say("utter_restart", &turn)
            turn.record(.action(name: action), .restarted)
            return false
        case "action_back":
            try await obey(.back, &turn)
            return false
        case "action_deactivate_loop":
            turn.record(.action(name: action), .form(name: nil))
        case "action_reset_slots" where !isProjects(action):
            turn.record(.action(name: action))
            for slot in domain.slots.values.sorted(by: { $0.name < $1.name })
            where domain.value(of: slot.name, in: turn.tracker.slots) != slot.initialValue {
                turn.record(.slot(name: slot.name, value: slot.initialValue))
            }
        case "action_default_fallback":
            turn.record(.action(name: action))
            decline(&turn)
        case "action_default_ask_affirmation", "action_two_stage_fallback":
            askWhatWasMeant(&turn)
            return false
        case "action_default_ask_rephrase":
            askToRephrase(&turn)
            return false
        case _ where Domain.defaultActions.contains(action) && !isProjects(action):
            turn.record(.action(name: action))
        default:
            return try await runCustom(action, &turn)
        }
        return true
    }

    /// Whether the project has an action of its own by this name, and somebody who carries it out.
    private func isProjects(_ action: String) -> Bool { actions != nil && domain.actions[action] != nil }

    /// Says a response, if there is one; else other words, if there are any.
    func say(_ name: String, or words: String = "", _ turn: inout DialogTurn) {
        if let response = choice.response(name, for: turn) {
            turn.say(choice.text(of: response, turn.tracker))
        } else if !words.isEmpty {
            turn.say(words)
        }
    }

    private func runCustom(_ action: String, _ turn: inout DialogTurn) async throws -> Bool {
        turn.record(.action(name: action))
        guard let actions else {
            turn.say("I can't do that yet.")
            return true
        }
        try await turn.beforeAction()
        do {
            let outcome = try await actions.run(action, request(turn))
            take(outcome, &turn)
            guard !outcome.isRefused else {
                decline(&turn)
                return false
            }
            guard let next = outcome.next, next != Tracker.listen, domain.hasAction(next), next != action else {
                return true
            }
            return try await run(next, &turn)
        } catch let error as RiposteError {
            actionFailed(error, &turn)
            return true
        }
    }

    /// Says that an action could not be carried out, once in a turn.
    func actionFailed(_ error: RiposteError, _ turn: inout DialogTurn) {
        if turn.failure == nil { say("utter_action_failed", or: "Sorry, that didn't work.", &turn) }
        turn.failure = error
    }

    func request(_ turn: DialogTurn) -> ActionRequest {
        ActionRequest(
            conversation: turn.conversation, tracker: turn.tracker, domain: domain, channel: configuration.channel)
    }

    /// Goes on with what an action has done.
    func take(_ outcome: ActionOutcome, _ turn: inout DialogTurn) {
        for event in outcome.events { turn.record(event) }
        for answer in outcome.answers {
            switch answer {
            case .text(let text): turn.say(text)
            case .response(let name, let values):
                guard let response = choice.response(name, for: turn) else { continue }
                turn.say(choice.text(of: response, turn.tracker, values))
            }
        }
    }
}
