import Foundation
import RiposteCore
import RiposteListening

// Carrying out what the turn state machine decides.
extension Session {
    func execute(_ action: TurnStateMachine.Action, at position: Int) {
        switch action {
        case .open(let turn, let start):
            var context = TurnContext(id: turn)
            context.waterfall.speechStart = start
            context.recognition = TurnRecognition(transcriber: parts.transcriber, request: recognitionRequest)
            turns[turn] = context
            eventOutput.yield(.turnBegan(turn))
            step(turn, .began)
        case .transcribe(let revision):
            transcribe(revision, at: position)
        case .prepare(let revision, let answer):
            prepare(answer, for: revision, at: position)
        case .release(let revision):
            release(revision, at: position)
        case .commit(let revision):
            commit(revision)
        case .retract(let revision):
            turns[revision.turn]?.forget()
        case .takeBack(let revision):
            takeBack(revision, at: position)
        case .duck(let revision):
            duck(revision, at: position)
        case .hold(let revision):
            hold(revision, at: position)
        case .resume(let revision):
            resume(revision, at: position)
        case .silence(let revision):
            fallSilent(revision, at: position)
            turns[revision.turn]?.transcription?.stop()
            turns[revision.turn]?.answering?.stop()
        case .wake(let start):
            wake(from: start)
        case .sleep:
            break
        case .end(let turn, let outcome):
            noteSaid(in: turn, at: position)
            turns[turn]?.outcome = outcome
            turns[turn]?.ended = position
            if outcome == .dropped { turns[turn]?.answering?.stop() }
            closeAccount(of: turn)
        case .endSession:
            jobOutput.finish()
            wake(until: Int.max)
            goOn()
        }
    }

    private func transcribe(_ revision: Revision, at position: Int) {
        guard let recognition = turns[revision.turn]?.recognition else { return }
        let identity = identity(of: revision.turn)
        let job = start(charging: true) {
            let start = ContinuousClock.now
            do {
                let transcript = try await TurnIdentity.$current.withValue(identity) { try await recognition.final() }
                await self.tell(.transcript(revision, transcript, timing: .init(begun: position, took: .now - start)))
            } catch {
                await self.failed(error, revision, stage: .transcription, begun: position, took: .now - start)
            }
        }
        turns[revision.turn]?.transcription = job
    }

    func transcribed(_ whole: Transcript, _ revision: Revision, _ timing: Happening.Timing) {
        let transcript = withoutWakeWord(whole)
        if machine.current?.revision == revision {
            turns[revision.turn]?.transcript = transcript
            turns[revision.turn]?.waterfall.transcript = moment(timing)
            step(revision.turn, .transcribed(transcript))
        }
        note(.final, timing)
        weigh(transcript, of: revision, timing)
        deliver(.transcript(revision, transcript), timing)
    }

    /// An engine failed while working for a revision.
    func failed(
        _ error: any Error, _ revision: Revision, stage: RiposteError.Stage, begun: Int, took: Duration
    ) {
        let fault = Happening.Fault(error, stage: stage)
        tell(.failed(revision, fault, timing: .init(begun: begun, took: took)))
    }

    func failed(_ error: RiposteError?, _ revision: Revision, heard: String?, _ timing: Happening.Timing) {
        if let heard, machine.current?.revision == revision { turns[revision.turn]?.heard = heard }
        if let error, machine.current?.revision == revision {
            turns[revision.turn]?.error = error
            step(revision.turn, .failed(error))
            eventOutput.yield(.failure(error))
        }
        deliver(.failed(revision), timing)
    }

    /// The answer may be heard.
    private func release(_ revision: Revision, at position: Int) {
        guard turns[revision.turn] != nil else { return }
        if let turn = machine.current, turn.origin == .user {
            turns[revision.turn]?.waterfall.endpoint = turn.endpoint
            turns[revision.turn]?.waterfall.speechEnd = trueEnd(of: turn)
            step(revision.turn, .endpoint)
            if let transcript = turns[revision.turn]?.transcript { eventOutput.yield(.transcript(transcript)) }
        }
        turns[revision.turn]?.isReleased = true
        turns[revision.turn]?.speculation?.confirm()
        if let reply = turns[revision.turn]?.reply, !reply.isEmpty { eventOutput.yield(.reply(reply)) }
        if configuration.pace == .fast { hold(for: revision) }
        turns[revision.turn]?.gate.open()
    }

