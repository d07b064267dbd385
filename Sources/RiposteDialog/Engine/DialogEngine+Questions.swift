import RiposteCore

// What the assistant asks back: whether words were heard right, and what was meant.
extension DialogEngine {
    /// Asks back about the part of the message that was hard to hear.
    /// - Returns: whether it did.
    func asksBackAboutWords(_ message: ParsedMessage, _ turn: inout DialogTurn) -> Bool {
        let doubts = WordDoubts(turn.utterance, message, least: configuration.unsure)
        guard doubts.isDoubtful, message.intent?.name != ParsedMessage.outOfScope || !message.entities.isEmpty else {
            return false
        }
        turn.record(
            .question(asked: Question(.words, message: message, doubtful: doubts.entities)),
            .action(name: "action_confirm_words"), .action(name: Tracker.listen))
        turn.say("Did you say: \(doubts.words)?")
        return true
    }

    /// Takes what was said for the answer to what was asked back.
    /// - Returns: false where it is none: then it is a message of its own.
    func answer(_ question: Question, _ text: String, _ turn: inout DialogTurn) async throws -> Bool {
        turn.record(.question(asked: nil))
        guard question.kind != .rephrase else { return try await answerRephrased(text, &turn) }
        switch Confirmation(text) {
        case .yes:
            try await understand(question.message, &turn)
        case .no where question.kind == .words:
            try await understandWithoutDoubts(question, &turn)
        case .no:
            askToRephrase(&turn)
        case .correction(let meant):
            try await correct(question, with: meant, &turn)
        case .unclear:
            return false
        }
        return true
    }

    /// What was not said is left out; of nothing but doubts nothing is left.
    private func understandWithoutDoubts(_ question: Question, _ turn: inout DialogTurn) async throws {
        guard !question.doubtful.isEmpty else {
            turn.record(.action(name: "action_reprompt"), .action(name: Tracker.listen))
            return turn.say("Sorry. Please say it again.")
        }
        var message = question.message
        message.entities.removeAll { question.doubtful.contains($0.entity) }
        try await understand(message, &turn)
    }

    /// "No, large": the doubtful value is another one. "No, what's on the menu?" is another message.
    private func correct(_ question: Question, with meant: String, _ turn: inout DialogTurn) async throws {
        let other = try await parse(meant, turn, expecting: question.doubtful)
        let values = other.entities.filter { question.doubtful.contains($0.entity) }
        guard question.kind == .words, !values.isEmpty else { return try await understand(other, &turn) }
        var message = question.message
        message.entities.removeAll { entity in
            other.entities.contains { $0.entity == entity.entity && $0.role == entity.role }
        }
        message.entities += other.entities
        try await understand(message, &turn)
    }

    // MARK: - What was meant

    /// The first stage of two: asks whether it was the likeliest intent. Where none is likely, asks for other words.
    func askWhatWasMeant(_ turn: inout DialogTurn) {
        guard let message = turn.tracker.latestMessage else { return decline(&turn) }
        let likely = message.ranking.first { $0.name != ParsedMessage.outOfScope }
        guard let likely, likely.confidence >= configuration.plausible, let words = words(for: likely.name) else {
            return decline(&turn)
        }
        var meant = message
        meant.ranking = [.init(likely.name, 1)]
        turn.record(
            .action(name: "action_default_ask_affirmation"), .question(asked: Question(.intent, message: meant)),
            .action(name: Tracker.listen))
        turn.say("Did you mean something like: \(words)?")
    }

    /// An example of an intent, as short as there is one of more than a word.
    private func words(for intent: String) -> String? {
        let examples = project.training.examples.filter { $0.intent == intent }.map(\.text)
        return examples.filter { $0.contains(" ") }.min { $0.count < $1.count } ?? examples.first
    }

    func askToRephrase(_ turn: inout DialogTurn) {
        let message = turn.tracker.latestMessage ?? ParsedMessage(text: turn.utterance.text)
        turn.record(
            .action(name: "action_default_ask_rephrase"), .question(asked: Question(.rephrase, message: message)),
            .action(name: Tracker.listen))
        say("utter_ask_rephrase", or: "Sorry. Could you say it in other words?", &turn)
    }

    /// The second stage: what was said in other words is taken, or given up.
    private func answerRephrased(_ text: String, _ turn: inout DialogTurn) async throws -> Bool {
        guard DialogCommand(Utterance(text)) == nil else { return false }
        let message = try await parse(text, turn)
        guard message.intent?.name == ParsedMessage.outOfScope, turn.tracker.activeForm == nil,
            skills.skilled(Utterance(text), turn.conversation) == nil
        else { return false }
        turn.record(.user(message: message), .action(name: "action_default_fallback"))
        decline(&turn)
        return true
    }

    /// Says that it is not understood or not possible, and what is.
    func decline(_ turn: inout DialogTurn) {
        turn.isDeclined = true
        if turn.tracker.latestAction == Tracker.listen { turn.record(.action(name: "action_default_fallback")) }
        if domain.responses["utter_default"] != nil {
            say("utter_default", &turn)
        } else {
            turn.say("I can't do that yet.")
            turn.say("Say help to hear what I can do.")
        }
        if turn.tracker.latestAction != Tracker.listen { turn.record(.action(name: Tracker.listen)) }
    }
}
