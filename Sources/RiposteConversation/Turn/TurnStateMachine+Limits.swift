import RiposteCore

// What time and failure bring about, and how turns begin and end.
extension TurnStateMachine {
    /// The turn under way, if any.
    public var current: Turn? {
        switch state {
        case .hearing(let turn), .answering(let turn), .speaking(let turn): turn
        case .asleep, .listening, .ended: nil
        }
    }

    /// Whether the user has been asked to confirm what was understood.
    public var awaitsConfirmation: Bool { unconfirmed != nil }

    mutating func tick(at position: Int) -> [Action] {
        switch state {
        case .asleep:
            return settle(at: position)
        case .listening:
            if inputEnded || !waitingAlarms.isEmpty { return settle(at: position) }
            if let wake = configuration.wake {
                return position - awakeSince >= wake.followUp ? sleep(at: position) : []
            }
            guard let limit = configuration.quietLimit, quietPrompts < configuration.mostQuietPrompts,
                position - quietSince >= limit
            else { return [] }
            quietPrompts += 1
            return say(.stillThere, origin: .quiet, at: position)
        case .hearing(let turn) where position - turn.speechStart >= configuration.longestTurn:
            var turn = turn
            turn.isFull = true
            return endpoint(turn, speechEnd: turn.speechEnd ?? position, at: position)
        case .answering(let turn) where position - (turn.endpoint ?? position) >= configuration.answerLimit:
            return failed(turn.revision, at: position)
        case .speaking(let turn)
        where turn.overlap.map({ position - ($0.heldSince ?? $0.start) >= configuration.longestHold }) == true:
            return resume(turn)
        case .speaking(var turn)
        where !turn.isCommitted && turn.overlap == nil && position - (turn.endpoint ?? 0) > configuration.takeBackWindow:
            turn.isCommitted = true
            state = .speaking(turn)
            return [.commit(turn.revision)]
        case .speaking(let turn) where position - (turn.soundStart ?? position) >= configuration.longestAnswer:
            return end(turn, .interrupted, at: position, before: [.silence(turn.revision)])
        default:
            return []
        }
    }

    /// An engine failed. Before the endpoint the next revision may do better; after it an apology is tried,
    /// and when that fails too the turn is dropped.
    mutating func failed(_ revision: Revision, at position: Int) -> [Action] {
        guard let turn = current, turn.revision == revision else { return [] }
        switch state {
        case .hearing:
            guard turn.isPrepared else { return [] }
            state = .hearing(next(turn))
            return [.retract(revision)]
        case .answering where turn.answer == .phrase(.trouble) || turn.origin != .user:
            return end(turn, .dropped, at: position, before: [.retract(revision)])
        case .answering:
            var apology = next(turn)
            apology.answer = .phrase(.trouble)
            apology.isPrepared = true
            apology.endpoint = position
            apology.isReleased = true
            apology.isCommitted = true
            state = .answering(apology)
            return [
                .retract(revision), .prepare(apology.revision, .phrase(.trouble)), .release(apology.revision),
                .commit(apology.revision),
            ]
        case .speaking:
            return end(turn, .interrupted, at: position, before: [.silence(revision)])
        case .asleep, .listening, .ended:
            return []
        }
    }

    /// The session ends now, whatever is under way.
    mutating func cancelled(at position: Int) -> [Action] {
        var actions: [Action] = []
        if let turn = current {
            let isSpeaking = if case .speaking = state { true } else { false }
            actions = end(
                turn, isSpeaking ? .interrupted : .dropped, at: position,
                before: isSpeaking ? [.silence(turn.revision)] : retraction(of: turn), settles: false)
        }
        guard state != .ended else { return actions }
        state = .ended
        return actions + [.endSession]
    }

    /// Ends a turn and does what has been waiting for it.
    mutating func end(
        _ turn: Turn, _ outcome: TurnOutcome, at position: Int, before: [Action] = [], settles: Bool = true
    ) -> [Action] {
        // Whatever was heard of an answer stands.
        let stands = turn.soundStart != nil && !turn.isCommitted && outcome != .dropped
        state = .listening
        quietSince = position
        var actions = before + (stands ? [.commit(turn.revision)] : []) + [.end(turn: turn.revision.turn, outcome)]
        if configuration.wake != nil {
            actions += rest(after: outcome, at: position)
        } else if endsAfterTurn, outcome != .interrupted {
            state = .ended
            return actions + [.endSession]
        }
        endsAfterTurn = false
        return settles ? actions + settle(at: position) : actions
    }

    /// Nobody speaks: ring what waited, or end when there is no more input.
    mutating func settle(at position: Int) -> [Action] {
        guard isIdle else { return [] }
        if !waitingAlarms.isEmpty {
            return say(.alarm(waitingAlarms.removeFirst()), origin: .alarm, at: position)
        }
        if inputEnded {
            state = .ended
            return [.endSession]
        }
        return []
    }

    mutating func open(from start: Int) -> [Action] {
        let turn = Turn(revision: Revision(turn: nextTurn, number: 0), origin: .user, speechStart: start)
        nextTurn += 1
        state = .hearing(turn)
        return [.open(turn: turn.revision.turn, start: start)]
    }

    func retraction(of turn: Turn) -> [Action] { turn.isPrepared ? [.retract(turn.revision)] : [] }

    /// The same turn with a fresh revision.
    func next(_ turn: Turn) -> Turn {
        var turn = turn
        turn.revision.number += 1
        turn.isPrepared = false
        turn.isReleased = false
        turn.isCommitted = false
        turn.answer = nil
        turn.speechEnd = nil
        return turn
    }

    /// The session speaks without having been spoken to.
    private mutating func say(_ phrase: Phrase, origin: Turn.Origin, at position: Int) -> [Action] {
        var turn = Turn(revision: Revision(turn: nextTurn, number: 0), origin: origin, speechStart: position)
        nextTurn += 1
        turn.endpoint = position
        turn.isPrepared = true
        turn.isReleased = true
        turn.isCommitted = true
        turn.answer = .phrase(phrase)
        state = .answering(turn)
        return [.prepare(turn.revision, .phrase(phrase)), .release(turn.revision), .commit(turn.revision)]
    }
}
