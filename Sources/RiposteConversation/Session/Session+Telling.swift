import RiposteCore
import RiposteListening

// The one way in: whatever the session learns of the world outside comes through here, and is written down here.
extension Session {
    /// Deals with something that has happened, all of it at one position.
    /// - Parameter position: in samples at 16 kHz; nil is now.
    func tell(_ happening: Happening, at position: Int? = nil) {
        // What still comes after the end comes too late.
        guard !isClosed else { return }
        switch happening {
        case .window(let end, _, _): clock.frameArrived(end: end)
        case .time: if let position { clock.timePassed(until: position) }
        default: break
        }
        let position = position ?? clock.position
        clock.hold(at: position)
        defer { clock.release() }
        parts.recorder?.record(.told(happening, at: position))
        switch happening {
        case .sourceStarted, .loudness, .window, .wakeWord, .wakeWordFailed, .time, .sourceLost, .sourceEnded,
            .scorerFailed, .inputOver, .inputCleared, .alarmClaimed, .exchanged, .cancelled, .closed:
            heard(happening)
        case .transcript, .failed, .turnProbability, .partial, .overheard, .reply, .replyFailed, .synthesized, .sounded,
            .played,
            .answerEnded:
            answered(happening)
        }
    }

    /// What comes from the source of sound, and the passing of time.
    private func heard(_ happening: Happening) {
        switch happening {
        case .sourceStarted(let length): begin(with: length)
        case .window(let end, let length, let speech): take(end - length..<end, probability: speech)
        case .loudness(let level, let excess): loudness = (level, excess)
        case .wakeWord(let detection): wordHeard(detection)
        case .wakeWordFailed(let fault): eventOutput.yield(.failure(fault.error))
        case .time: passTime()
        case .sourceLost(let fault): sourceLost(fault.error)
        case .scorerFailed(let fault): eventOutput.yield(.failure(fault.error))
        case .sourceEnded: sourceEnded()
        case .inputOver: isInputOver = true
        case .inputCleared: forgetSpeech()
        case .alarmClaimed(let id, let isOurs): claimed(id, isOurs: isOurs)
        case .exchanged(let turn, let effects, let expectation): exchanged(turn, effects, expectation)
        case .cancelled: apply(.cancelled, at: clock.position)
        case .closed: endAllTurns()
        default: break
        }
    }

    /// What engines and the sink tell.
    private func answered(_ happening: Happening) {
        switch happening {
        case .transcript(let revision, let transcript, let timing): transcribed(transcript, revision, timing)
        case .failed(let revision, let fault, let heard, let timing):
            failed(fault?.error, revision, heard: heard, timing)
        case .turnProbability(let revision, let probability, let timing): weighed(probability, revision, timing)
        case .partial(let turn, let transcript, let timing): partialMade(transcript, turn: turn, timing)
        case .overheard(let start, let transcript, let isWhole, let timing):
            overheard(transcript, isWhole: isWhole, of: start, timing)
        case .reply(let revision, let reply, let timing): written(reply, for: revision, timing)
        case .replyFailed(let revision, let fault): replyFailed(fault.error, revision)
        case .synthesized(let revision, let timing): synthesized(revision, timing)
        case .sounded(let revision, let seconds): sounded(revision, seconds: seconds)
        case .played(let revision, let heard): played(revision, heard: heard)
        case .answerEnded(let revision): answerEnded(revision)
        default: break
        }
    }

    /// Tells the machine, and does what it says.
    func apply(_ input: TurnStateMachine.Input, at position: Int) {
        let before = machine
        let actions = machine.handle(input, at: position)
        // What led to nothing is not worth a line: time passes all the while.
        if !actions.isEmpty || machine != before {
            parts.recorder?.record(.decided(Decision(at: position, .machine(input, actions))))
        }
        for action in actions { execute(action, at: position) }
        if before.state != .listening, machine.state == .listening { eventOutput.yield(.listening) }
        if before.state != .asleep, machine.state == .asleep { eventOutput.yield(.asleep) }
    }

    /// Decides how much silence, in seconds, ends what is being said.
    func wait(_ silence: Double) {
        guard silence != detector.configuration.endpointSilence else { return }
        detector.setEndpointSilence(silence)
        parts.recorder?.record(.decided(Decision(at: clock.position, .wait(silence))))
    }
}
