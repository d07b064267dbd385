import Foundation
import RiposteAudio
import RiposteCore
import RiposteListening

/// How a recogniser keeps up with somebody who is speaking: each recording at real pace, with partial transcripts on the
/// way, as a conversation asks for them.
struct StreamingMeasurement {
    /// One recording.
    struct Recording {
        var samples: [Float]
        /// The true start and end of speech, in seconds.
        var start: Double
        var end: Double
    }

    /// What came of one recording, in milliseconds.
    struct Outcome {
        /// From the true start of speech to the first words.
        var firstWords: Double?
        var partialsPerSecond = 0.0
        /// From the endpoint to the final transcript that was begun at the pause before; 0 if it was there already.
        var afterPause: Double?
        /// The same where it is asked for again, with the silence since then: the encoder, and one pass over the words.
        var afterEndpoint: Double?
        /// Words that were settled before the end, and words in all.
        var settledWords = 0
        var words = 0
        /// Whether a settled word changed after all.
        var isUnsettled = false
        /// Whether the final transcript is the one of the whole recording at once.
        var isLikeOffline = true
    }

    /// Seconds between partial transcripts, as in a session.
    private static let interval = 0.3
    /// Seconds of silence after which a turn ends at the earliest.
    static let shortestWait = 0.15
    private static let rate = 16_000.0

    let transcriber: any Transcriber
    let voiceActivity: any WindowScorer
    let request: TranscriptionRequest

    func measure(_ name: String, _ recordings: [Recording], into report: inout BenchReport) async throws {
        try await transcriber.load()
        var outcomes: [Outcome] = []
        for recording in recordings { outcomes.append(try await outcome(of: recording)) }
        report.add(name, "first words after speech begins", "ms", outcomes.compactMap(\.firstWords))
        report.add(name, "partial transcripts", "a second", outcomes.map(\.partialsPerSecond))
        report.add(name, "endpoint to final transcript, begun at the pause", "ms", outcomes.compactMap(\.afterPause))
        report.add(
            name, "final transcript asked for once more", "ms", outcomes.compactMap(\.afterEndpoint))
        report.add(
            name, share: "words settled before the end", outcomes.map(\.settledWords).reduce(0, +),
            of: outcomes.map(\.words).reduce(0, +))
        report.add(
            name, share: "with a settled word that changed", outcomes.count(where: \.isUnsettled), of: outcomes.count)
        report.add(
            name, share: "final transcripts unlike the whole recording's", outcomes.count { !$0.isLikeOffline },
            of: outcomes.count)
    }

    private func outcome(of recording: Recording) async throws -> Outcome {
        let session = StreamingSession(try await transcriber.beginUtterance(request))
        var scorer = voiceActivity
        var detector = EndpointDetector()
        var isSpeaking = false
        // From half a second before the speech, as a session has it, to a second after.
        let first = max(0, Int((recording.start - 0.5) * Self.rate)) / 512 * 512
        let last = min(recording.samples.count, Int((recording.end + 1) * Self.rate))
        let clock = ContinuousClock()
        // The moment of sample 0.
        let zero = clock.now - .seconds(Double(first) / Self.rate)
        var lastPartial = -Double.infinity
        var position = first
        while position + 512 <= last {
            let end = position + 512
            let now = Double(end) / Self.rate
            try await clock.sleep(until: zero + .seconds(now))
            await session.append(Array(recording.samples[position..<end]))
            switch detector.process(try scorer.score(recording.samples[position..<end]), window: position..<end) {
            case .speechStarted, .speechResumed: isSpeaking = true
            case .pauseStarted:
                isSpeaking = false
                await session.prepare(zero: zero)
            default: break
            }
            if isSpeaking, now - lastPartial >= Self.interval, await session.askForPartial(zero: zero) {
                lastPartial = now
            }
            position = end
        }
        return try await session.finish(recording, offline: transcriber.transcribe(recording.samples, request))
    }
}

/// One utterance while it is spoken: what was asked of the recogniser, and when it answered.
private actor StreamingSession {
    private let transcription: any Transcription
    /// When each partial transcript came, in seconds of the recording, and what it was.
    private var partials: [(at: Double, transcript: Transcript)] = []
    private var isBusy = false
    /// When the last pause was noticed, and when its transcript was there.
    private var pause: (noticed: Double, done: Double?)?
    private var jobs: [Task<Void, any Error>] = []

    init(_ transcription: any Transcription) { self.transcription = transcription }

    func append(_ samples: [Float]) async { await transcription.append(samples) }

    /// - Returns: false while another is being made.
    func askForPartial(zero: ContinuousClock.Instant) -> Bool {
        guard !isBusy else { return false }
        isBusy = true
        jobs.append(
            Task {
                let transcript = try await self.transcription.partial()
                self.isBusy = false
                self.partials.append((Self.seconds(since: zero), transcript))
            })
        return true
    }

    /// Begins the final transcript, as if the turn ended here.
    func prepare(zero: ContinuousClock.Instant) {
        pause = (Self.seconds(since: zero), nil)
        jobs.append(
            Task {
                _ = try await self.transcription.final()
                self.pause?.done = Self.seconds(since: zero)
            })
    }

    func finish(_ recording: StreamingMeasurement.Recording, offline: Transcript) async throws
        -> StreamingMeasurement.Outcome
    {
        for job in jobs { try await job.value }
        var outcome = StreamingMeasurement.Outcome()
        // A pause is noticed 96 ms in; the turn ends 150 ms in at the earliest.
        if let pause, let done = pause.done {
            outcome.afterPause =
                max(
                    0,
                    done - pause.noticed
                        - (StreamingMeasurement.shortestWait - EndpointDetector.Configuration().minimumPause)) * 1000
        }
        let start = ContinuousClock.now
        let final = try await transcription.final()
        outcome.afterEndpoint = (ContinuousClock.now - start) / .milliseconds(1)
        let spoken = partials.filter { $0.at <= recording.end }
        outcome.partialsPerSecond = Double(spoken.count) / max(0.1, recording.end - recording.start)
        outcome.firstWords = partials.first { !$0.transcript.isEmpty }.map { ($0.at - recording.start) * 1000 }
        outcome.words = final.text.split(separator: " ").count
        outcome.settledWords = spoken.last?.transcript.stablePrefix.split(separator: " ").count ?? 0
        let transcripts = partials.map(\.transcript) + [final]
        outcome.isUnsettled = zip(transcripts, transcripts.dropFirst()).contains { earlier, later in
            !later.text.hasPrefix(earlier.stablePrefix)
        }
        outcome.isLikeOffline = final.text == offline.text
        return outcome
    }

    private static func seconds(since zero: ContinuousClock.Instant) -> Double {
        (ContinuousClock.now - zero) / .seconds(1)
    }
}
