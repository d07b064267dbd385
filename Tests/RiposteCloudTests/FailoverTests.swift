import RiposteCloud
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@Suite struct FailoverTests {
    private static func configuration(
        _ change: (inout FailoverPolicy.Configuration) -> Void = { _ in }
    ) -> FailoverPolicy.Configuration {
        var configuration = FailoverPolicy.Configuration()
        (configuration.deadline, configuration.backoff, configuration.rest) = (0.3, 0.01, 0.05)
        change(&configuration)
        return configuration
    }

    private let speech = (0..<16_000).map { Float($0 % 97) / 97 }

    @Test func theFirstOneAnswersWhileItCan() async throws {
        let (cloud, local) = (ScriptedService("cloud", .text("cloud")), ScriptedService("local", .text("local")))
        let usage = CloudUsage()
        let transcriber = FailoverTranscriber(
            [cloud], local: local, configuration: Self.configuration(), usage: usage)
        try await transcriber.load()
        #expect(try await transcriber.transcribe(speech).text == "cloud")
        #expect(local.heard.isEmpty)
        #expect(usage.take().transcriber == "cloud")
        #expect(usage.take().isEmpty)
    }

    @Test(.timeLimit(.minutes(10))) func theLocalOneGetsTheWholeUtterance() async throws {
        for answer in [ScriptedService.Answer.failure(ScriptedService.unavailable), .never, .breaksOff(after: 9000)] {
            let (cloud, local) = (ScriptedService("cloud", answer), ScriptedService("local", .text("local")))
            let usage = CloudUsage()
            let transcriber = FailoverTranscriber(
                [cloud], local: local, configuration: Self.configuration(), usage: usage)
            let utterance = try await transcriber.beginUtterance(.init())
            for start in stride(from: 0, to: speech.count, by: 1000) {
                await utterance.append(Array(speech[start..<start + 1000]))
                if start % 5000 == 0 { _ = try await utterance.partial() }
            }
            let transcript = try await utterance.final()
            #expect(transcript.text == "local")
            let heard = try #require(local.heard.last)
            #expect(heard.elementsEqual(speech))
            let report = usage.take()
            #expect(report.transcriber == "local")
            #expect(report.services.first?.failures.isEmpty == false)
        }
    }

    /// The stream breaks early in a long utterance; the second one has as much time as anybody when the speaker is done.
    @Test(.timeLimit(.minutes(10))) func aSecondStreamHasItsTimeFromWhenSomebodyWaits() async throws {
        let cloud = ScriptedService("cloud", .breaksOff(after: 1000))
        let local = ScriptedService("local", .text("local"))
        let transcriber = FailoverTranscriber([cloud], local: local, configuration: Self.configuration())
        let utterance = try await transcriber.beginUtterance(.init())
        await utterance.append(speech)
        _ = try await utterance.partial()
        cloud.become(.text("cloud"))
        // Longer than an answer may take.
        try await Task.sleep(for: .milliseconds(500))
        await utterance.append(speech)
        #expect(try await utterance.final().text == "cloud")
        #expect(local.heard.isEmpty)
    }

    /// A user chooses among the voices that are named in `SpeechOptions`: the local ones. A service has its own.
    @Test func offersTheVoicesThatCanBeChosen() {
        let cloud = ScriptedVoiceService(base: ScriptedSynthesizer())
        #expect(FailoverSynthesizer([cloud], local: ScriptedSynthesizer()).voices == ScriptedSynthesizer().voices)
    }

    @Test func aRefusedKeyIsSaidOnceAndNotTriedAgain() async throws {
        let refused = RiposteError(.badInput, .transcription, "The key is refused.")
        let (cloud, local) = (ScriptedService("cloud", .failure(refused)), ScriptedService("local", .text("local")))
        let said = Mutex<[String]>([])
        let transcriber = FailoverTranscriber(
            [cloud], local: local, configuration: Self.configuration { $0.rest = 100 },
            onChange: { text in said.withLock { $0.append(text) } })
        for _ in 0..<3 { #expect(try await transcriber.transcribe(speech).text == "local") }
        #expect(cloud.heard.count == 1)
        #expect(said.withLock { $0.count } == 1)
        #expect(said.withLock { $0.first?.hasPrefix("The key is refused.") } == true)
    }

    @Test(.timeLimit(.minutes(10))) func aProbeBringsItBack() async throws {
        let cloud = ScriptedService("cloud", .failure(ScriptedService.unavailable))
        let transcriber = FailoverTranscriber(
            [cloud], local: ScriptedService("local", .text("local")),
            configuration: Self.configuration { ($0.attempts, $0.failuresToOpen) = (1, 1) })
        #expect(try await transcriber.transcribe(speech).text == "local")
        #expect(try await transcriber.transcribe(speech).text == "local")
        #expect(cloud.heard.count == 1, "while it is left alone it is not asked")
        cloud.become(.text("cloud"))
        while try await transcriber.transcribe(speech).text != "cloud" { try await Task.sleep(for: .milliseconds(5)) }
        #expect(cloud.state.withLock { $0.probes } >= 1)
    }

    @Test(.timeLimit(.minutes(10))) func aCancelledCallerIsNoFailure() async throws {
        let (cloud, local) = (ScriptedService("cloud", .never), ScriptedService("local", .text("local")))
        let usage = CloudUsage()
        let transcriber = FailoverTranscriber(
            [cloud], local: local, configuration: Self.configuration { $0.deadline = 50 }, usage: usage)
        let utterance = try await transcriber.beginUtterance(.init())
        await utterance.append(speech)
        let task = Task { try await utterance.final() }
        try await Task.sleep(for: .milliseconds(20))
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
        #expect(usage.take().services.isEmpty)
        cloud.become(.text("cloud"))
        #expect(try await utterance.final().text == "cloud")
    }

    @Test func whenNobodyAnswersItIsAnError() async throws {
        let (cloud, local) = (
            ScriptedService("cloud", .failure(ScriptedService.unavailable)),
            ScriptedService("local", .failure(ScriptedService.unavailable))
        )
        let transcriber = FailoverTranscriber([cloud], local: local, configuration: Self.configuration())
        await #expect(throws: RiposteError.self) { try await transcriber.transcribe(self.speech) }
    }

    @Test(
        .timeLimit(.minutes(10)),
        arguments: [ScriptedBehaviour.works, .fails, .stalls, .hangs, .isEmpty, .breaksOff, .fallsSilent])
    func theLocalVoiceSaysWhatTheServiceDoesNot(behaviour: ScriptedBehaviour) async throws {
        let cloud = ScriptedVoiceService(base: ScriptedSynthesizer(behaviour: { _ in behaviour }))
        let usage = CloudUsage()
        let voice = FailoverSynthesizer(
            [cloud], local: ScriptedSynthesizer(), configuration: Self.configuration(), usage: usage)
        try await voice.load()
        var samples: [String: Int] = [:]
        for try await frame in voice.speak("One two three. Four five six seven.") {
            samples[frame.text, default: 0] += frame.audio.samples.count
        }
        #expect(samples.keys.sorted() == ["Four five six seven.", "One two three."])
        // A tenth of a second for each word, and what had been said before it broke off.
        let whole = (samples["One two three."] ?? 0) + (samples["Four five six seven."] ?? 0)
        #expect(whole >= 7 * 1600)
        #expect(usage.take().voices == [behaviour == .works ? "cloud voice" : "scripted"])
    }
}
