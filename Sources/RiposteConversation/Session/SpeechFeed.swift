import RiposteCore

/// Speech on its way to the loudspeaker: the first sound is made ready before it may be heard, the rest is
/// pulled as it is played, and account is kept of the words in it.
actor SpeechFeed {
    private var speech: AsyncThrowingStream<SpokenFrame, any Error>.Iterator
    private var ready: [SpokenFrame] = []
    private var account = HeardText()

    init(_ speech: AsyncThrowingStream<SpokenFrame, any Error>) { self.speech = speech.makeAsyncIterator() }

    /// Makes the first frame, or all of them.
    /// - Returns: how long the first frame took; nil when there is none.
    func fill(whole: Bool) async throws -> Duration? {
        let start = ContinuousClock.now
        var first: Duration?
        while first == nil || whole, let frame = try await pull() {
            first = first ?? (.now - start)
            ready.append(frame)
        }
        ready.reverse()
        return first
    }

    /// The sound, to be consumed once.
    nonisolated func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        AsyncThrowingStream { try await self.next()?.audio }
    }

    /// The words in the first `samples` samples that were taken.
    func text(heard samples: Int) -> String { account.text(heard: samples) }

    private func next() async throws -> SpokenFrame? {
        let frame: SpokenFrame?
        if ready.isEmpty { frame = try await pull() } else { frame = ready.removeLast() }
        if let frame { account.add(frame) }
        return frame
    }

    private func pull() async throws -> SpokenFrame? {
        var iterator = speech
        defer { speech = iterator }
        return try await iterator.next(isolation: self)
    }
}
