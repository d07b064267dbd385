import Foundation
import RiposteAudio
import RiposteCloud
import RiposteCore
import RiposteInference
import RiposteTesting
import Testing

@Suite(.enabled(if: StandIn.python != nil, StandIn.hint), .serialized, .timeLimit(.minutes(10)))
struct DeepgramTranscriberTests {
    private func transcriber(
        _ server: StandIn, usage: CloudUsage? = nil,
        _ change: (inout DeepgramTranscriber.Configuration) -> Void = { _ in }
    ) throws -> DeepgramTranscriber {
        var configuration = DeepgramTranscriber.Configuration()
        configuration.url = try #require(URL(string: "ws://127.0.0.1:\(server.port)/v1/listen"))
        change(&configuration)
        return DeepgramTranscriber(configuration: configuration, usage: usage)
    }

    private func append(_ samples: [Float], to utterance: any Transcription, piece: Int = 1600) async {
        for start in stride(from: 0, to: samples.count, by: piece) {
            await utterance.append(Array(samples[start..<min(start + piece, samples.count)]))
        }
    }

    @Test func streamsExactlyWhatIsSpoken() async throws {
        let server = try StandIn("deepgram_service.py", ["key": "right"])
        let usage = CloudUsage()
        let transcriber = try transcriber(server, usage: usage) { $0.key = "right" }
        try await transcriber.load()
        try await transcriber.probe()
        let speech = SpokenLevels.speech(1...6)
        var request = TranscriptionRequest(language: "de", phrases: ["Riposte", "großer Kaffee"], boost: 15)
        request.wantsWords = true
        do {
            let utterance = try await transcriber.beginUtterance(request)
            await append(speech, to: utterance)
            let transcript = try await utterance.final()
            #expect(transcript.text == SpokenLevels.text(1...6))
            #expect(transcript.kind == .final)
            #expect(transcript.language == "de")
            #expect(abs(transcript.confidence - 0.9) < 1e-6)
            #expect(transcript.words.map(\.text) == (1...6).map { "word\($0)" })
            for (index, word) in transcript.words.enumerated() {
                #expect(abs(word.start - 0.5 * Double(index)) < 0.002)
                #expect(abs(word.end - 0.5 * Double(index) - 0.4) < 0.002)
            }
        }
        // The probe and the utterance, whose stream ends with it.
        let stream = try #require(try await server.entries("stream", count: 2).last)
        #expect(stream["sha256"] as? String == SHA256.digest(of: Data(WyomingSound.payload(speech))))
        let query = try #require(stream["query"] as? [String: [String]])
        #expect(query["model"] == ["nova-3"])
        #expect(query["language"] == ["de"])
        #expect(query["encoding"] == ["linear16"])
        #expect(query["sample_rate"] == ["16000"])
        #expect(query["keyterm"] == ["Riposte", "großer Kaffee"])
        #expect(query["interim_results"] == ["true"])
        let seconds = try #require(usage.take().services.first).seconds
        #expect(abs(seconds - Double(speech.count) / 16_000) < 0.001)
    }

    @Test func keepsWhatEveryTranscriberKeeps() async throws {
        let server = try StandIn("deepgram_service.py", ["words": 2])
        try await TranscriberConformance.check(
            try transcriber(server), speech: SpokenLevels.speech([11, 12, 13, 14, 15]), words: ["word11", "word15"])
        server.end()
    }

    @Test func tellsWhatItUnderstandsMeanwhile() async throws {
        let server = try StandIn("deepgram_service.py")
        let utterance = try await transcriber(server).beginUtterance(.init())
        // The last word ends with the silence after it.
        await append(SpokenLevels.speech(1...6), to: utterance)
        var partial = try await utterance.partial()
        while partial.text != SpokenLevels.text(1...6) {
            try await Task.sleep(for: .milliseconds(10))
            partial = try await utterance.partial()
        }
        #expect(partial.kind == .partial)
        #expect(partial.stablePrefix == SpokenLevels.text(1...4))
        server.end()
    }

    /// A transcript is made final at each pause, and the speaker goes on; with a service that need not answer, too.
    @Test(arguments: [true, false]) func goesOnAfterAPause(settles: Bool) async throws {
        let server = try StandIn("deepgram_service.py", ["words": 3, "settles": settles])
        let transcriber = try transcriber(server) { $0.settlingLimit = settles ? 5 : 0.1 }
        do {
            let utterance = try await transcriber.beginUtterance(.init())
            for count in 1...6 {
                await append(SpokenLevels.speech([count]), to: utterance)
                #expect(try await utterance.final().text == SpokenLevels.text(1...count))
            }
        }
        let streams = try await server.entries("stream", count: settles ? 1 : 2)
        #expect(settles ? streams.count == 1 : streams.count > 1)
    }

