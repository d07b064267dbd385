import RiposteAudio
import RiposteCore
import RiposteListening

/// Recognises one request: sound goes in, transcripts and their chunks come out.
///
/// Sound that arrives as it is spoken ends where the speaker is done, which is decided here: by the voice, the words and the
/// sound of the end, as in a conversation. Sound that arrives faster is a recording: all of it is written down.
actor WyomingRecognition {
    struct Configuration: Sendable {
        var endpoint = EndpointDetector.Configuration()
        var policy: EndOfTurnPolicy? = EndOfTurnPolicy()
        /// A factor on the silence that ends a request: above 1 is more patient. Default 1.
        var patience = 1.0
        /// Sound that is so many seconds ahead of the time since it began is a recording. Default 2.5: satellites send
        /// what they kept from around the wake word at once.
        var recordingLead = 2.5
        /// Who says nothing for so long, in seconds, has nothing to say. Default 10.
        var quietLimit = 10.0
        /// A recogniser hears no more than this at once, in seconds. Default 28: Whisper's window is 30.
        var longestPiece = 28.0
        /// Sound between two partial transcripts, in seconds. Default 0.8.
        var partialInterval = 0.8
        /// The longest recording, in seconds. Default 1800.
        var longest = 1800.0

        init() {}
    }

    /// What is known of a pause.
    private struct Pause {
        var soundProbability: Double?
        var transcript: Transcript?
    }

    private let engines: SpeechEngines
    private let request: TranscriptionRequest
    private let configuration: Configuration
    private let send: @Sendable (WyomingEvent) async throws -> Void
    private let now: @Sendable () -> Double

    private var scorer: any WindowScorer
    private var detector: EndpointDetector
    private var rhythm = PauseRhythm()
    /// Sound that may still be needed, from `soundStart` on.
    private var sound: [Float] = []
    private var soundStart = 0
    /// Where the next window begins.
    private var scored = 0
    /// Where the sound ends that the utterance was given.
    private var given = 0
    private var utterance: (any Transcription)?
    private var speechStart = 0
    /// Numbers the states of the utterance, so that what comes too late is known.
    private var revision = 0
    private var pause: Pause?
    private var pauseStart = 0
    private var lastPartial = 0
    /// One partial transcript is made at a time.
    private var isPartialWanted = true
    /// The texts of the pieces that are done.
    private var settled: [String] = []
    private var language: String?
    /// What was sent as chunks.
    private var told = ""
    private var hasStarted = false
    private var beginning: Double?
    private(set) var isRecording = false
    private(set) var isDone = false

    /// - Parameters:
    ///   - send: takes the events that answer.
    ///   - now: seconds of any clock that runs at real pace.
    init(
        engines: SpeechEngines, request: TranscriptionRequest, configuration: Configuration,
        now: @escaping @Sendable () -> Double = { WyomingRecognition.elapsed },
        send: @escaping @Sendable (WyomingEvent) async throws -> Void
    ) throws {
        self.engines = engines
        self.request = request
        self.configuration = configuration
        self.send = send
        self.now = now
        scorer = try engines.voiceActivity()
        detector = EndpointDetector(configuration: configuration.endpoint)
    }

    private static let origin = ContinuousClock.now
    private static var elapsed: Double {
        let duration = (ContinuousClock.now - origin).components
        return Double(duration.seconds) + Double(duration.attoseconds) / 1e18
    }

    private var heard: Int { soundStart + sound.count }

    private func seconds(_ samples: Int) -> Double { Double(samples) / Double(Waterfall.sampleRate) }

    private func samples(_ seconds: Double) -> Int { Int(seconds * Double(Waterfall.sampleRate)) }

    /// Hears the next sound, mono at 16 kHz. After the end of a request nothing is heard any more.
    func append(_ new: [Float]) async throws {
        guard !isDone, !new.isEmpty else { return }
        let started = beginning ?? now()
        beginning = started
        sound += new
        if seconds(heard) - (now() - started) > configuration.recordingLead { isRecording = true }
        guard seconds(heard) <= configuration.longest else {
            throw RiposteError(
                .badInput, .transcription, "A recording may be \(Int(configuration.longest / 60)) minutes long.")
        }
        while !isDone, heard - scored >= scorer.windowLength {
            let start = scored - soundStart
            let probability = try scorer.score(sound[start..<(start + scorer.windowLength)])
            let window = scored..<(scored + scorer.windowLength)
            scored = window.upperBound
            if let event = detector.process(probability, window: window) { try await take(event) }
        }
        guard !isDone else { return }
        await give()
        try await keepBounds()
        askForPartial()
        forget()
    }

    /// The sound has ended.
    func finish() async throws {
        guard !isDone else { return }
        // What is not a whole window any more can be the end of a word.
        scored = heard
        if case .endpoint = detector.finish() {
            await give()
            try await settle()
        }
        try await conclude()
    }

    // MARK: What the voice does

    private func take(_ event: EndpointDetector.Event) async throws {
        switch event {
        case .speechStarted(let start):
            speechStart = start
            given = max(soundStart, detector.audioStart ?? start)
            lastPartial = scored
            revision += 1
            utterance = try await engines.transcriber.beginUtterance(request)
        case .pauseStarted(let start):
            await give()
            weigh(pauseAt: start)
        case .speechResumed(let start):
            rhythm.wentOn(after: seconds(start - pauseStart))
            revision += 1
            pause = nil
            detector.setEndpointSilence(configuration.endpoint.endpointSilence)
        case .endpoint:
            try await settle()
            if !isRecording, !settled.isEmpty { try await conclude() }
        case .misfire:
            revision += 1
            (utterance, pause) = (nil, nil)
        }
    }

    private func give() async {
        guard let utterance, scored > given else { return }
        let from = max(given, soundStart)
        let piece = Array(sound[(from - soundStart)..<(scored - soundStart)])
        given = scored
        await utterance.append(piece)
    }

    /// What takes too long is cut, and silence alone is no request.
    private func keepBounds() async throws {
        if utterance != nil, seconds(scored - speechStart) > configuration.longestPiece {
            try await settle()
            detector.reset(at: scored)
        } else if utterance == nil, !isRecording, settled.isEmpty, seconds(scored) > configuration.quietLimit {
            try await conclude()
        }
    }

    private func forget() {
        // The turn detector looks back at 8 s.
        let needed =
            utterance == nil ? scored - samples(configuration.endpoint.preRoll) : min(given, scored - samples(8.5))
        let count = needed - soundStart
        guard count > samples(1) else { return }
        sound.removeFirst(count)
        soundStart += count
    }

    // MARK: How long to wait

    /// The speaker has stopped: find out whether they are done.
    private func weigh(pauseAt start: Int) {
        guard !isRecording, configuration.policy != nil, let utterance else { return }
        revision += 1
        pauseStart = start
        pause = Pause()
        let (number, detectorOfTurns) = (revision, engines.turnDetector)
        let begin = max(soundStart, speechStart - samples(0.5), scored - samples(8))
        let tail = sound[(begin - soundStart)..<(scored - soundStart)]
        Task { [weak self] in
            guard let probability = try? await detectorOfTurns?.endOfTurnProbability(audio: tail, transcript: "")
            else { return }
            await self?.learn(number, soundProbability: probability)
        }
        // The answer as it would be now: if the speaker is done, it is there at once.
        Task { [weak self] in
            guard let transcript = try? await utterance.final() else { return }
            await self?.learn(number, transcript: transcript)
        }
    }

    private func learn(_ number: Int, soundProbability: Double? = nil, transcript: Transcript? = nil) {
        guard number == revision, var known = pause, let policy = configuration.policy else { return }
        if let soundProbability, soundProbability.isFinite { known.soundProbability = soundProbability }
        if let transcript { known.transcript = transcript }
        pause = known
        let text = known.transcript.flatMap { $0.isEmpty ? nil : TextCompleteness($0.text) }
        let evidence = EndOfTurnPolicy.Evidence(
            soundProbability: known.soundProbability, text: text, rhythm: rhythm)
        detector.setEndpointSilence(policy.requiredSilence(evidence) * configuration.patience)
    }

    // MARK: What was said

    private func askForPartial() {
        guard isPartialWanted, !isRecording, detector.state == .speaking, let utterance,
            seconds(scored - lastPartial) >= configuration.partialInterval
        else { return }
        lastPartial = scored
        isPartialWanted = false
        let number = revision
        Task { [weak self] in
            let transcript = try? await utterance.partial()
            try? await self?.tell(number, transcript)
        }
    }

    private func tell(_ number: Int, _ transcript: Transcript?) async throws {
        isPartialWanted = true
        guard let transcript, number == revision, !isDone else { return }
        // A chunk cannot be taken back.
        try await tell((settled + [transcript.stablePrefix]).joined(separator: " "))
    }

    /// Sends what a text has more than was sent. One that has changed before that is left to the transcript.
    private func tell(_ text: String) async throws {
        guard text.count > told.count, text.hasPrefix(told) else { return }
        let more = String(text.dropFirst(told.count))
        told = text
        if !hasStarted {
            hasStarted = true
            try await send(WyomingEvent("transcript-start", languageData))
        }
        try await send(WyomingEvent("transcript-chunk", ["text": .text(more)]))
    }

    private var languageData: [String: SlotValue] {
        (language ?? request.language).map { ["language": .text($0)] } ?? [:]
    }

    /// The piece is over: its words are settled.
    private func settle() async throws {
        guard let utterance else { return }
        revision += 1
        let transcript: Transcript
        if let known = pause?.transcript { transcript = known } else { transcript = try await utterance.final() }
        (self.utterance, pause) = (nil, nil)
        detector.setEndpointSilence(configuration.endpoint.endpointSilence)
        guard !transcript.isEmpty else { return }
        settled.append(transcript.text)
        language = transcript.language ?? language
        if isRecording { try await tell(settled.joined(separator: " ")) }
    }

    private func conclude() async throws {
        guard !isDone else { return }
        isDone = true
        let text = settled.joined(separator: " ")
        try await tell(text)
        if !hasStarted { try await send(WyomingEvent("transcript-start", languageData)) }
        try await send(WyomingEvent("transcript", ["text": .text(text)].merging(languageData) { $1 }))
        try await send(WyomingEvent("transcript-stop"))
    }
}
