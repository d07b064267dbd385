import Foundation
import RiposteCore

// Softer, silent, and back again: what the loudspeaker does while a voice over the answer is judged.
extension Session {
    func duck(_ revision: Revision, at position: Int) {
        turns[revision.turn]?.overlaps.append(.init(duckedMs: Waterfall.milliseconds(position)))
        update(revision) { $0.loudFrom = nil }
        let level = configuration.turn.interruption.configuration.duckedLevel
        parts.sink.setGain(Float(pow(10, level / 20))) { _ in }
    }

    func hold(_ revision: Revision, at position: Int) {
        noteOverlap(of: revision) { $0.heldMs = Waterfall.milliseconds(position) }
        guard let playback = playback(of: revision) else { return }
        update(revision) { $0.hold = Gate() }
        if configuration.pace == .fast { hold(for: revision) }
        playback.silence.open()
    }

    /// Goes on, at a word: at once after a hold, else where the next word begins.
    func resume(_ revision: Revision, at position: Int) {
        noteOverlap(of: revision) { $0.resumedMs = Waterfall.milliseconds(position) }
        guard let playback = playback(of: revision) else { return }
        if let held = playback.hold {
            if configuration.pace == .fast { hold(for: revision) }
            held.open()
            return
        }
        let rate = parts.synthesizer.sampleRate
        let heard = estimatedHeard(playback, at: position)
        update(revision) { $0.loudFrom = position }
        start(charging: true) {
            let word = await playback.feed.nextWord(after: heard)
            await self.getLoud(revision, in: ((word ?? heard) - heard) * Waterfall.sampleRate / rate)
        }
    }

    /// How much of an answer is heard by now, as time tells, in samples of its sound.
    func estimatedHeard(_ playback: Playback, at position: Int) -> Int {
        let sounding = max(0, position - (playback.soundStart ?? position))
        return playback.heardBefore + sounding * parts.synthesizer.sampleRate / Waterfall.sampleRate
    }

    /// - Parameter wait: in samples; longer than half a second, no word is waited for.
    private func getLoud(_ revision: Revision, in wait: Int) {
        if wait <= Waterfall.sampleRate / 2 { update(revision) { $0.loudFrom? += wait } }
    }

    /// Speech that was soft gets loud again when its time has come.
    func comeBack(at position: Int) {
        for id in turns.keys {
            guard let from = turns[id]?.playback?.loudFrom, from <= position else { continue }
            turns[id]?.playback?.loudFrom = nil
            parts.sink.setGain(1) { _ in }
        }
    }

    /// The answer's sound is about to be stopped for good. In fast pace time waits until it has stopped.
    func fallSilent(_ revision: Revision, at position: Int) {
        noteOverlap(of: revision) { $0.stoppedMs = Waterfall.milliseconds(position) }
        if configuration.pace == .fast, playback(of: revision) != nil,
            turns[revision.turn]?.running.contains(revision) == true
        {
            hold(for: revision)
        }
    }

    private func noteOverlap(of revision: Revision, _ note: (inout TurnReport.Overlap) -> Void) {
        guard let last = turns[revision.turn]?.overlaps.indices.last,
            var overlap = turns[revision.turn]?.overlaps[last], overlap.resumedMs == nil
        else { return }
        note(&overlap)
        turns[revision.turn]?.overlaps[last] = overlap
    }
}
