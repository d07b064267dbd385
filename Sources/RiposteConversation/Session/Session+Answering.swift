import Foundation
import RiposteCore

// From a transcript to sound.
extension Session {
    /// Makes an answer and its first sound ready, waits at the gate, then plays it.
    func prepare(_ answer: Answer, for revision: Revision, at position: Int) {
        if turns[revision.turn] == nil {
            // The session speaks unasked: there is a turn, but nobody opened it by speaking.
            turns[revision.turn] = TurnContext(id: revision.turn)
            eventOutput.yield(.turnBegan(revision.turn))
            step(revision.turn, .began)
        }
        TurnIdentity.$current.withValue(identity(of: revision.turn)) {
            makeReady(answer, for: revision, at: position)
        }
    }

    private func makeReady(_ answer: Answer, for revision: Revision, at position: Int) {
        guard let gate = turns[revision.turn]?.gate, let commitment = turns[revision.turn]?.commitment else { return }
        let speculation = Speculation()
        if turns[revision.turn]?.isReleased == true { speculation.confirm() }
        turns[revision.turn]?.speculation = speculation
        let (pieces, output) = AsyncStream.makeStream(of: String.self)
        var replies: AsyncThrowingStream<Reply, any Error>?
        switch answer {
        case .phrase(let phrase):
            let text = configuration.phrases.text(for: phrase)
            turns[revision.turn]?.reply = text
            turns[revision.turn]?.isReplyWhole = true
            if case .alarm(let alarm) = phrase { turns[revision.turn]?.alarm = alarm }
            turns[revision.turn]?.waterfall.reply = position
            output.yield(text)
            output.finish()
        case .reply(let transcript):
            replies = Speculation.$current.withValue(speculation) {
                parts.responder.reply(to: transcript, in: conversation, commitment: commitment)
            }
        case .nothing:
            return
        }
        turns[revision.turn]?.running.insert(revision)
        let manner = conversation.manner
        let options = manner.applied(to: configuration.speech, voices: parts.synthesizer.voices)
        let speech = Speculation.$current.withValue(speculation) { parts.synthesizer.speak(pieces, options: options) }
        hold(for: revision)
        let identity = identity(of: revision.turn)
        let job = start(charging: false) { [replies] in
            await TurnIdentity.$current.withValue(identity) {
                await withTaskGroup(of: Void.self) { group in
                    group.addTask {
                        if let replies { await self.pump(replies, into: output, for: revision, begun: position) }
                    }
                    group.addTask {
                        await self.voice(speech, gain: manner.gain, for: revision, through: gate, begun: position)
                    }
                }
            }
            await self.tell(.answerEnded(revision))
        }
        turns[revision.turn]?.answering = job
    }

    /// Moves the responder's text to the voice.
    private func pump(
        _ replies: AsyncThrowingStream<Reply, any Error>, into output: AsyncStream<String>.Continuation,
        for revision: Revision, begun: Int
    ) async {
        let start = ContinuousClock.now
        do {
            for try await reply in replies {
                tell(.reply(revision, reply, timing: .init(begun: begun, took: .now - start)))
                output.yield(reply.text)
            }
            replyEnded(revision)
        } catch {
            // What was written so far is still said; a turn of which nothing was said ends through `voice`.
            if let fault = Happening.Fault(error, stage: .dialog) { tell(.replyFailed(revision, fault)) }
        }
        output.finish()
    }

    func replyFailed(_ error: RiposteError, _ revision: Revision) {
        guard machine.current?.revision == revision else { return }
        turns[revision.turn]?.error = error
        step(revision.turn, .failed(error))
        eventOutput.yield(.failure(error))
    }

    func written(_ reply: Reply, for revision: Revision, _ timing: Happening.Timing) {
        guard machine.current?.revision == revision else { return }
        if turns[revision.turn]?.waterfall.reply == nil {
            turns[revision.turn]?.waterfall.reply = moment(timing)
            step(revision.turn, .replied)
        }
        turns[revision.turn]?.reply += reply.text
        if reply.expectation != .anything { turns[revision.turn]?.expectation = reply.expectation }
        if turns[revision.turn]?.isCommitted == true {
            carryOut(reply.effects)
        } else {
            turns[revision.turn]?.effects += reply.effects
        }
        if turns[revision.turn]?.isReleased == true { eventOutput.yield(.reply(reply.text)) }
    }

    /// Makes the speech and, once released, plays it.
    private func voice(
        _ speech: AsyncThrowingStream<SpokenFrame, any Error>, gain: Float, for revision: Revision, through gate: Gate,
        begun: Int
    ) async {
        let feed = SpeechFeed(speech, gain: gain, patience: answerLimit)
        let start = ContinuousClock.now
        var took = Duration.zero
        do {
            // In fast pace the whole answer is made before time goes on; else its first sound.
            guard let first = try await feed.fill(whole: configuration.pace == .fast) else {
                throw turns[revision.turn]?.error
                    ?? RiposteError(.engineFailed, .synthesis, "The answer was empty: there was nothing to say.")
            }
            took = first
            tell(.synthesized(revision, timing: .init(begun: begun, took: took)))
        } catch {
            // Whoever makes it need not go on.
            await feed.stop()
            return failed(error, revision, stage: .synthesis, begun: begun, took: .now - start)
        }
        guard await gate.pass() else { return await feed.stop() }
        if configuration.pace == .fast { await reach(begun + SessionClock.samples(took), for: revision) }
        do {
            turns[revision.turn]?.playback = Playback(revision: revision, feed: feed)
            repeat { try await play(feed, for: revision) } while await goesOn(revision, feed)
            await feed.stop()
            let text = await feed.text(heard: playback(of: revision)?.heard ?? 0)
            tell(.played(revision, heard: text))
        } catch {
            await feed.stop()
            await soundFailed(error, revision, feed)
        }
    }

