import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteConversation

@Suite(.timeLimit(.minutes(10))) struct SessionTests {
    @Test func aConversationOfTwoTurns() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (3, 1), (1, 0)])
        let device = ScriptedDevice(input: input)
        let session = session(
            device, length: input.count,
            transcripts: [Transcript(text: "What time is it?"), Transcript(text: "Thanks.")])
        let reports = try await run(session)
        #expect(reports.map(\.transcript) == ["What time is it?", "Thanks."])
        #expect(reports.map(\.outcome) == [.answered, .answered])
        #expect(reports.map(\.heard) == ["You said What time is it?", "You said Thanks."])
        let turns = await session.conversation.turns
        #expect(turns.map(\.assistant) == reports.map(\.heard))
    }

    @Test func theWaterfallAddsUp() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (1, 0)])
        let session = session(
            ScriptedDevice(input: input), length: input.count, transcripts: [Transcript(text: "Hello")])
        let report = try #require(try await run(session).first)
        let latency = try #require(report.responseLatencyMs)
        #expect(abs(report.stages.map(\.ms).reduce(0, +) - latency) < 0.1)
        // Speech ends at 1.5 s; 0.7 s of silence end the turn; scripted engines take no time to speak of.
        #expect(abs((report.speechEndMs ?? 0) - 1500) <= 32)
        #expect(latency > 650 && latency < 1000)
    }

    @Test func anInterruptedAnswerIsRememberedAsFarAsItWasHeard() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (2.8, 1), (1, 0)])
        let device = ScriptedDevice(input: input)
        let session = session(
            device, length: input.count,
            transcripts: [Transcript(text: "Tell me a story."), Transcript(text: "Stop.")]
        ) { utterance, _ in
            [Reply(utterance.text == "Stop." ? "Okay." : (1...40).map { "word\($0)" }.joined(separator: " "))]
        }
        let reports = try await run(session)
        let first = try #require(reports.first { $0.transcript == "Tell me a story." })
        #expect(first.outcome == .interrupted)
        let heard = first.heard.split(separator: " ").count
        // The answer begins at about 2.2 s and is interrupted at about 4.6 s, at a tenth of a second a word.
        #expect((20...28).contains(heard), "\(heard) words")
        #expect(first.reply.hasPrefix(first.heard))
        #expect(reports.last?.heard == "Okay.")
    }

    /// An answered turn, one with a retracted revision, one taken back, one interrupted: what holds the session afterwards
    /// would hold all of it as long as the process lives.
    @Test(arguments: [0.0, 0.5, 0.9, 2.8])
    func nothingOutlivesAConversation(pause: Double) async throws {
        weak var outlived: Session?
        do {
            let input = ScriptedDevice.speech(pause > 0 ? [(0.5, 1), (pause, 1), (3, 0)] : [(0.5, 1), (3, 0)])
            let session = session(
                ScriptedDevice(input: input), length: input.count,
                transcripts: [Transcript(text: "Tell me a story."), Transcript(text: "Stop.")]
            ) { _, _ in [Reply((1...12).map { "word\($0)" }.joined(separator: " "))] }
            outlived = session
            _ = try await run(session)
        }
        for _ in 0..<100 where outlived != nil { try await Task.sleep(for: .milliseconds(20)) }
        #expect(outlived == nil)
    }

    @Test func effectsHappenOnlyWhenTheTurnIsCommitted() async throws {
        // A pause of half a second in the order: an answer is prepared there and has to be dropped.
        let input = ScriptedDevice.speech([(0.5, 1), (0.5, 1), (2, 0)])
        let session = session(
            ScriptedDevice(input: input), length: input.count, transcripts: [Transcript(text: "Set a timer.")]
        ) { _, conversation in
            let alarm = Alarm(
                id: "\(conversation.alarms.count)", due: conversation.now.addingTimeInterval(3600), text: "Ring",
                duration: 3600)
            return [Reply("Done.", effects: [.schedule(alarm)])]
        }
        let reports = try await run(session)
        #expect(reports.map(\.outcome) == [.answered])
        #expect(await session.conversation.alarms.count == 1)
    }

    @Test func goingOnJustAfterTheEndpointTakesTheAnswerBack() async throws {
        // 0.9 s of silence: the turn ends after 0.7 s, and the answer has just begun when the user goes on.
        let input = ScriptedDevice.speech([(0.5, 1), (0.9, 1), (3, 0)])
        let device = ScriptedDevice(input: input)
        let session = session(device, length: input.count, transcripts: [Transcript(text: "Set a timer.")]) {
            _, conversation in
            let alarm = Alarm(
                id: "\(conversation.alarms.count)", due: conversation.now.addingTimeInterval(3600), text: "Ring",
                duration: 3600)
            return [Reply("This is done for you now.", effects: [.schedule(alarm)])]
        }
        let reports = try await run(session)
        #expect(reports.map(\.outcome) == [.answered])
        let report = try #require(reports.first)
        let takenBack = try #require(report.takenBackMs.first)
        #expect(takenBack < 400, "\(takenBack) ms were heard")
        #expect((report.speechStartMs ?? 0) < 600)
        #expect(abs((report.speechEndMs ?? 0) - 3_400) <= 64)
        #expect(await session.conversation.alarms.count == 1)
        #expect(await session.conversation.turns.count == 1)
    }

    @Test func aCompleteSentenceIsAnsweredSoonerThanAHalfOne() async throws {
        var latencies: [Double] = []
        for text in ["Set a timer for five minutes.", "Set a timer for"] {
            let input = ScriptedDevice.speech([(0.5, 1), (4, 0)])
            let device = ScriptedDevice(input: input)
            var configuration = Session.Configuration()
            configuration.pace = .fast
            configuration.inputEnd = input.count
            let session = Session(
                parts: .init(
                    source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
                    transcriber: ScriptedTranscriber([Transcript(text: text)]),
                    responder: ScriptedResponder { _, _ in [Reply("Okay.")] }, synthesizer: ScriptedSynthesizer()),
                configuration: configuration)
            let report = try #require(try await run(session).first)
            latencies.append(try #require(report.responseLatencyMs))
        }
        #expect(latencies[0] < 600 && latencies[1] > latencies[0] + 300, "\(latencies)")
    }

    @Test func aTimerRings() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (10, 0)])
        let session = session(
            ScriptedDevice(input: input), length: input.count, transcripts: [Transcript(text: "Set a timer.")]
        ) { _, conversation in
            let alarm = Alarm(
                id: "1", due: conversation.now.addingTimeInterval(5), text: "Your timer is done.", duration: 5)
            return [Reply("Okay.", effects: [.schedule(alarm)])]
        }
        let reports = try await run(session)
        #expect(reports.map(\.heard) == ["Okay.", "Your timer is done."])
    }

    @Test func goodbyeEndsTheSession() async throws {
        let device = ScriptedDevice(input: ScriptedDevice.speech([(0.5, 1)]))
        let session = session(device, length: nil, transcripts: [Transcript(text: "Goodbye.")]) { _, _ in
            [Reply("Goodbye.", effects: [.endConversation])]
        }
        #expect(try await run(session).map(\.heard) == ["Goodbye."])
    }

    @Test(arguments: [ScriptedBehaviour.fails, .stalls, .hangs, .isEmpty])
    func aRecogniserInTroubleIsAnswered(_ behaviour: ScriptedBehaviour) async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (1, 0)])
        var configuration = Session.Configuration()
        configuration.turn.answerLimit = 16_000
        let isStuck = behaviour == .stalls || behaviour == .hangs
        configuration.pace = isStuck ? .real : .fast
        let session = session(
            PacedDevice.make(ScriptedDevice(input: input), isStuck), length: input.count,
            transcripts: [Transcript(text: "Hello")], configuration: configuration, recogniser: behaviour)
        let reports = try await run(session)
        #expect(reports.map(\.outcome) == [.reprompted])
        #expect(reports.first?.heard == (behaviour == .isEmpty ? Phrases().notUnderstood : Phrases().trouble))
    }

    @Test func aVoiceThatFallsSilentInTheMiddleEndsTheAnswerThere() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (1, 0)])
        let device = PacedDevice(device: ScriptedDevice(input: input))
        var configuration = Session.Configuration()
        configuration.turn.answerLimit = 16_000
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        let session = Session(
            parts: .init(
                source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
                transcriber: ScriptedTranscriber([Transcript(text: "Hello")]),
                responder: ScriptedResponder { _, _ in [Reply("one two three four five six seven eight")] },
                synthesizer: ScriptedSynthesizer { $0.hasPrefix("one") ? .fallsSilent : .works }),
            configuration: configuration)
        let report = try #require(try await run(session).first)
        #expect(report.outcome == .interrupted && report.error?.contains("fell silent") == true)
        #expect(["one two three", "one two three four"].contains(report.heard), "\(report.heard)")
        #expect(await session.conversation.turns.map(\.assistant) == [report.heard])
    }

    @Test func aLostMicrophoneComesBackAndNothingIsForgotten() async throws {
        let first = ScriptedDevice(input: ScriptedDevice.speech([(0.5, 1), (2, 0)]), failsAt: 80_000)
        let second = ScriptedDevice(input: ScriptedDevice.speech([(0.5, 1)]))
        let devices = DeviceQueue([first, second])
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.reconnects = true
        let responder = ScriptedResponder { utterance, conversation in
            let bye = utterance.text == "Bye."
            return [Reply(bye ? "\(conversation.turns.count) turns." : "Hi.", effects: bye ? [.endConversation] : [])]
        }
        let session = Session(
            parts: .init(
                source: { await devices.next() }, sink: ScriptedDeviceSink(devices: devices),
                voiceActivity: { ScriptedScorer() },
                transcriber: ScriptedTranscriber([Transcript(text: "Hello."), Transcript(text: "Bye.")]),
                responder: responder, synthesizer: ScriptedSynthesizer()),
            configuration: configuration)
        #expect(try await run(session).map(\.heard) == ["Hi.", "1 turns."])
    }

    @Test func aLostFileIsAnError() async throws {
        let device = ScriptedDevice(input: [], failsAt: 16_000)
        let session = session(device, length: nil, transcripts: [])
        await #expect(throws: RiposteError.self) { try await run(session) }
    }

    // MARK: -

    private func session(
        _ device: any AudioSource & AudioSink, length: Int?, transcripts: [Transcript],
        configuration: Session.Configuration? = nil, recogniser: ScriptedBehaviour = .works,
        _ answer: @escaping @Sendable (Transcript, Conversation) -> [Reply] = { utterance, _ in
            [Reply("You said \(utterance.text)")]
        }
    ) -> Session {
        var configuration = configuration ?? Session.Configuration()
        if recogniser == .works { configuration.pace = .fast }
        configuration.inputEnd = length
        // The plain endpoint of 0.7 s, so that times can be told.
        configuration.endOfTurn = nil
        return Session(
            parts: .init(
                source: { device }, sink: device, voiceActivity: { ScriptedScorer() },
                transcriber: ScriptedTranscriber(transcripts, behaviour: { _ in recogniser }),
                responder: ScriptedResponder(answer), synthesizer: ScriptedSynthesizer()),
            configuration: configuration)
    }

    private func run(_ session: Session) async throws -> [TurnReport] {
        async let reports = session.events.reduce(into: [TurnReport]()) { reports, event in
            if case .turnEnded(let report) = event { reports.append(report) }
        }
        try await session.run()
        return await reports
    }
}

