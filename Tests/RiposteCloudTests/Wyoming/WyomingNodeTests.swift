import Foundation
import RiposteAudio
import RiposteCloud
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

/// Another node, made of the protocol's reference implementation.
@Suite(.enabled(if: StandIn.python != nil, StandIn.hint), .serialized, .timeLimit(.minutes(10)))
struct WyomingNodeTests {
    private func transcriber(
        _ node: StandIn, usage: CloudUsage? = nil, timeout: Double = 15
    ) -> WyomingTranscriber {
        var configuration = WyomingTranscriber.Configuration()
        configuration.timeout = timeout
        return WyomingTranscriber(
            WyomingNode(host: "127.0.0.1", port: node.port), configuration: configuration, usage: usage)
    }

    private func append(_ samples: [Float], to utterance: any Transcription) async {
        for start in stride(from: 0, to: samples.count, by: 1600) {
            await utterance.append(Array(samples[start..<min(start + 1600, samples.count)]))
        }
    }

    @Test func sendsExactlyWhatIsSpoken() async throws {
        let node = try StandIn("wyoming_node.py")
        defer { withExtendedLifetime(node) {} }
        let usage = CloudUsage()
        let transcriber = transcriber(node, usage: usage)
        try await transcriber.load()
        try await transcriber.probe()
        let speech = SpokenLevels.speech(1...6)
        let utterance = try await transcriber.beginUtterance(.init(language: "de", phrases: ["Kaffee"]))
        await append(speech, to: utterance)
        let transcript = try await utterance.final()
        #expect(transcript.text == SpokenLevels.text(1...6))
        #expect(transcript.kind == .final)
        #expect(transcript.language == "de")
        #expect(transcript.confidence == 0.8)
        let heard = try #require(try await node.entries("transcript").first)
        let bytes = WyomingSound.payload(speech)
        #expect(heard["sha256"] as? String == SHA256.digest(of: Data(bytes)))
        let seconds = try #require(usage.take().services.first).seconds
        #expect(abs(seconds - Double(speech.count) / 16_000) < 0.001)
    }

    @Test func keepsWhatEveryTranscriberKeeps() async throws {
        let node = try StandIn("wyoming_node.py")
        try await TranscriberConformance.check(
            transcriber(node), speech: SpokenLevels.speech([11, 12, 13, 14, 15]), words: ["word11", "word15"])
        node.end()
    }

    /// A transcript is asked for at each pause, and the speaker goes on.
    @Test func goesOnAfterAPause() async throws {
        let node = try StandIn("wyoming_node.py")
        let utterance = try await transcriber(node).beginUtterance(.init())
        for count in 1...4 {
            await append(SpokenLevels.speech([count]), to: utterance)
            #expect(try await utterance.final().text == SpokenLevels.text(1...count))
            #expect(try await utterance.partial().text == SpokenLevels.text(1...count))
        }
        node.end()
    }

    /// The speaker goes on while the node is at work on what there was: that is no failure of the node.
    @Test func goesOnWhileTheNodeWorks() async throws {
        let node = try StandIn("wyoming_node.py", ["delay": 0.3])
        let utterance = try await transcriber(node).beginUtterance(.init())
        await append(SpokenLevels.speech([1, 2]), to: utterance)
        async let first = utterance.final()
        while try await node.entries("event").last?["event"] as? String != "audio-stop" {
            try await Task.sleep(for: .milliseconds(5))
        }
        await append(SpokenLevels.speech([3, 4]), to: utterance)
        #expect(try await utterance.final().text == SpokenLevels.text(1...4))
        let text = try await first.text
        #expect([SpokenLevels.text(1...2), SpokenLevels.text(1...4)].contains(text))
        node.end()
    }

