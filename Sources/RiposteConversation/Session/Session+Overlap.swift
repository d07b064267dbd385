import RiposteCore
import RiposteListening

// Somebody speaks while the assistant does: find out whether they want the turn.
extension Session {
    /// Whether a voice over the answer is judged by the interruption policy.
    var judgesOverlap: Bool {
        guard case .speaking(let turn) = machine.state else { return false }
        return overlap != nil || turn.overlap != nil
    }

    /// Begins to follow a voice that the machine has taken note of.
    func beginOverlap() {
        guard overlap == nil, case .speaking(let turn) = machine.state, let heard = turn.overlap else { return }
        let audioStart = detector.audioStart ?? heard.start
        overlap = Overlap(
            turn: turn.revision.turn, start: heard.start, audioStart: audioStart,
            recognition: TurnRecognition(transcriber: parts.transcriber, request: configuration.recognition),
            recognisedEnd: audioStart)
    }

    /// Takes note of the next window, and lets the machine decide.
    func followOverlap(_ event: EndpointDetector.Event?, at position: Int) {
        guard var heard = overlap else { return }
        heard.voice = max(heard.voice, Double(detector.speechLength) / Double(Waterfall.sampleRate))
        if heard.end == nil, let loudness {
            heard.level = max(heard.level ?? loudness.level, loudness.level)
            if let excess = loudness.excess { heard.excess = max(heard.excess ?? excess, excess) }
        }
        switch event {
        case .pauseStarted(let end): heard.end = end
        case .speechResumed, .speechStarted: (heard.end, heard.isOver, heard.isWhole) = (nil, false, false)
        case .endpoint(_, let end), .misfire(_, let end): (heard.end, heard.isOver) = (end, true)
        case nil: break
        }
        overlap = heard
        askForWords(at: position)
        judgeOverlap(at: position)
    }

    /// Asks for the words when it is worth it: while the voice goes on now and then, and as soon as it ends.
    private func askForWords(at position: Int) {
        guard var heard = overlap, !heard.isAsking, !heard.isWhole, position >= heard.asksAgainAt else { return }
        let isOver = heard.end != nil
        guard isOver || heard.voice >= max(Self.firstWords, heard.askedAt + Self.betweenWords) else { return }
        heard.isAsking = true
        heard.askedAt = heard.voice
        heard.recognition.append(recent.from(heard.recognisedEnd))
        heard.recognisedEnd = recent.end
        overlap = heard
        let (recognition, start) = (heard.recognition, heard.start)
        self.start(charging: true) {
            let begun = ContinuousClock.now
            let transcript = try? await (isOver ? recognition.final() : recognition.partial())
            let timing = Happening.Timing(begun: position, took: .now - begun)
            await self.tell(.overheard(start: start, transcript, isWhole: isOver, timing: timing))
        }
    }

    /// The voice is asked about after this much of it, in seconds, and again after so much more.
    private static let firstWords = 0.25
    private static let betweenWords = 0.25

    func overheard(_ transcript: Transcript?, isWhole: Bool, of start: Int, _ timing: Happening.Timing) {
        after(timing) { session in
            guard var heard = session.overlap, heard.start == start else { return }
            heard.isAsking = false
            if transcript == nil {
                // What failed is asked for again, or given up with time.
                heard.asksAgainAt = session.clock.position + Int(Self.betweenWords * Double(Waterfall.sampleRate))
            }
            if let transcript {
                heard.words = transcript.isEmpty ? "" : transcript.text
                heard.confidence = transcript.confidence
                // It may have gone on meanwhile.
                heard.isWhole = isWhole && heard.end != nil
            }
            session.overlap = heard
            session.judgeOverlap(at: session.clock.position)
        }
    }

    /// Tells the machine what is known, and does what follows for the hearing.
    func judgeOverlap(at position: Int) {
        guard let heard = overlap else { return }
        if case .speaking(let turn) = machine.state, turn.revision.turn == heard.turn {
            apply(.overlap(evidence(of: heard, at: position)), at: position)
        }
        switch machine.state {
        case .speaking(let turn) where turn.overlap == nil:
            forgetOverlap(at: position)
        case .speaking:
            break
        case .listening, .hearing:
            adopt(heard, at: position)
        case .asleep, .answering, .ended:
            overlap = nil
        }
    }

    private func evidence(of heard: Overlap, at position: Int) -> InterruptionPolicy.Evidence {
        var evidence = InterruptionPolicy.Evidence(voice: heard.voice)
        evidence.silence = heard.end.map { Double(max(0, position - $0)) / Double(Waterfall.sampleRate) }
        evidence.words = heard.words
        evidence.confidence = heard.confidence
        evidence.isWhole = heard.isWhole
        let answer = turns[heard.turn]
        evidence.ownWords = answer?.reply ?? ""
        evidence.isAnswer =
            machine.awaitsConfirmation || answer?.reply.trimmed.hasSuffix("?") == true
            || answer.map { $0.expectation != .anything } == true
        evidence.level = heard.level.flatMap { level in voiceLevel.usual.map { level - $0 } }
        evidence.excess = heard.excess
        return evidence
    }

    /// It was nothing. A voice that begins now is another one.
    private func forgetOverlap(at position: Int) {
        overlap = nil
        unconfirmedStart = nil
        detector.reset(at: position)
    }

    /// It has the turn: all of what was heard belongs to it.
    private func adopt(_ heard: Overlap, at position: Int) {
        overlap = nil
        unconfirmedStart = nil
        if machine.state == .listening {
            // The answer has ended by itself meanwhile.
            guard detector.isConfirmed || heard.isOver && heard.voice >= configuration.endpoint.minimumSpeech else {
                unconfirmedStart = detector.state == .silence ? nil : heard.start
                return
            }
            apply(.speechStarted(start: heard.start), at: position)
        }
        guard case .hearing(let turn) = machine.state else { return }
        let id = turn.revision.turn
        if id == heard.turn {
            // The turn under way goes on.
            pauseEnded(at: heard.start)
        } else {
            turns[id]?.recognition = heard.recognition
            turns[id]?.recognisedEnd = heard.recognisedEnd
            turns[id]?.audioStart = heard.audioStart
            eventOutput.yield(.speechStarted)
        }
        give(to: id)
        guard let end = heard.end else { return }
        apply(.paused(end: end), at: position)
        if heard.isOver { apply(.endpoint(end: end), at: position) } else { weigh(pauseAt: end) }
    }
}
