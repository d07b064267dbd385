import RiposteCore
import RiposteListening
import Synchronization

// From the microphone to the events of the turn state machine.
extension Session {
    /// Hears until the session is over. A lost device is tried again when the session is to reconnect.
    func hear() async throws {
        while !Task.isCancelled, machine.state != .ended {
            do {
                let source = try await parts.source()
                try await hear(source)
                guard machine.state != .ended else { return }
                tell(.sourceEnded)
                while configuration.pace == .fast, await passTimeWithoutSound() {}
                return
            } catch {
                if Task.isCancelled { return }
                let failure = error as? RiposteError ?? RiposteError(.deviceUnavailable, .audio, "\(error)")
                guard configuration.reconnects, failure.code == .deviceUnavailable else { throw failure }
                if !isDeviceLost { tell(.sourceLost(Happening.Fault(failure))) }
                guard configuration.pace == .fast else {
                    try? await Task.sleep(for: .seconds(1))
                    continue
                }
                for _ in 0..<Self.windowsBetweenTrials { await passTimeWithoutSound() }
            }
        }
    }

    /// A lost device is tried again after a second, 31 windows.
    private static let windowsBetweenTrials = 31

    /// In fast pace time is what the source gives; where it gives nothing, it has to pass all the same.
    /// - Returns: whether there is any use in going on.
    @discardableResult
    private func passTimeWithoutSound() async -> Bool {
        tell(.time, at: clock.position + 512)
        await uncharged()
        // Whatever the session has to tell itself gets through.
        try? await Task.sleep(for: .microseconds(100))
        return machine.state != .ended && !isClosed && !Task.isCancelled
    }

    /// Hears; gives up a source that neither gives anything nor lets itself be cancelled.
    func hearUnlessStuck() async throws {
        let failure = Failure()
        await Job {
            do { try await self.hear() } catch { failure.error.withLock { $0 = error } }
        }.run()
        if let error = failure.error.withLock({ $0 }) { throw error }
    }

    private final class Failure: Sendable {
        let error = Mutex<(any Error)?>(nil)
    }

    private func hear(_ source: any AudioSource) async throws {
        var scorer = try parts.voiceActivity()
        var window: [Float] = []
        var isFirst = true
        for try await frame in source.frames() {
            if isFirst {
                isFirst = false
                tell(.sourceStarted(length: frame.samples.count))
            }
            window += frame.samples
            var position = streamStart + frame.end - window.count
            while window.count >= scorer.windowLength {
                let next = AudioFrame(
                    samples: Array(window.prefix(scorer.windowLength)), sampleRate: frame.sampleRate, position: position
                )
                window.removeFirst(scorer.windowLength)
                let probability = try score(next.samples[...], &scorer)
                await heard(next, probability: probability)
                position = next.end
            }
            if machine.state == .ended { return }
        }
    }

    /// The first frame of a source has come. After another source was lost, time has gone on in between.
    func begin(with length: Int) {
        streamStart = max(clock.lastFrameEnd, clock.position - length)
        guard isDeviceLost else { return }
        isDeviceLost = false
        eventOutput.yield(.deviceBack)
    }

    /// A window's voice activity. One that cannot be told is silence, as long as there are not too many.
    private func score(_ window: ArraySlice<Float>, _ scorer: inout any WindowScorer) throws -> Float {
        do {
            let probability = try scorer.score(window)
            scorerFailures = 0
            return probability.isFinite ? probability : 0
        } catch {
            scorerFailures += 1
            guard scorerFailures <= Self.mostScorerFailures else { throw error }
            if scorerFailures == 1, let fault = Happening.Fault(error, stage: .voiceActivity) {
                tell(.scorerFailed(fault))
            }
            scorer.reset()
            return 0
        }
    }

    /// So many windows in a row may fail: a second.
    static let mostScorerFailures = 31

    /// The next window of sound has come.
    private func heard(_ window: AudioFrame, probability: Float) async {
        recent.append(window)
        parts.recorder?.record(.sound(window))
        noticeEndOfInput()
        if probability >= configuration.endpoint.silenceThreshold {
            tell(.loudness(VoiceLevel.decibels(window.samples.power), excess: parts.echoExcess()))
        }
        tell(.window(end: window.end, length: window.samples.count, speech: probability))
        await listenForWakeWord(in: window)
        if configuration.pace == .fast { await uncharged() }
    }

    /// Looks whether the input's content has ended.
    func noticeEndOfInput() {
        if !isInputOver, parts.isInputOver() { tell(.inputOver) }
    }

    /// Takes the next window of sound.
    func take(_ window: Range<Int>, probability: Float) {
        doDeeds(until: window.upperBound)
        if configuration.turn.wake != nil { remember(window, probability) }
        if case .hearing = machine.state, let loudness { voiceLevel.hear(loudness.level) }
        defer { loudness = nil }
        let strangerSince = hearBackground(window)
        let isBackground = background?.isBackground == true
        if !isBackground, let turn = hearingTurn { give(to: turn.id) }
        if isDeaf {
            detector.reset(at: window.upperBound)
            unconfirmedStart = nil
        } else if let strangerSince {
            setAside(since: strangerSince, at: window.upperBound)
        } else {
            heard(detector.process(isBackground ? 0 : probability, window: window), at: window.upperBound)
        }
        lookAgain(at: window.upperBound)
        passTime()
        makePartial()
    }

