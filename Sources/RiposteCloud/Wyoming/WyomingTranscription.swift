import RiposteAudio
import RiposteCore

/// One utterance, sent to a node while it is spoken.
///
/// A transcript is asked for by ending the sound. When the speaker goes on, the node is sent all of it once more: the
/// protocol knows no other way, and to send it costs next to nothing.
actor WyomingTranscription: Transcription, WaitingActor {
    /// What the node is doing.
    private struct Work {
        let number: Int
        let events: AsyncStream<WyomingEvent>.Continuation
        var task: Task<Void, Never>?
        /// Samples that were sent.
        var sent = 0
        /// Whether all sound was sent.
        var isComplete = false
        var outcome: Result<Transcript, any Error>?

        /// Whether it fails already.
        var failure: (any Error)? { if case .failure(let error)? = outcome { error } else { nil } }
    }

    private let transcriber: WyomingTranscriber
    private let request: TranscriptionRequest
    private var samples: [Float] = []
    private var work: Work?
    private var count = 0
    /// The latest final transcript, and of how much sound.
    private var latest: (length: Int, transcript: Transcript)?
    var waiting: [CheckedContinuation<Void, Never>] = []

    /// Shorter sounds hold no word: a tenth of a second.
    private static let shortest = 1600
    /// Sound after a transcript that is no more than the pause after the words, in samples: half a second.
    private static let pause = 8000

    init(_ transcriber: WyomingTranscriber, _ request: TranscriptionRequest) {
        self.transcriber = transcriber
        self.request = request
    }

    deinit {
        work?.events.finish()
        work?.task?.cancel()
    }

    func append(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        self.samples += samples
        if let work {
            // What has failed is noticed by whoever asks for a transcript.
            guard work.failure == nil else { return }
            if work.outcome != nil {
                guard self.samples.count > work.sent + Self.pause else { return }
                begin()
            } else if work.isComplete {
                // Somebody waits for the transcript of what there was.
                return
            }
        } else {
            // Silence before the first sound is not worth a connection, but part of what is sent.
            guard samples.contains(where: { $0 != 0 }) else { return }
            begin()
        }
        send()
    }

    func partial() throws -> Transcript {
        if let failure = work?.failure { throw failure }
        var partial = latest?.transcript ?? Transcript(text: "", confidence: 0)
        partial.kind = .partial
        return partial
    }

    func final() async throws -> Transcript {
        guard samples.count >= Self.shortest, samples.contains(where: { $0 != 0 }) else {
            return Transcript(text: "", noSpeechProbability: 1)
        }
        let length = samples.count
        if let latest, latest.length == length { return latest.transcript }
        if let failure = work?.failure { throw failure }
        if work.map({ $0.isComplete ? $0.sent < length : $0.outcome != nil }) ?? true { begin() }
        send()
        complete()
        let number = count
        let transcript = try await outcome(of: number)
        if latest?.length ?? 0 <= length { latest = (length, transcript) }
        return transcript
    }

    // MARK: The node

    /// Begins to have the utterance recognised, from its start.
    private func begin() {
        work?.events.finish()
        work?.task?.cancel()
        count += 1
        let (events, output) = AsyncStream.makeStream(of: WyomingEvent.self)
        for event in transcriber.opening(request) { output.yield(event) }
        var work = Work(number: count, events: output)
        work.task = Task { [weak self, transcriber, request, count] in
            let outcome: Result<Transcript, any Error>
            do {
                outcome = .success(try await transcriber.transcript(events, request))
            } catch {
                outcome = .failure(error)
            }
            await self?.ended(count, outcome)
        }
        self.work = work
        wake()
    }

    private func send() {
        guard let sent = work?.sent, sent < samples.count, work?.isComplete == false else { return }
        let new = samples[sent...]
        for event in transcriber.chunks(new) { work?.events.yield(event) }
        work?.sent = samples.count
        let seconds = Double(new.count) / Double(Waterfall.sampleRate)
        transcriber.usage?.sent(transcriber.name, seconds: seconds)
    }

    private func complete() {
        guard work?.isComplete == false else { return }
        work?.isComplete = true
        work?.events.yield(WyomingEvent("audio-stop"))
    }

    private func ended(_ number: Int, _ outcome: Result<Transcript, any Error>) {
        guard work?.number == number else { return }
        work?.outcome = outcome
        work?.events.finish()
        wake()
    }

    /// The transcript; of more sound, where the node was given that meanwhile.
    /// - Throws: `.timedOut`; `CancellationError`.
    private func outcome(of number: Int) async throws -> Transcript {
        let limit = ContinuousClock.now + .seconds(transcriber.configuration.timeout)
        let alarm = alarm(at: limit)
        defer { alarm.cancel() }
        while true {
            if let work, work.number >= number, let outcome = work.outcome { return try outcome.get() }
            try Task.checkCancellation()
            guard .now < limit else {
                throw RiposteError(.timedOut, .transcription, "\(transcriber.node) took too long to answer.")
            }
            await pause()
        }
    }
}
