import RiposteCore
import RiposteDialog

// What the user's voice brings about.
extension TurnStateMachine {
    /// The user may be going on just as the answer begins: it costs nothing to stop at once, because the turn
    /// comes to the same answer again if that was a noise. Later it gets softer first.
    mutating func speechHinted(_ start: Int, at position: Int) -> [Action] {
        guard configuration.allowsInterruption, let turn = current else { return [] }
        switch state {
        case .answering where canGoOn(turn, at: position):
            return goOn(turn, [.retract(turn.revision)])
        case .speaking(var turn):
            let sounding = position - (turn.soundStart ?? position)
            if canGoOn(turn, at: position), turn.overlap == nil, sounding <= configuration.promptTakeBack {
                return goOn(turn, [.takeBack(turn.revision)])
            }
            guard turn.overlap == nil, configuration.interruption.configuration.mode != .off else { return [] }
            turn.overlap = .init(start: start)
            state = .speaking(turn)
            return [.duck(turn.revision)]
        case .asleep, .listening, .hearing, .answering, .ended:
            return []
        }
    }

    /// Whether the turn is the user's and may still turn out to be longer.
    private func canGoOn(_ turn: Turn, at position: Int) -> Bool {
        guard turn.origin == .user, !turn.isFull, !turn.isCommitted, let endpoint = turn.endpoint else { return false }
        return position - endpoint <= configuration.takeBackWindow
    }

    /// More is known of the voice over the answer.
    mutating func overlapped(
        _ turn: Turn, _ evidence: InterruptionPolicy.Evidence, at position: Int
    ) -> [Action] {
        guard let overlap = turn.overlap else { return [] }
        switch configuration.interruption.verdict(evidence) {
        case .duck:
            return []
        case .hold:
            return hold(turn, at: position)
        case .resume:
            return resume(turn)
        case .interrupt:
            let wantsSilence = OverheardWords(evidence.words ?? "").isUrgent
            if turn.origin == .user, !turn.isFull, !turn.isCommitted, !wantsSilence {
                return goOn(turn, [.takeBack(turn.revision)])
            }
            let actions = end(turn, .interrupted, at: position, before: [.silence(turn.revision)], settles: false)
            guard state == .listening else { return actions }
            return actions + open(from: overlap.start)
        }
    }

    private mutating func hold(_ turn: Turn, at position: Int) -> [Action] {
        var turn = turn
        guard turn.overlap?.heldSince == nil else { return [] }
        turn.overlap?.heldSince = position
        state = .speaking(turn)
        return [.hold(turn.revision)]
    }

    mutating func resume(_ turn: Turn) -> [Action] {
        var turn = turn
        turn.overlap = nil
        state = .speaking(turn)
        return [.resume(turn.revision)]
    }

    /// The end of the turn was decided too early: it goes on as one turn.
    private mutating func goOn(_ turn: Turn, _ actions: [Action]) -> [Action] {
        var longer = next(turn)
        longer.earlierSpeechEnd = turn.speechEnd
        longer.endpoint = nil
        longer.soundStart = nil
        longer.overlap = nil
        state = .hearing(longer)
        return actions
    }

    mutating func speechStarted(_ start: Int, at position: Int) -> [Action] {
        quietPrompts = 0
        switch state {
        case .asleep:
            // It had begun before sleep came.
            guard let wake = configuration.wake, let asleepSince, start < asleepSince,
                position - asleepSince <= wake.lateSpeech
            else { return [] }
            return open(from: start)
        case .listening:
            return open(from: start)
        case .answering(let turn) where turn.isFull:
            return []
        case .answering(let turn) where turn.origin == .user && !turn.isCommitted:
            return goOn(turn, retraction(of: turn))
        case .answering(let turn), .speaking(let turn):
            guard configuration.allowsInterruption, configuration.interruption.configuration.mode != .off else {
                return []
            }
            let actions = end(turn, .interrupted, at: position, before: [.silence(turn.revision)], settles: false)
            guard state == .listening else { return actions }
            return actions + open(from: start)
        case .hearing, .ended:
            return []
        }
    }

    mutating func paused(_ turn: Turn, speechEnd: Int) -> [Action] {
        var turn = turn
        turn.speechEnd = speechEnd
        guard configuration.speculates, hasTimeToSpeculate, !turn.isPrepared else {
            state = .hearing(turn)
            return []
        }
        turn.isPrepared = true
        state = .hearing(turn)
        return [.transcribe(turn.revision)]
    }

    mutating func resumed(_ turn: Turn) -> [Action] {
        let actions = turn.isPrepared ? retraction(of: turn) : []
        state = .hearing(turn.isPrepared ? next(turn) : turn)
        return actions
    }

    mutating func endpoint(_ turn: Turn, speechEnd: Int, at position: Int) -> [Action] {
        var turn = turn
        turn.speechEnd = speechEnd
        turn.endpoint = position
        guard turn.isPrepared else {
            turn.isPrepared = true
            state = .answering(turn)
            return [.transcribe(turn.revision)]
        }
        state = .answering(turn)
        return commit(turn, at: position)
    }

    /// A transcript is there: decide what to answer, and let it out if the turn is over.
    mutating func understood(_ transcript: Transcript, _ revision: Revision, at position: Int) -> [Action] {
        guard var turn = current, turn.revision == revision, turn.isPrepared, turn.answer == nil else {
            return []
        }
        let answer = answer(to: transcript, in: turn)
        turn.answer = answer
        let preparation: [Action] = answer == .nothing ? [] : [.prepare(revision, answer)]
        if case .hearing = state {
            state = .hearing(turn)
            return preparation
        }
        state = .answering(turn)
        return preparation + commit(turn, at: position)
    }

    private func answer(to transcript: Transcript, in turn: Turn) -> Answer {
        guard !transcript.isEmpty else {
            // The wake word alone wants no answer; what follows it will.
            if let wordTold, wordTold >= turn.speechStart { return .nothing }
            let length = (turn.speechEnd ?? turn.speechStart) - turn.speechStart
            if length < configuration.shortestReprompted { return .nothing }
            let next = misunderstandings + 1
            return .phrase(next >= configuration.misunderstandingsUntilAdvice ? .troubleHearing : .notUnderstood)
        }
        if let unconfirmed {
            switch Confirmation(transcript.text) {
            case .yes: return .reply(unconfirmed)
            case .no: return .phrase(.sayAgain)
            case .correction(let text):
                var corrected = transcript
                corrected.text = text
                return .reply(corrected)
            case .unclear: break
            }
        }
        if transcript.confidence < configuration.lowConfidence { return .phrase(.confirm(transcript.text)) }
        return .reply(transcript)
    }

    /// Lets a prepared answer out, when it is known.
    private mutating func commit(_ turn: Turn, at position: Int) -> [Action] {
        guard let answer = turn.answer else { return [] }
        switch answer {
        case .nothing:
            return end(turn, .dropped, at: position)
        case .reply:
            misunderstandings = 0
            unconfirmed = nil
        case .phrase(.notUnderstood), .phrase(.troubleHearing):
            misunderstandings += 1
        case .phrase(.confirm(let text)):
            unconfirmed = Transcript(text: text)
        case .phrase:
            unconfirmed = nil
        }
        var released = turn
        released.isReleased = true
        // Where nothing can be taken back, the answer stands at once.
        released.isCommitted = configuration.takeBackWindow == 0 || !configuration.allowsInterruption
        state = .answering(released)
        return [.release(turn.revision)] + (released.isCommitted ? [.commit(turn.revision)] : [])
    }
}
