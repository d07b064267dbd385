import Foundation
import RiposteCore
import RiposteListening
import RiposteSpeaking

/// A spoken conversation: joins listening, dialog and speaking.
///
/// Everything runs below one task group: the hearing, a ticker for when no sound comes, and the jobs that the
/// ``TurnStateMachine`` asks for. The machine decides, the session executes; a job that is retracted is
/// cancelled, and what it still delivers is ignored. `run()` returns when the conversation is over.
public actor Session {
    public struct Configuration: Sendable, Codable {
        public var turn = TurnStateMachine.Configuration()
        public var endpoint = EndpointDetector.Configuration()
        /// How the end of a turn is told from a pause; nil waits for `endpoint.endpointSilence` every time.
        public var endOfTurn: EndOfTurnPolicy? = EndOfTurnPolicy()
        /// How a voice in the background is told from the speaker's; nil takes every voice for the speaker's.
        public var background: BackgroundVoice.Configuration? = .init()
        public var phrases = Phrases()
        public var recognition = TranscriptionRequest()
        public var speech = SpeechOptions()
        public var pace = SessionPace.real
        /// Whether a device that went away is tried again until it is back. Off for files.
        public var reconnects = false
        /// Where the input's content ends, in samples at 16 kHz; the session ends when what began before is
        /// finished. nil: it goes on until it is cancelled.
        public var inputEnd: Int?
        /// Whether the sink's time is that of the source's stream; else sound is stamped when it is told of.
        public var sharesTimeline = true
        /// Seconds between partial transcripts; nil makes none.
        public var partialInterval: Double? = 0.3
        /// What is left undone when the machine is busy; nil always does everything.
        public var workload: Workload.Configuration? = .init()
        /// The words that `turn.wake` waits for: they are no part of what the user wants, and are left out of
        /// transcripts. nil without wake words.
        public var wakeWords: [String]?
        /// Whether a sound tells that it woke. nil is yes.
        public var soundsOnWaking: Bool?
        /// Whether the engines are loaded and warm already, as where many sessions share them. nil is no.
        public var isWarm: Bool?
        /// Whether an alarm rings only if `Parts.claim` grants it. nil is no.
        public var claimsAlarms: Bool?

        public init() {}
    }

    /// What the session is made of.
    public struct Parts: Sendable {
        /// Opens the microphone; asked again after it was lost.
        public var source: @Sendable () async throws -> any AudioSource
        public var sink: any AudioSink
        /// A fresh voice-activity scorer.
        public var voiceActivity: @Sendable () throws -> any WindowScorer
        public var transcriber: any Transcriber
        public var responder: any Responder
        /// Hears whether a turn is over; without it the words alone are weighed.
        public var turnDetector: (any TurnDetector)?
        public var synthesizer: any Synthesizer
        /// Whether the input's content has ended, for an input whose length is known only then. Asked all the time.
        public var isInputOver: @Sendable () -> Bool = { false }
        /// Is told of everything that a replay needs; nil records nothing.
        public var recorder: (any SessionRecorder)?
        /// Is told of everything that changes the conversation, once it is certain; for whoever keeps it. To be quick.
        public var remember: @Sendable ([ConversationEntry]) -> Void = { _ in }
        /// Whether this session may ring an alarm that is due: where several could, one of them may. Asked once for each,
        /// where the configuration says so.
        public var claim: @Sendable (Alarm) async -> Bool = { _ in true }
        /// The time of day, where positions in the sound do not tell how much time has passed, as over a network; nil: they
        /// tell it, which a recording needs.
        public var now: (@Sendable () -> Date)?
        /// By how many decibels the latest frame exceeds what the echo explains; nil where there is no echo.
        public var echoExcess: @Sendable () -> Double? = { nil }
        /// Hears the wake words, where the session waits for one.
        public var wakeWord: (any WakeWordDetector)?
        /// What the conversation is called where its turns are noted; nil: as the conversation itself.
        public var name: String?
        /// Is told of each step of each turn, as it is taken. To be quick.
        public var onStep: @Sendable (TurnStep) -> Void = { _ in }

        public init(
            source: @escaping @Sendable () async throws -> any AudioSource, sink: any AudioSink,
            voiceActivity: @escaping @Sendable () throws -> any WindowScorer, transcriber: any Transcriber,
            responder: any Responder, turnDetector: (any TurnDetector)? = nil, synthesizer: any Synthesizer
        ) {
            self.source = source
            self.sink = sink
            self.voiceActivity = voiceActivity
            self.transcriber = transcriber
            self.responder = responder
            self.turnDetector = turnDetector
            self.synthesizer = synthesizer
        }
    }

    /// What happens in the session, for whoever shows or records it. To be consumed by one observer.
    public nonisolated let events: AsyncStream<SessionEvent>
    nonisolated let eventOutput: AsyncStream<SessionEvent>.Continuation

    let parts: Parts
    let configuration: Configuration
    public internal(set) var conversation: Conversation
    let startDate: Date

    var machine: TurnStateMachine
    var clock: SessionClock
    /// Where the present source's stream began, after one was lost.
    var streamStart = 0
    /// How many windows in a row voice activity could not tell of.
    var scorerFailures = 0
    /// Whether the input's content is known to have ended.
    var isInputOver = false
    /// Whether what happens is told from a recording: then engines and devices are left alone.
    let isReplay: Bool
    /// Whether a source was lost and no other has given sound yet.
    var isDeviceLost = false
    var detector: EndpointDetector
    /// The latest sound, as long as the longest turn: what a turn's sound is taken from.
    var recent = RecentSound()
    var turns: [Int: TurnContext] = [:]
    /// Whether the detector has begun an utterance that the machine has not been told of yet.
    var unconfirmedStart: Int?
    var lastPartial = 0
    /// The pause the user is making, while it is not clear whether they go on.
    var pause: Pause?
    /// How this user pauses.
    var rhythm = PauseRhythm()
    var partialIsRunning = false
    /// The words of the turn, as they grow.
    var growth: WordGrowth?
    /// How busy the machine is.
    var workload: Workload?
    /// What sounds without being the user's.
    var background: BackgroundVoice?
    /// Alarms that it is being asked for whether they may ring.
    var claiming: Set<String> = []
    /// Whether the session has been torn down.
    var isClosed = false
    /// How many jobs have been started.
    var started = 0
    /// What the sample clock waits for in fast pace.
    var charges: Set<Charge> = []
    var whenUncharged: CheckedContinuation<Void, Never>?
    /// In fast pace: results whose time has not come yet.
    var due: [(position: Int, input: TurnStateMachine.Input)] = []

    /// In fast pace: what is to be done with results whose time has not come yet.
    var deeds: [(position: Int, deed: Deed)] = []
    /// A voice over the assistant's, until it is clear what it means.
    var overlap: Overlap?
    /// With a wake word: the latest windows and how likely there is speech in them.
    var windows: [(range: Range<Int>, probability: Float)] = []
    /// What was said last, and when that ended.
    var said: (text: String, end: Int)?
    /// How many frames in a row the detector of wake words failed on.
    var wakeWordFailures = 0
    /// How loud the user usually is.
    var voiceLevel = VoiceLevel()
    /// How loud the latest window was, and by how much it exceeded the echo; nil when it held no voice.
    var loudness: (level: Double, excess: Double?)?

    /// Who waits for the sample clock.
    var waiting: [(position: Int, revision: Revision, continuation: CheckedContinuation<Void, Never>)] = []

    let jobs: AsyncStream<Job>
    let jobOutput: AsyncStream<Job>.Continuation

    public init(parts: Parts, configuration: Configuration = .init(), conversation: Conversation = .init()) {
        self.init(parts: parts, configuration: configuration, conversation: conversation, isReplay: false)
    }

    init(parts: Parts, configuration: Configuration, conversation: Conversation, isReplay: Bool) {
        self.parts = parts
        self.isReplay = isReplay
        self.configuration = configuration
        self.conversation = conversation
        startDate = conversation.now
        machine = TurnStateMachine(configuration: configuration.turn)
        clock = SessionClock(pace: configuration.pace)
        var endpoint = configuration.endpoint
        if let policy = configuration.endOfTurn {
            endpoint.endpointSilence = policy.configuration.silenceWithoutEvidence
        }
        detector = EndpointDetector(configuration: endpoint)
        workload = configuration.workload.map { Workload(configuration: $0) }
        background = configuration.background.map { BackgroundVoice(configuration: $0) }
        (events, eventOutput) = AsyncStream.makeStream(of: SessionEvent.self)
        (jobs, jobOutput) = AsyncStream.makeStream(of: Job.self)
    }

    /// Loads and warms every engine, then converses until the input ends, the user says goodbye, or the task
    /// is cancelled.
    /// - Throws: when an engine cannot be loaded, or the input fails and `reconnects` is off.
    public func run() async throws {
        defer { eventOutput.finish() }
        try await warmUp()
        defer { tell(.closed) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.hearUnlessStuck() }
            group.addTask { await self.keepTicking() }
            group.addTask { await self.work() }
            defer {
                // What falls silent now still tells what was heard of it, before the session is closed.
                tell(.cancelled)
                group.cancelAll()
            }
            // The hearing fails, or the jobs end because the session is over.
            for try await _ in group where machine.state == .ended { break }
        }
    }

    /// Loads all engines at once and lets each do its work once, so that the first answer is as quick as any.
    private func warmUp() async throws {
        let start = ContinuousClock.now
        let parts = parts
        guard configuration.isWarm != true else {
            try await parts.wakeWord?.load()
            eventOutput.yield(.ready(ContinuousClock.now - start))
            return
        }
        let (speech, recognition) = (configuration.speech, configuration.recognition)
        let phrases = configuration.phrases.fixed
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                try await parts.transcriber.load()
                _ = try await parts.transcriber.transcribe([Float](repeating: 0, count: 16_000), recognition)
            }
            group.addTask { try await parts.responder.load() }
            group.addTask { try await parts.turnDetector?.load() }
            group.addTask { try await parts.wakeWord?.load() }
            group.addTask {
                try await parts.synthesizer.load()
                for try await _ in parts.synthesizer.speak("Ready.", options: speech) {}
                try await (parts.synthesizer as? CachedSynthesizer)?.prepare(phrases, options: speech)
            }
            try await group.waitForAll()
        }
        eventOutput.yield(.ready(ContinuousClock.now - start))
    }

    /// Lets time pass for the machine when no sound comes, so that limits hold when a device is gone.
    private func keepTicking() async {
        guard configuration.pace == .real else { return }
        while !Task.isCancelled, machine.state != .ended {
            try? await Task.sleep(for: .milliseconds(100))
            guard clock.silence > .milliseconds(300) else { continue }
            noticeEndOfInput()
            tell(.time)
        }
    }

    /// Tells whoever keeps the conversation; a replay has happened already.
    func remember(_ entries: [ConversationEntry]) {
        if !isReplay, !entries.isEmpty { parts.remember(entries) }
    }

    /// A moment has passed: alarms, limits.
    func passTime() {
        let position = clock.position
        wake(until: position)
        comeBack(at: position)
        conversation.now =
            parts.now?() ?? startDate.addingTimeInterval(Double(position) / Double(Waterfall.sampleRate))
        ringAlarms(at: position)
        while let index = due.firstIndex(where: { $0.position <= position }) {
            let (_, input) = due.remove(at: index)
            apply(input, at: position)
        }
        let isOver = configuration.inputEnd.map { position >= $0 } ?? false || isInputOver
        if isOver, unconfirmedStart == nil {
            apply(.inputEnded, at: position)
        }
        apply(.tick, at: position)
        closeOverdueAccounts(at: position)
    }
}