    @Test func speaksInItsVoice() async throws {
        let node = try StandIn("wyoming_node.py")
        let usage = CloudUsage()
        let voice = WyomingSynthesizer(WyomingNode(host: "127.0.0.1", port: node.port), usage: usage)
        try await voice.probe()
        #expect(try await voice.listVoices().map(\.name) == ["low", "high"])
        #expect(try await voice.listVoices(language: "de").map(\.language) == ["de-DE"])
        var samples = 0
        for try await frame in voice.speak("One two three. Four five.", options: .init(voice: "high")) {
            samples += frame.audio.samples.count
        }
        // A tenth of a second for each word, and the pause of 0.35 s between two sentences, at 24 kHz.
        #expect(abs(samples - (12_000 + 8400)) < 500)
        #expect(try await node.entries("text", count: 2).map { $0["voice"] as? String } == ["high", "high"])
        #expect(usage.take().services.map(\.characters) == [24])
        let error = await #expect(throws: RiposteError.self) {
            for try await _ in voice.speak("One.", options: .init(voice: "nobody")) {}
        }
        #expect(error?.message.contains("no voice nobody") == true)
        node.end()
    }

    @Test func saysWhatIsWrong() async throws {
        let node = try StandIn("wyoming_node.py", ["silent": true])
        let late = await #expect(throws: RiposteError.self) {
            try await transcriber(node, timeout: 0.2).transcribe(SpokenLevels.speech([1]))
        }
        #expect(late?.code == .timedOut)
        node.end()
        let absent = await #expect(throws: RiposteError.self) { try await transcriber(node).probe() }
        #expect(absent?.code == .network)
        #expect(absent?.stage == .transcription)
        let address = try #require(URL(string: "https://127.0.0.1:1"))
        #expect(throws: RiposteError.self) { try WyomingNode(address) }
    }

    // MARK: The other node ends

    private var failover: FailoverPolicy.Configuration {
        var configuration = FailoverPolicy.Configuration()
        (configuration.attempts, configuration.deadline) = (1, 10)
        return configuration
    }

    @Test func theLocalEngineAnswersWhenTheNodeIsKilledInTheMiddle() async throws {
        let speech = SpokenLevels.speech([1, 2, 3, 4])
        let node = try StandIn("wyoming_node.py", ["die_at": speech.count])
        let local = ScriptedService("local", .text("local"))
        let usage = CloudUsage()
        let transcriber = FailoverTranscriber(
            [transcriber(node)], local: local, configuration: failover, usage: usage)
        let utterance = try await transcriber.beginUtterance(.init())
        await append(Array(speech.prefix(speech.count / 2)), to: utterance)
        // Half of it was heard, and there the node ends.
        #expect(try await !node.entries("died").isEmpty)
        await append(Array(speech.dropFirst(speech.count / 2)), to: utterance)
        #expect(try await utterance.final().text == "local")
        #expect(local.heard.last == speech)
        let report = usage.take()
        #expect(report.transcriber == "local")
        #expect(report.services.first?.failures.count == 1)
    }

    @Test func theLocalEngineAnswersWhenTheNodeIsKilledAtWork() async throws {
        let speech = SpokenLevels.speech([1, 2])
        let node = try StandIn("wyoming_node.py", ["delay": 60])
        let local = ScriptedService("local", .text("local"))
        let transcriber = FailoverTranscriber([transcriber(node)], local: local, configuration: failover)
        let utterance = try await transcriber.beginUtterance(.init())
        await append(speech, to: utterance)
        async let transcript = utterance.final()
        while try await node.entries("event").last?["event"] as? String != "audio-stop" {
            try await Task.sleep(for: .milliseconds(10))
        }
        node.end()
        #expect(try await transcript.text == "local")
        #expect(local.heard.last == speech)
    }

    @Test func theLocalVoiceSaysTheSentenceWhenTheNodeIsKilledInIt() async throws {
        let node = try StandIn("wyoming_node.py", ["die_speaking": 12_000])
        let usage = CloudUsage()
        let voice = FailoverSynthesizer(
            [WyomingSynthesizer(WyomingNode(host: "127.0.0.1", port: node.port))], local: ScriptedSynthesizer(),
            configuration: failover, usage: usage)
        var heard: [String: Int] = [:]
        for try await frame in voice.speak("One two three four five six.") {
            heard[frame.text, default: 0] += frame.audio.samples.count
        }
        // What was heard before it broke off, and then the whole sentence, at 24 kHz.
        #expect(heard.keys.sorted() == ["One two three four five six."])
        #expect(heard.values.first.map { $0 >= 6 * 2400 + 4000 } == true, "\(heard)")
        #expect(usage.take().voices == ["scripted"])
        #expect(node.port > 0)
    }
}
