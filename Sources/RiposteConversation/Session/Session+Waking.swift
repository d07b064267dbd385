import RiposteCore
import RiposteListening

// Asleep until the wake word.
extension Session {
    /// Lets the detector hear a window.
    func listenForWakeWord(in window: AudioFrame) async {
        guard configuration.turn.wake != nil, let detector = parts.wakeWord else { return }
        do {
            for detection in try await detector.detect(in: window) { tell(.wakeWord(detection)) }
            wakeWordFailures = 0
        } catch {
            wakeWordFailures += 1
            // Told once; it may hear again later.
            if wakeWordFailures == 1, let fault = Happening.Fault(error, stage: .wakeWord) {
                tell(.wakeWordFailed(fault))
            }
        }
    }

    /// Keeps what the endpoint detector may have to hear again.
    func remember(_ window: Range<Int>, _ probability: Float) {
        windows.append((window, probability))
        if windows.count > 2 * Self.rememberedWindows { windows.removeFirst(windows.count - Self.rememberedWindows) }
    }

    /// 4 s: a long phrase, and an engine that takes its time.
    private static let rememberedWindows = 125

    /// The wake word was heard.
    func wordHeard(_ detection: WakeWordDetection) {
        let position = clock.position
        guard configuration.turn.wake != nil, !isOwn(detection.word, at: position) else { return }
        let (before, isJudging) = (machine, overlap != nil)
        let start = max(0, min(detection.speech.lowerBound, position))
        if machine.state == .asleep { eventOutput.yield(.woke(detection.word)) }
        apply(.wakeWord(start: start), at: position)
        // Said over the answer: a voice that was noticed already is taken over with its sound.
        guard case .speaking = before.state, case .hearing(let turn) = machine.state else { return }
        eventOutput.yield(.woke(detection.word))
        guard !isJudging else { return }
        let id = turn.revision.turn
        turns[id]?.recognisedEnd = start
        turns[id]?.audioStart = start
        give(to: id)
        hearAgain(from: start)
        // Where voice activity heard nothing but the answer, the word was all there was.
        if detector.state == .silence, case .hearing(let turn) = machine.state, turn.revision.turn == id {
            apply(.endpoint(end: min(position, detection.speech.upperBound)), at: position)
        }
    }

    /// Wakes: a sound says so, and what was said since the word began is heard now.
    func wake(from start: Int) {
        if configuration.soundsOnWaking != false {
            let sink = parts.sink
            self.start(charging: false) {
                // A sound that cannot be played is no reason not to listen.
                _ = try? await sink.play(WakingSound.frames()) { _ in }
            }
        }
        hearAgain(from: start)
    }

    /// Lets the endpoint detector hear again what it has heard since, as if it began now. So a command that follows the
    /// word without a pause is heard from its beginning, however late the word was told.
    private func hearAgain(from start: Int) {
        overlap = nil
        unconfirmedStart = nil
        detector.reset(at: start)
        for window in windows where window.range.lowerBound >= start {
            heard(detector.process(window.probability, window: window.range), at: clock.position)
        }
    }

    /// Whether the assistant has just said the word itself.
    private func isOwn(_ word: String, at position: Int) -> Bool {
        if case .speaking(let turn) = machine.state {
            return WakeWordText.contains(word, in: turns[turn.revision.turn]?.reply ?? "")
        }
        guard let said, position - said.end < Self.echo else { return false }
        return WakeWordText.contains(word, in: said.text)
    }

    /// So long after its last sound, what is told was still the assistant's: a quarter of a second. Who answers at once
    /// needs longer than that for the word alone.
    private static let echo = 4_000

    /// Remembers what was said in a turn that ends.
    func noteSaid(in turn: Int, at position: Int) {
        guard configuration.turn.wake != nil, let context = turns[turn], context.waterfall.firstSound != nil else {
            return
        }
        said = (context.reply, position)
    }

    /// A transcript as it is meant: "Computer, set a timer" is "Set a timer".
    func withoutWakeWord(_ transcript: Transcript) -> Transcript {
        guard configuration.turn.wake != nil, let words = configuration.wakeWords else { return transcript }
        var rest = transcript
        let isTold = machine.wordTold.map { told in machine.current.map { told >= $0.speechStart } ?? false } ?? false
        rest.text = WakeWordText.removing(words, from: transcript.text, isTold: isTold)
        return rest
    }
}
