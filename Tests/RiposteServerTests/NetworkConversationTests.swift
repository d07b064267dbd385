import Foundation
import RiposteConversation
import RiposteCore
import RiposteServer
import RiposteTesting
import Synchronization
import Testing

@Suite struct NetworkConversationTests {
    static func engines(transcript: String = "What is the time?", answer: String = "Ten past three.") -> SpeechEngines {
        let transcriber = ScriptedTranscriber([Transcript(text: transcript)])
        return SpeechEngines(
            transcriber: transcriber, voiceActivity: { ScriptedScorer() },
            personas: [.init(name: "riposte", responder: ScriptedResponder { _, _ in [Reply(answer)] })],
            voices: [Voice(name: "tone", engine: "scripted", language: "en-US", licence: "Apache-2.0")],
            synthesizer: { _ in ScriptedSynthesizer() })
    }

    /// A client that speaks once and then sends nothing at all: silence is filled in, and it is answered.
    @Test(.timeLimit(.minutes(10))) func answersAClientThatStopsSending() async throws {
        let engines = Self.engines()
        try await engines.load()
        let sent = Mutex<[NetworkSink.Output]>([])
        let call = try NetworkConversation(engines) { output in sent.withLock { $0.append(output) } }
        let running = Task { try await call.run() }
        await call.source.hear(ScriptedDevice.speech([(silence: 0.5, speech: 1)]))
        var report: TurnReport?
        for await event in call.events {
            guard case .turnEnded(let ended) = event else { continue }
            report = ended
            break
        }
        running.cancel()
        _ = await running.result
        #expect(report?.outcome == .answered)
        #expect(report?.heard == "Ten past three.")
        let outputs = sent.withLock { $0 }
        #expect(outputs.first == .began)
        #expect(outputs.last == .ended(heard: 7_200, isWhole: true))
        // Positions are told in the client's own sound: after 1.5 s there is only what was filled in.
        #expect(call.source.received == 24_000)
        #expect(call.source.receivedPosition(20_000) == 20_000)
        #expect(call.source.receivedPosition(40_000) < 40_000)
    }

    /// Whoever hangs up in the middle of an answer ends the turn; that is no failure of an engine.
    @Test(.timeLimit(.minutes(10))) func hangingUpIsNoFailure() async throws {
        struct Closed: Error {}
        let engines = Self.engines()
        try await engines.load()
        let steps = Mutex<[TurnStep.Kind]>([])
        var options = NetworkConversation.Options()
        options.onStep = { step in steps.withLock { $0.append(step.kind) } }
        let call = try NetworkConversation(engines, options: options) { output in
            if case .sound = output { throw Closed() }
        }
        let running = Task { try await call.run() }
        await call.source.hear(ScriptedDevice.speech([(silence: 0.5, speech: 1)]))
        var report: TurnReport?
        for await event in call.events {
            if case .failure(let error) = event { Issue.record("\(error)") }
            guard case .turnEnded(let ended) = event else { continue }
            report = ended
            break
        }
        running.cancel()
        _ = await running.result
        #expect(report != nil)
        #expect(report?.error == nil)
        for case .failed(let error) in steps.withLock({ $0 }) { Issue.record("\(error)") }
    }

    @Test(.timeLimit(.minutes(10))) func listensWithoutAnswering() async throws {
        let engines = Self.engines(transcript: "Lights on")
        try await engines.load()
        var options = NetworkConversation.Options()
        options.answers = false
        let sounds = Mutex(0)
        let call = try NetworkConversation(engines, options: options) { _ in sounds.withLock { $0 += 1 } }
        let running = Task { try await call.run() }
        await call.source.hear(ScriptedDevice.speech([(silence: 0.2, speech: 0.8)]))
        call.source.end()
        var text = ""
        for await event in call.events {
            if case .transcript(let transcript) = event { text = transcript.text }
        }
        try await running.value
        #expect(text == "Lights on")
        #expect(sounds.withLock { $0 } == 0)
    }

    /// Silence that was filled in at once is in the positions, and not in the time of day.
    @Test(.timeLimit(.minutes(10))) func tellsTheTimeOfDay() async throws {
        let times = Mutex<[Double]>([])
        let engines = SpeechEngines(
            transcriber: ScriptedTranscriber([Transcript(text: "What is the time?")]),
            voiceActivity: { ScriptedScorer() },
            personas: [
                .init(
                    name: "riposte",
                    responder: ScriptedResponder { _, conversation in
                        times.withLock { $0.append(conversation.now.timeIntervalSinceNow) }
                        return [Reply("Late.")]
                    })
            ],
            voices: [Voice(name: "tone", engine: "scripted", language: "en-US", licence: "Apache-2.0")],
            synthesizer: { _ in ScriptedSynthesizer() })
        try await engines.load()
        var options = NetworkConversation.Options()
        options.conversation.now = Date()
        let call = try NetworkConversation(engines, options: options) { _ in }
        let running = Task { try await call.run() }
        for _ in 0..<3 {
            await call.source.hear(ScriptedDevice.speech([(silence: 0.2, speech: 0.3)]))
            call.source.fallSilent(3)
        }
        for await event in call.events { if case .turnEnded = event { break } }
        running.cancel()
        _ = await running.result
        #expect(!times.withLock { $0.isEmpty })
        for time in times.withLock({ $0 }) { #expect(abs(time) < 2, "\(time) s ahead") }
    }

    /// Nobody makes a server keep silence without end.
    @Test func silenceIsNotPiledUp() {
        let source = NetworkSource()
        for _ in 0..<10_000 { source.fallSilent(3.3) }
        #expect(source.filled <= 10 * 16_000)
    }

    /// Sound that nobody hears is not piled up: whoever brings it waits.
    @Test(.timeLimit(.minutes(10))) func holdsUpAClientThatSendsTooMuch() async throws {
        let source = NetworkSource()
        let brought = Mutex(0)
        let bringing = Task {
            for _ in 0..<20 {
                await source.hear([Float](repeating: 0, count: 16_000))
                brought.withLock { $0 += 1 }
            }
        }
        try await Task.sleep(for: .milliseconds(200))
        #expect(brought.withLock { $0 } == 5)
        var heard = 0
        for try await frame in source.frames() {
            #expect(frame.position == heard)
            heard += frame.samples.count
            if heard == 320_000 { break }
        }
        await bringing.value
        #expect(heard == 320_000)
    }
}