    /// What the assistant says would be taken for the user's words: while it speaks it does not listen, unless
    /// it may be interrupted.
    private var isDeaf: Bool {
        if case .speaking = machine.state { return !configuration.turn.allowsInterruption }
        return false
    }

    /// The turn in which the user speaks or has just stopped.
    private var hearingTurn: TurnContext? {
        switch machine.state {
        case .hearing(let turn), .answering(let turn): turns[turn.revision.turn]
        default: nil
        }
    }

    func heard(_ event: EndpointDetector.Event?, at position: Int) {
        if overlap != nil { return followOverlap(event, at: position) }
        if case .speechStarted(let start) = event { unconfirmedStart = start }
        if let start = unconfirmedStart, detector.speechLength >= Self.hint {
            let before = machine.current?.revision
            apply(.speechHinted(start: start), at: position)
            if let turn = machine.current, turn.revision != before, case .hearing = machine.state {
                // The turn under way goes on: what is heard now belongs to it.
                unconfirmedStart = nil
                pauseEnded(at: start)
                give(to: turn.revision.turn)
            }
        }
        if judgesOverlap {
            beginOverlap()
            return followOverlap(event, at: position)
        }
        if let start = unconfirmedStart, detector.isConfirmed {
            unconfirmedStart = nil
            begin(start: start, at: position)
        }
        switch event {
        case .pauseStarted(let end) where unconfirmedStart == nil:
            growth = nil
            apply(.paused(end: end), at: position)
            weigh(pauseAt: end)
        case .speechResumed(let start) where unconfirmedStart == nil:
            apply(.resumed, at: position)
            pauseEnded(at: start)
        case .endpoint(_, let end):
            apply(.endpoint(end: end), at: position)
        case .misfire:
            if unconfirmedStart == nil { apply(.misfired, at: position) }
            unconfirmedStart = nil
        default:
            break
        }
    }

    /// Speech is certain: a turn begins, or the turn under way goes on.
    private func begin(start: Int, at position: Int) {
        let audioStart = detector.audioStart ?? start
        let known = Set(turns.keys)
        apply(.speechStarted(start: start), at: position)
        for id in turns.keys where !known.contains(id) {
            turns[id]?.recognisedEnd = audioStart
            turns[id]?.audioStart = audioStart
            eventOutput.yield(.speechStarted)
        }
        if let turn = hearingTurn { give(to: turn.id) }
    }

    /// Gives the recogniser of a turn the sound that it has not had yet.
    func give(to id: Int) {
        guard let turn = turns[id] else { return }
        let sound = recent.from(turn.recognisedEnd)
        turns[id]?.recognisedEnd = recent.end
        turn.recognition?.append(sound)
    }

    /// Speech of so many samples is a hint that the user goes on: two windows.
    static let hint = 1_024

    func sourceLost(_ error: RiposteError) {
        isDeviceLost = true
        eventOutput.yield(.deviceLost(error))
        loseSpeech()
    }

    /// The source has no more to give.
    func sourceEnded() {
        loseSpeech()
        apply(.inputEnded, at: clock.position)
    }

    /// Forgets what is being said: the user, or their program, has thought better of it. What was said before a pause and
    /// is being answered already stays.
    public func clearInput() { tell(.inputCleared) }

    func forgetSpeech() {
        unconfirmedStart = nil
        overlap = nil
        detector.reset(at: clock.position)
        if case .hearing = machine.state { apply(.misfired, at: clock.position) }
    }

    /// The sound ends in the middle: what was said so far still gets its answer.
    private func loseSpeech() {
        unconfirmedStart = nil
        overlap = nil
        if let event = detector.finish(), case .endpoint(_, let end) = event {
            apply(.endpoint(end: end), at: clock.position)
        } else if case .hearing = machine.state {
            apply(.misfired, at: clock.position)
        }
        detector.reset(at: clock.position)
    }

    /// Asks for a partial transcript when it is time and the recogniser is free.
    private func makePartial() {
        // One that does not come is not waited for for ever.
        if clock.lastFrameEnd - lastPartial >= configuration.turn.answerLimit { partialIsRunning = false }
        let usual = configuration.partialInterval
        guard let interval = workload.map({ $0.partialInterval(usual) }) ?? usual, !partialIsRunning,
            case .hearing(let turn) = machine.state,
            !turn.isPrepared, let recognition = turns[turn.revision.turn]?.recognition,
            clock.lastFrameEnd - lastPartial >= Int(interval * Double(Waterfall.sampleRate))
        else { return }
        lastPartial = clock.lastFrameEnd
        partialIsRunning = true
        let begun = clock.position
        start(charging: true) {
            let start = ContinuousClock.now
            let transcript = try? await recognition.partial()
            let timing = Happening.Timing(begun: begun, took: .now - start)
            await self.tell(.partial(turn: turn.revision.turn, transcript, timing: timing))
        }
    }

    func partialMade(_ transcript: Transcript?, turn: Int, _ timing: Happening.Timing?) {
        partialIsRunning = false
        note(.partial, timing)
        guard let transcript = transcript.map(withoutWakeWord), !transcript.isEmpty,
            case .hearing(let current) = machine.state, current.revision.turn == turn
        else { return }
        eventOutput.yield(.partial(transcript.text))
        followGrowth(of: transcript.text, in: current)
    }
}