    /// A transcript is made final and not waited for, and the speaker goes on before the service has answered: that answer
    /// says nothing of what was said since.
    @Test func whatIsSaidSinceIsNotTakenForSettled() async throws {
        let server = try StandIn("deepgram_service.py", ["words": 100, "settling": 0.3])
        let utterance = try await transcriber(server) { $0.settlingLimit = 10 }.beginUtterance(.init())
        for count in 1...4 {
            await append(SpokenLevels.speech([count]), to: utterance)
            let task = Task { try await utterance.final() }
            try await Task.sleep(for: .milliseconds(50))
            task.cancel()
        }
        await append(SpokenLevels.speech([5]), to: utterance)
        #expect(try await utterance.final().text == SpokenLevels.text(1...5))
        server.end()
    }

    /// Who accepts a connection and then says nothing is not waited for.
    @Test func aServiceThatNeverGrantsAStreamIsGivenUp() async throws {
        let server = try StandIn("deepgram_service.py", ["mute": true])
        let transcriber = try transcriber(server) { $0.connectLimit = 0.3 }
        let start = ContinuousClock.now
        let error = await #expect(throws: RiposteError.self) { try await transcriber.probe() }
        #expect(error?.code == .network)
        #expect(.now - start < .seconds(20))
        server.end()
    }

    @Test func aStreamThatRestsIsKept() async throws {
        let server = try StandIn("deepgram_service.py", ["idle": 0.5])
        let utterance = try await transcriber(server) { $0.keepAlive = 0.1 }.beginUtterance(.init())
        await append(SpokenLevels.speech([1]), to: utterance)
        _ = try await utterance.final()
        try await Task.sleep(for: .seconds(1.5))
        await append(SpokenLevels.speech([2]), to: utterance)
        #expect(try await utterance.final().text == SpokenLevels.text(1...2))
        #expect(try await server.entries("message").contains { $0["message"] as? String == "KeepAlive" })
        server.end()
    }

    /// One that was ended nevertheless is followed by another.
    @Test func aStreamThatWasEndedIsFollowed() async throws {
        let server = try StandIn("deepgram_service.py", ["idle": 0.3])
        let utterance = try await transcriber(server).beginUtterance(.init())
        await append(SpokenLevels.speech([1]), to: utterance)
        #expect(try await utterance.final().text == "word1")
        #expect(try await server.entries("stream").first?["outcome"] as? String == "idle")
        try await Task.sleep(for: .milliseconds(100))
        await append(SpokenLevels.speech([2]), to: utterance)
        #expect(try await utterance.final().text == SpokenLevels.text(1...2))
        server.end()
    }

    @Test func saysWhatIsWrong() async throws {
        let server = try StandIn("deepgram_service.py", ["key": "right"])
        for key in [nil, "wrong-key"] {
            let transcriber = try transcriber(server) { $0.key = key }
            let error = await #expect(throws: RiposteError.self) { try await transcriber.probe() }
            #expect(error?.code == .badInput)
            #expect(error?.message.contains("key") == true)
            #expect(error?.message.contains("wrong-key") == false)
            #expect(String(describing: error?.underlying).contains("wrong-key") == false)
        }
        server.end()
        let absent = await #expect(throws: RiposteError.self) { try await transcriber(server).probe() }
        #expect(absent?.code == .network)
        let silent = try StandIn("deepgram_service.py", ["silent": true, "settles": false])
        let late = await #expect(throws: RiposteError.self) {
            try await transcriber(silent) {
                ($0.timeout, $0.settlingLimit) = (0.3, 1)
            }.transcribe(SpokenLevels.speech([1]))
        }
        #expect(late?.code == .timedOut)
        silent.end()
    }

    /// The connection is cut at random places: there is one answer each time, to all that was said.
    @Test func theLocalEngineGetsTheWholeUtterance() async throws {
        let speech = SpokenLevels.speech([1, 2, 3, 4])
        let cuts = (0..<40).map { _ in Int.random(in: 0..<speech.count * 2 - 4000) }
        let server = try StandIn("deepgram_service.py", ["fail_at": cuts, "words": 2])
        var configuration = FailoverPolicy.Configuration()
        (configuration.attempts, configuration.failuresToOpen, configuration.deadline) = (1, .max, 5)
        let local = ScriptedService("local", .text("local"))
        let usage = CloudUsage()
        let transcriber = FailoverTranscriber(
            [try transcriber(server)], local: local, configuration: configuration, usage: usage)
        for _ in cuts {
            let utterance = try await transcriber.beginUtterance(.init())
            for start in stride(from: 0, to: speech.count, by: 1600) {
                await utterance.append(Array(speech[start..<start + 1600]))
                if start % 4800 == 0 { _ = try await utterance.partial() }
                try await Task.sleep(for: .milliseconds(1))
            }
            #expect(try await utterance.final().text == "local")
            #expect(local.heard.last == speech, "the local engine gets all of it")
            #expect(usage.take().transcriber == "local")
        }
        server.end()
    }
}
