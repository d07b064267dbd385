import RiposteCore

/// Speech on its way to the loudspeaker: the first sound is made ready before it may be heard, the rest is
/// pulled as it is played, and account is kept of the words in it.
///
/// What was given out lately is kept, so that speech that was held can go on at a word.
actor SpeechFeed {
    private var speech: AsyncThrowingStream<SpokenFrame, any Error>.Iterator
    /// What comes next, the next one last.
    private var ready: [SpokenFrame] = []
    private var account = HeardText()
    /// What was given out, and where in the speech it begins and ends.
    private var given: [SpokenFrame] = []
    private var givenStart = 0
    private var givenEnd = 0
    private var isComplete = false
    private var failure: (any Error)?
    private var fetching: Task<Void, Never>?
    private var waiting: [Gate] = []
    /// Counts how often it was begun to be played: who played it before gets nothing any more.
    private var playing = 0

    /// A loudspeaker takes at most this much before it is heard, and a hold goes back by a word: in seconds.
    private static let keptSeconds = 12

    /// A voice that has begun to sound and then gives nothing for so long has failed.
    private let patience: Duration
    /// What the sound is multiplied with.
    private let gain: Float

    init(_ speech: AsyncThrowingStream<SpokenFrame, any Error>, gain: Float = 1, patience: Duration) {
        self.speech = speech.makeAsyncIterator()
        self.gain = gain
        self.patience = patience
    }

    /// Makes the first frame, or all of them.
    /// - Returns: how long the first frame took; nil when there is none.
    func fill(whole: Bool) async throws -> Duration? {
        let start = ContinuousClock.now
        var first: Duration?
        while first == nil || whole {
            let count = ready.count
            guard try await arrive() else { break }
            try Task.checkCancellation()
            if ready.count > count { first = first ?? (.now - start) }
        }
        return first
    }

    /// The sound from where it stands. Whoever was given it before gets no more.
    func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        playing += 1
        let player = playing
        return AsyncThrowingStream { try await self.next(player)?.audio }
    }

    /// The words in the first `samples` samples.
    func text(heard samples: Int) -> String { account.text(heard: samples) }

    /// Whether `heard` samples are all there is.
    func isOver(heard: Int) -> Bool { isComplete && failure == nil && ready.isEmpty && heard >= givenEnd }

    /// Goes back to the start of the word that sounds after `heard` samples.
    /// - Returns: where that is, in samples since the start.
    func rewind(heard: Int) -> Int {
        let word = account.wordStarts.last { $0 <= heard } ?? 0
        let target = max(givenStart, min(quietest(near: word), heard))
        var end = givenEnd
        while let frame = given.last, end > target {
            given.removeLast()
            end -= frame.audio.samples.count
            ready.append(frame)
        }
        if end < target, var frame = ready.popLast() {
            let cut = target - end
            given.append(frame.part(..<cut))
            frame = frame.part(cut...)
            // From nothing, so that it does not click.
            let fade = min(frame.audio.samples.count, frame.audio.sampleRate / 200)
            for index in 0..<fade { frame.audio.samples[index] *= Float(index) / Float(fade) }
            ready.append(frame)
        }
        givenEnd = target
        playing += 1
        return target
    }

    /// Where the next word begins after `samples` samples; nil when there is none that is known.
    func nextWord(after samples: Int) -> Int? {
        account.wordStarts.first { $0 > samples }.map(quietest)
    }

    /// The middle of the quietest 20 ms within a tenth of a second of where a word is thought to begin.
    private func quietest(near position: Int) -> Int {
        guard let rate = given.first?.audio.sampleRate else { return position }
        let (reach, length) = (rate / 10, rate / 50)
        let from = max(givenStart, position - reach)
        let sound = stretch(from..<min(givenEnd, position + reach))
        guard sound.count > length else { return position }
        var best = (power: Float.infinity, at: position)
        for start in stride(from: 0, through: sound.count - length, by: length / 4) {
            let power = sound[start..<(start + length)].reduce(0) { $0 + $1 * $1 }
            if power < best.power { best = (power, from + start + length / 2) }
        }
        return best.at
    }

    private func stretch(_ range: Range<Int>) -> [Float] {
        guard !range.isEmpty else { return [] }
        var (samples, start): ([Float], Int) = ([], givenStart)
        for frame in given where start < range.upperBound {
            let end = start + frame.audio.samples.count
            if end > range.lowerBound {
                let (first, last) = (max(0, range.lowerBound - start), min(end, range.upperBound) - start)
                samples += frame.audio.samples[first..<last]
            }
            start = end
        }
        return samples
    }

    private func next(_ player: Int) async throws -> SpokenFrame? {
        while player == playing, ready.isEmpty, !Task.isCancelled {
            let limit = Task {
                try await Task.sleep(for: patience)
                giveUp()
            }
            defer { limit.cancel() }
            guard try await arrive() else { break }
        }
        guard player == playing, !Task.isCancelled, let frame = ready.popLast() else { return nil }
        give(frame)
        return frame
    }

    private func give(_ frame: SpokenFrame) {
        given.append(frame)
        givenEnd += frame.audio.samples.count
        if givenEnd > account.samples { account.add(frame) }
        while let first = given.first, givenEnd - givenStart > Self.keptSeconds * first.audio.sampleRate {
            givenStart += first.audio.samples.count
            given.removeFirst()
        }
    }

    /// Nobody will play it any more.
    func stop() { fetching?.cancel() }

    /// Waits for another frame.
    ///
    /// It is fetched by a task of its own: a loudspeaker that is stopped in the middle must not end the speech.
    /// - Returns: false when there are no more.
    private func arrive() async throws -> Bool {
        if !isComplete {
            if fetching == nil { fetching = Task { await fetch() } }
            let gate = Gate()
            waiting.append(gate)
            _ = await gate.pass()
        }
        if let failure { throw failure }
        return !isComplete
    }

    private func fetch() async {
        do {
            var iterator = speech
            let frame = try await iterator.next(isolation: self)
            speech = iterator
            if let frame { ready.insert(frame.amplified(gain), at: 0) } else { isComplete = true }
        } catch {
            (failure, isComplete) = (failure ?? error, true)
        }
        fetching = nil
        letGo()
    }

    /// What has begun does not go on.
    private func giveUp() {
        guard fetching != nil, !isComplete else { return }
        fetching?.cancel()
        failure = RiposteError(.timedOut, .synthesis, "The voice fell silent in the middle of its answer.")
        isComplete = true
        letGo()
    }

    private func letGo() {
        for gate in waiting { gate.open() }
        waiting = []
    }
}

extension SpokenFrame {
    /// As loud as it is wanted.
    fileprivate func amplified(_ gain: Float) -> SpokenFrame {
        guard gain != 1 else { return self }
        var frame = self
        let samples = audio.samples.map { gain > 1 ? SoftLimit.bent($0 * gain) : $0 * gain }
        frame.audio = AudioFrame(samples: samples, sampleRate: audio.sampleRate, position: audio.position)
        return frame
    }

    /// A part of its sound. How much of the text has been said stays that of its end.
    fileprivate func part(_ range: some RangeExpression<Int>) -> SpokenFrame {
        var part = self
        part.audio = AudioFrame(
            samples: Array(audio.samples[range]), sampleRate: audio.sampleRate, position: audio.position)
        return part
    }
}