    /// The loudspeaker failed. It can't tell how much was heard: as much as it was given, and no more than there was
    /// time for.
    private func soundFailed(_ error: any Error, _ revision: Revision, _ feed: SpeechFeed) async {
        // After a hold, at least what was heard before it.
        let heard = playback(of: revision).map { max($0.heard, estimatedHeard($0, at: clock.position)) }
        let text = await feed.text(heard: heard ?? 0)
        let fault = Happening.Fault(error, stage: .audio)
        tell(.failed(revision, fault, heard: text, timing: .init(begun: clock.position, took: .zero)))
    }

    /// Plays until the speech ends, is held, or the job is stopped.
    private func play(_ feed: SpeechFeed, for revision: Revision) async throws {
        guard let playback = playback(of: revision) else { return }
        let (starts, started) = AsyncStream.makeStream(of: Double.self)
        let (sink, silence, frames) = (parts.sink, playback.silence, await feed.frames())
        let heard = try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                for await seconds in starts { await self.tell(.sounded(revision, seconds: seconds)) }
            }
            defer { started.finish() }
            // A device in fast pace waits for the sound it has been given, from here on.
            letGo(of: revision)
            let heard = try await Self.play(frames, on: sink, until: silence) { started.yield($0) }
            started.finish()
            try await group.waitForAll()
            return heard
        }
        update(revision) { $0.heard = max($0.heard, $0.heardBefore + heard) }
    }

    private nonisolated static func play(
        _ frames: AsyncThrowingStream<AudioFrame, any Error>, on sink: any AudioSink, until silence: Gate,
        onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        try await withThrowingTaskGroup(of: Int?.self) { group in
            group.addTask { try await sink.play(frames, onStart: onStart) }
            group.addTask {
                _ = await silence.pass()
                return nil
            }
            let first = try await group.next() ?? nil
            group.cancelAll()
            if let first { return first }
            return try await group.next()?.flatMap { $0 } ?? 0
        }
    }

    /// After the sound has stopped: whether it is to go on. Where it does, it goes on at a word.
    private func goesOn(_ revision: Revision, _ feed: SpeechFeed) async -> Bool {
        guard let hold = playback(of: revision)?.hold else { return false }
        letGo(of: revision)
        guard await hold.pass(), let heard = playback(of: revision)?.heard else { return false }
        // Held at its very end, there is nothing left to go on with.
        if await feed.isOver(heard: heard) { return false }
        // What is sure to have been heard, should the loudspeaker never say so of the rest.
        let text = await feed.text(heard: heard)
        let word = await feed.rewind(heard: heard)
        guard playback(of: revision) != nil else { return false }
        turns[revision.turn]?.heard = text
        update(revision) { playback in
            playback.hold = nil
            playback.silence = Gate()
            playback.heardBefore = word
            playback.soundStart = nil
        }
        return true
    }

    /// The sound of an answer; nil when it is forgotten, and perhaps another one's has taken its place.
    func playback(of revision: Revision) -> Playback? {
        turns[revision.turn]?.playback.flatMap { $0.revision == revision ? $0 : nil }
    }

    func update(_ revision: Revision, _ change: (inout Playback) -> Void) {
        guard var playback = playback(of: revision) else { return }
        change(&playback)
        turns[revision.turn]?.playback = playback
    }

    func synthesized(_ revision: Revision, _ timing: Happening.Timing) {
        guard machine.current?.revision == revision else { return letGo(of: revision) }
        turns[revision.turn]?.waterfall.synthesis = moment(timing)
        step(revision.turn, .synthesized)
        if turns[revision.turn]?.isReleased != true { letGo(of: revision) }
    }

    func sounded(_ revision: Revision, seconds: Double) {
        guard machine.current?.revision == revision else { return }
        let position =
            configuration.sharesTimeline
            ? streamStart + Int(seconds * Double(Waterfall.sampleRate)) : clock.position
        update(revision) { $0.soundStart = position }
        // It goes on after it was held.
        guard turns[revision.turn]?.waterfall.firstSound == nil else { return }
        turns[revision.turn]?.waterfall.firstSound = position
        apply(.soundStarted(revision), at: max(position, clock.position))
        step(revision.turn, .sounding)
        noteRung(in: revision.turn)
        eventOutput.yield(.speaking)
    }

    func played(_ revision: Revision, heard: String) {
        // An answer that was taken back was not said.
        if let current = machine.current, current.revision.turn == revision.turn, current.revision != revision {
            return
        }
        turns[revision.turn]?.heard = heard
        apply(.soundEnded(revision), at: clock.position)
    }

    func answerEnded(_ revision: Revision) {
        letGo(of: revision)
        turns[revision.turn]?.running.remove(revision)
        closeAccount(of: revision.turn)
    }
}
