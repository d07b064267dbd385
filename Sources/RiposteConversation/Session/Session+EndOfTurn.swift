import RiposteCore
import RiposteListening

/// What is known about a pause, to tell it from the end of the turn.
struct Pause: Sendable {
    /// The pause of this attempt at an answer; a later one has its own.
    var revision: Revision
    /// Where the speech before it ended, in samples.
    var start: Int
    var soundProbability: Double?
    var text: TextCompleteness?
    /// Whether the turn detector was asked a second time.
    var isLookedAtAgain = false
    /// Where the turn's sound ends, when something in the background goes on; nil when it is silence that goes on.
    var soundEnd: Int?
}

// How long to wait for the user to go on.
extension Session {
    /// The user has stopped: find out whether they are done.
    /// - Parameter soundEnd: where the turn's sound ends, when something in the background goes on.
    func weigh(pauseAt end: Int, soundEnd: Int? = nil) {
        guard let policy = configuration.endOfTurn, let turn = machine.current, case .hearing = machine.state else {
            return
        }
        pause = Pause(revision: turn.revision, start: end, soundEnd: soundEnd)
        // When a background is noticed, more time has passed than is waited without evidence: the words come first.
        let isWaiting = soundEnd != nil && turn.isPrepared
        wait(isWaiting ? policy.configuration.mostSilence : policy.configuration.silenceWithoutEvidence)
        askWhetherOver(turn)
    }

    /// Asks the turn detector about the sound up to now.
    private func askWhetherOver(_ turn: Turn) {
        guard let turnDetector = parts.turnDetector else { return }
        let (revision, begun) = (turn.revision, clock.position)
        let end = pause?.soundEnd ?? recent.end
        let sound = recent.from(max(turn.speechStart - 8_000, end - Self.weighedSound)).dropLast(recent.end - end)
        start(charging: true) {
            let start = ContinuousClock.now
            let probability = try? await turnDetector.endOfTurnProbability(audio: sound, transcript: "")
            await self.tell(.turnProbability(revision, probability, timing: .init(begun: begun, took: .now - start)))
        }
    }

    /// So much sound a turn detector looks back at: 8 s.
    private static let weighedSound = 8 * 16_000

    func weighed(_ probability: Double?, _ revision: Revision, _ timing: Happening.Timing?) {
        after(timing) { session in
            guard session.pause?.revision == revision else { return }
            // What is not known the second time is as it was the first.
            let last = session.pause?.soundProbability
            session.pause?.soundProbability = probability ?? last
            session.decide()
        }
    }

    /// With more silence the turn detector tells better: it is asked once more where that can still save time.
    func lookAgain(at position: Int) {
        guard let policy = configuration.endOfTurn, let known = pause, !known.isLookedAtAgain,
            known.soundProbability != nil, known.text != nil, case .hearing(let turn) = machine.state,
            turn.revision == known.revision,
            policy.wantsSecondLook(
                silence: Double(position - known.start) / Double(Waterfall.sampleRate),
                required: detector.configuration.endpointSilence)
        else { return }
        pause?.isLookedAtAgain = true
        askWhetherOver(turn)
    }

    /// The words up to the pause are there.
    func weigh(_ transcript: Transcript, of revision: Revision, _ timing: Happening.Timing) {
        guard !transcript.isEmpty else { return }
        after(timing) { session in
            guard session.pause?.revision == revision else { return }
            session.pause?.text = TextCompleteness(transcript.text)
            session.decide()
        }
    }

    private func decide() {
        guard let policy = configuration.endOfTurn, let pause else { return }
        let evidence = EndOfTurnPolicy.Evidence(
            soundProbability: pause.soundProbability, text: pause.text, rhythm: rhythm,
            expectation: machine.awaitsConfirmation ? .confirmation : conversation.expectation)
        wait(policy.requiredSilence(evidence))
    }

    /// The user goes on after a pause, at `position`; also when an answer is taken back.
    func pauseEnded(at position: Int) {
        guard let policy = configuration.endOfTurn, let ended = pause else { return }
        rhythm.wentOn(after: Double(position - ended.start) / Double(Waterfall.sampleRate))
        pause = nil
        wait(policy.configuration.silenceWithoutEvidence)
    }

    /// The turn has ended and its answer stands.
    func turnStood() {
        voiceLevel.turnEnded()
        guard let policy = configuration.endOfTurn else { return }
        rhythm.turnEnded()
        pause = nil
        wait(policy.configuration.silenceWithoutEvidence)
    }
}