/// Gives one device after the other.
actor DeviceQueue {
    private var devices: [ScriptedDevice]
    private(set) var current: ScriptedDevice?

    init(_ devices: [ScriptedDevice]) { self.devices = devices }

    func next() -> ScriptedDevice {
        if devices.count > 1 || current == nil { current = devices.removeFirst() } else { current = devices.first }
        return current ?? ScriptedDevice(input: [])
    }
}

/// Plays on whatever device is there.
struct ScriptedDeviceSink: AudioSink {
    let devices: DeviceQueue

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        guard let device = await devices.current else { return 0 }
        return try await device.play(speech, onStart: onStart)
    }
}

/// A scripted device in real pace.
struct PacedDevice: AudioSource, AudioSink {
    let device: ScriptedDevice

    static func make(_ device: ScriptedDevice, _ isPaced: Bool) -> any AudioSource & AudioSink {
        isPaced ? PacedDevice(device: device) : device
    }

    func frames() -> AsyncThrowingStream<AudioFrame, any Error> {
        let state = Frames(device.frames())
        return AsyncThrowingStream { try await state.next() }
    }

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        try await device.play(speech, onStart: onStart)
    }

    private actor Frames {
        var iterator: AsyncThrowingStream<AudioFrame, any Error>.Iterator
        let start = ContinuousClock.now

        init(_ frames: AsyncThrowingStream<AudioFrame, any Error>) { iterator = frames.makeAsyncIterator() }

        func next() async throws -> AudioFrame? {
            var iterator = iterator
            defer { self.iterator = iterator }
            guard let frame = try await iterator.next(isolation: self) else { return nil }
            try await Task.sleep(until: start + .milliseconds(frame.end / 16), clock: .continuous)
            return frame
        }
    }
}
