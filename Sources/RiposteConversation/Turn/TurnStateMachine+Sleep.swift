// Waking and falling asleep, with a wake word.
extension TurnStateMachine {
    /// The wake word was heard; it begins about at `start`.
    mutating func woken(_ start: Int, at position: Int) -> [Action] {
        guard configuration.wake != nil else { return [] }
        awakeSince = position
        wordTold = position
        switch state {
        case .asleep:
            state = .listening
            quietSince = position
            return [.wake(start: start)]
        case .speaking(let turn):
            // Whoever says the word over the answer wants the turn: nothing is left to judge.
            let actions = end(turn, .interrupted, at: position, before: [.silence(turn.revision)], settles: false)
            guard state == .listening else { return actions }
            return actions + open(from: start)
        case .listening, .hearing, .answering, .ended:
            return []
        }
    }

    /// A turn has ended: it listens on for a while, or falls asleep because the conversation is over.
    mutating func rest(after outcome: TurnOutcome, at position: Int) -> [Action] {
        // What was nothing keeps nobody awake: a television would for ever.
        if outcome != .dropped { awakeSince = position }
        let isLost = misunderstandings >= configuration.misunderstandingsUntilAdvice
        guard outcome != .interrupted, endsAfterTurn || isLost else { return [] }
        misunderstandings = 0
        return sleep(at: position)
    }

    mutating func sleep(at position: Int) -> [Action] {
        state = .asleep
        asleepSince = position
        unconfirmed = nil
        return [.sleep]
    }
}