    /// The commit point: what the answer does is done now.
    private func commit(_ revision: Revision) {
        turns[revision.turn]?.isCommitted = true
        turns[revision.turn]?.commitment.give()
        if turns[revision.turn]?.recognition != nil { turnStood() }
        let effects = turns[revision.turn]?.effects ?? []
        turns[revision.turn]?.effects = []
        carryOut(effects, answering: revision.turn)
    }

    /// The user goes on: the answer is forgotten, and the turn hears what was said meanwhile.
    private func takeBack(_ revision: Revision, at position: Int) {
        guard let turn = turns[revision.turn] else { return }
        let heard = turn.waterfall.firstSound.map { max(0, position - $0) } ?? 0
        turns[revision.turn]?.takenBack.append(Waterfall.milliseconds(heard))
        fallSilent(revision, at: position)
        turns[revision.turn]?.forget()
        step(revision.turn, .takenBack)
        eventOutput.yield(.takenBack)
    }

    /// Where the user's voice really ended, found in the sound of the turn.
    private func trueEnd(of turn: Turn) -> Int? {
        guard let voiceEnd = turn.speechEnd else { return nil }
        // Frames of the rule lie on multiples of their length from the start of the input.
        let frame = 480
        let start = (max(recent.start, turn.speechStart - 4_800) + frame - 1) / frame * frame
        let sound = recent.from(start)[...]
        guard let end = SpeechEnd().position(in: sound, voiceEnd: voiceEnd - start) else { return voiceEnd }
        return start + end
    }

    /// - Parameter turn: whose answer begins with them.
    func carryOut(_ effects: [Effect], answering turn: Int? = nil) {
        for effect in effects { conversation.apply(effect) }
        if let turn {
            noteAnswering(turn, effects)
        } else {
            remember(effects.map { .effect(effect: $0, at: conversation.now) })
        }
        if effects.contains(.endConversation) { apply(.conversationEnded, at: clock.position) }
    }

    /// What the recogniser is told: what it always is, and what the dialog waits for.
    private var recognitionRequest: TranscriptionRequest {
        var request = configuration.recognition
        // In a replay nobody is recognised, and the responder is not there.
        guard !isReplay else { return request }
        let known = Set(request.phrases)
        request.phrases += parts.responder.likelyPhrases(in: conversation).filter { !known.contains($0) }
        return request
    }

    /// The turn is over and its sound too: it goes into memory and into the trace.
    func closeAccount(of id: Int) {
        guard let turn = turns[id], let outcome = turn.outcome, turn.running.isEmpty else { return }
        // One that could not be heard at all is over, too; but not where the session ended before.
        if outcome != .dropped { noteRung(in: id) }
        turns[id] = nil
        if turn.isCommitted, outcome != .dropped {
            let exchange = Conversation.Turn(user: turn.transcript?.text ?? "", assistant: turn.heard)
            conversation.apply(.turn(turn: exchange))
            conversation.expectation = turn.expectation
            remember([.turn(turn: exchange), .expectation(expectation: turn.expectation)])
        }
        let report = TurnReport(
            turn: id, outcome: outcome, transcript: turn.transcript, reply: turn.reply.trimmed, heard: turn.heard,
            waterfall: turn.waterfall, takenBack: turn.takenBack, overlaps: turn.overlaps,
            pace: configuration.pace, error: turn.error?.message)
        parts.recorder?.record(.decided(Decision(at: clock.position, .turn(report))))
        step(id, .over(report))
        eventOutput.yield(.turnEnded(report))
    }

    /// A turn whose work does not end, though it was stopped, is accounted for without.
    func closeOverdueAccounts(at position: Int) {
        for id in turns.keys.sorted() {
            guard let ended = turns[id]?.ended, position - ended >= Self.longestWindingUp else { continue }
            turns[id]?.running = []
            closeAccount(of: id)
        }
    }

    /// From the end of a turn to that of its work, in samples: 2 s.
    static let longestWindingUp = 32_000

    /// The session is being torn down: whatever is under way ends here.
    func endAllTurns() {
        isClosed = true
        jobOutput.finish()
        wake(until: Int.max)
        goOn()
        for id in turns.keys.sorted() {
            turns[id]?.transcription?.stop()
            turns[id]?.answering?.stop()
            turns[id]?.running = []
            if turns[id]?.outcome == nil { turns[id]?.outcome = .dropped }
            closeAccount(of: id)
        }
    }
}
