#if Cloud
    import Foundation
    import RiposteAudio
    import RiposteCloud
    import RiposteCore
    import RiposteInference
    import RiposteTesting
    import Testing

    @Suite(
        .enabled(if: GoogleServer.python != nil, GoogleServer.hint), .serialized, .timeLimit(.minutes(10)))
    struct GoogleTranscriberTests {
        private func transcriber(
            _ server: GoogleServer, usage: CloudUsage? = nil,
            _ change: (inout GoogleTranscriber.Configuration) -> Void = { _ in }
        ) throws -> GoogleTranscriber {
            var configuration = GoogleTranscriber.Configuration()
            change(&configuration)
            return GoogleTranscriber(
                GoogleAuthorization(.none), endpoint: try server.endpoint(), configuration: configuration, usage: usage)
        }

        /// As a server sees it: 16 bits, little endian.
        private func hash(_ samples: some Collection<Float>) -> String {
            SHA256.digest(of: WaveFile(samples: Array(samples), sampleRate: 16_000).encoded().dropFirst(44))
        }

        private func append(_ samples: [Float], to utterance: any Transcription, piece: Int = 4800) async {
            for start in stride(from: 0, to: samples.count, by: piece) {
                await utterance.append(Array(samples[start..<min(start + piece, samples.count)]))
            }
        }

        @Test func streamsExactlyWhatIsSpoken() async throws {
            let server = try GoogleServer()
            let usage = CloudUsage()
            let transcriber = try transcriber(server, usage: usage) { $0.mostAlternatives = 3 }
            try await transcriber.load()
            try await transcriber.probe()
            let speech = SpokenLevels.speech(1...6)
            var request = TranscriptionRequest(language: "de", phrases: ["Riposte", "Kaffee"], boost: 15)
            request.wantsWords = true
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
            let call = try #require(try await server.calls(2).last)
            #expect(call["sha256"] as? String == hash(speech))
            let streaming = try #require(call["config"] as? [String: Any])
            let config = try #require(streaming["config"] as? [String: Any])
            #expect(streaming["interimResults"] as? Bool == true)
            #expect(streaming["singleUtterance"] == nil)
            #expect(config["encoding"] as? String == "LINEAR16")
            #expect(config["sampleRateHertz"] as? Int == 16_000)
            #expect(config["languageCode"] as? String == "de-DE")
            #expect(config["model"] as? String == "latest_long")
            #expect(config["maxAlternatives"] as? Int == 3)
            #expect(config["enableAutomaticPunctuation"] as? Bool == true)
            #expect(config["enableWordConfidence"] as? Bool == true)
            #expect(config["enableWordTimeOffsets"] as? Bool == true)
            let context = try #require((config["speechContexts"] as? [[String: Any]])?.first)
            #expect(context["phrases"] as? [String] == ["Riposte", "Kaffee"])
            #expect(context["boost"] as? Double == 15)
            // The probe and the utterance.
            let sent = try #require(usage.take().services.first)
            #expect(abs(sent.seconds - 0.1 - Double(speech.count) / 16_000) < 1e-6)
        }

        @Test func understandsWholeUtterances() async throws {
            let server = try GoogleServer()
            let transcriber = try transcriber(server) { ($0.streams, $0.mostAlternatives) = (false, 2) }
            let speech = SpokenLevels.speech([7, 3, 9])
            let utterance = try await transcriber.beginUtterance(.init(language: nil))
            await utterance.append(speech)
            #expect(try await utterance.final().text == SpokenLevels.text([7, 3, 9]))
            let readings = await transcriber.readings(of: utterance)
            #expect(readings == [["word7 word3 word9", "word7 word3 word9 again"]])
            let call = try #require(try await server.calls().first)
            #expect(call["call"] as? String == "Recognize")
            #expect(call["sha256"] as? String == hash(speech))
        }

        @Test func keepsWhatEveryTranscriberKeeps() async throws {
            let server = try GoogleServer(["words": 2])
            try await TranscriberConformance.check(
                try transcriber(server), speech: SpokenLevels.speech([11, 12, 13, 14, 15]), words: ["word11", "word15"])
        }

        @Test func tellsWhatItUnderstandsMeanwhile() async throws {
            let server = try GoogleServer(["words": 4])
            let utterance = try await transcriber(server).beginUtterance(.init())
            await append(SpokenLevels.speech(1...6), to: utterance)
            var partial = try await utterance.partial()
            while partial.text != SpokenLevels.text(1...6) {
                try await Task.sleep(for: .milliseconds(10))
                partial = try await utterance.partial()
            }
            #expect(partial.kind == .partial)
            #expect(partial.stablePrefix == SpokenLevels.text(1...4))
        }

        /// A transcript is made final at each pause, and the speaker goes on.
        @Test(arguments: [0.0, 15]) func goesOnAfterAPause(resent: Double) async throws {
            let server = try GoogleServer(["words": 3])
            let utterance = try await transcriber(server) { $0.resent = resent }.beginUtterance(.init())
            for count in 1...8 {
                await append(SpokenLevels.speech([count]), to: utterance)
                #expect(try await utterance.final().text == SpokenLevels.text(1...count))
            }
        }

        /// A final transcript is asked for and the answer not waited for.
        @Test(arguments: [0.0, 15]) func aSpeculationLosesNothing(resent: Double) async throws {
            let server = try GoogleServer(["words": 3, "delay": 0.02])
            let utterance = try await transcriber(server) { $0.resent = resent }.beginUtterance(.init())
            for count in 1...8 {
                await append(SpokenLevels.speech([count]), to: utterance)
                let task = Task { try await utterance.final() }
                try await Task.sleep(for: .milliseconds(Int.random(in: 0...20)))
                task.cancel()
            }
            #expect(try await utterance.final().text == SpokenLevels.text(1...8))
        }

        struct Limits: Sendable {
            /// Seconds after which we open a stream anew, and the service ends one.
            var ours, theirs: Double
            /// Of a final result.
            var words: Int
        }

        /// Opened anew by us before the limit, and by us after the service ended the stream.
        @Test(arguments: [
            Limits(ours: 4, theirs: 5, words: 3), Limits(ours: 100, theirs: 5, words: 3),
            Limits(ours: 4, theirs: 5, words: 0),
        ])
        func longUtterancesAreUnderstoodWhole(limits: Limits) async throws {
            let server = try GoogleServer(["limit": limits.theirs, "words": limits.words])
            let transcriber = try transcriber(server) { $0.streamLength = limits.ours }
            let words = (0..<60).map { $0 % 49 + 1 }
            let utterance = try await transcriber.beginUtterance(.init())
            // Ten times as fast as it is spoken.
            for word in words {
                await append(SpokenLevels.speech([word]), to: utterance)
                try await Task.sleep(for: .milliseconds(50))
            }
            #expect(try await utterance.final().text == SpokenLevels.text(words))
            let calls = try await server.calls()
            #expect(calls.count > 4)
        }

        /// A recording that is there as a whole: no stream is given more than it takes.
        @Test(arguments: [0, 3]) func longRecordingsAreUnderstoodWhole(words: Int) async throws {
            let server = try GoogleServer(["limit": 5, "words": words])
            let transcriber = try transcriber(server) { $0.streamLength = 4 }
            let spoken = (0..<60).map { $0 % 49 + 1 }
            #expect(try await transcriber.transcribe(SpokenLevels.speech(spoken)).text == SpokenLevels.text(spoken))
            let calls = try await server.calls(8)
            #expect(calls.allSatisfy { $0["outcome"] as? String != "limit" })
        }

        /// A network that has changed tells nobody: the connection over it stays, and nothing comes through.
        @Test func askingWhetherItIsBackTakesAConnectionOfItsOwn() async throws {
            let speech = SpokenLevels.speech([1, 2])
            let server = try GoogleServer(["stall_at": [speech.count * 3]])
            var configuration = GoogleTranscriber.Configuration()
            configuration.timeout = 1
            let transcriber = GoogleTranscriber(
                GoogleAuthorization(.none), endpoint: try server.proxy(), configuration: configuration)
            #expect(try await transcriber.transcribe(speech).text == SpokenLevels.text(1...2))
            let error = await #expect(throws: RiposteError.self) { try await transcriber.transcribe(speech) }
            #expect(error?.code == .timedOut)
            try await transcriber.probe()
            #expect(try await transcriber.transcribe(speech).text == SpokenLevels.text(1...2))
        }

        @Test func endsWithASingleUtterance() async throws {
            let server = try GoogleServer(["words": 2])
            let transcriber = try transcriber(server) {
                ($0.singleUtterance, $0.model) = (true, "command_and_search")
            }
            let utterance = try await transcriber.beginUtterance(.init())
            for word in 1...6 {
                await append(SpokenLevels.speech([word]), to: utterance)
                try await Task.sleep(for: .milliseconds(30))
            }
            #expect(try await utterance.final().text == SpokenLevels.text(1...2))
        }

        @Test func saysWhatIsWrong() async throws {
            let speech = SpokenLevels.speech([1])
            let dead = GoogleTranscriber(
                GoogleAuthorization(.none), endpoint: GoogleEndpoint(host: "127.0.0.1", port: 9, isEncrypted: false))
            let unreachable = await #expect(throws: RiposteError.self) { try await dead.transcribe(speech) }
            #expect(unreachable?.code == .network)
            let servers = [try GoogleServer(["delay": 3]), try GoogleServer(["fail_at": [4000]])]
            defer { withExtendedLifetime(servers) {} }
            let slow = try transcriber(servers[0]) { $0.timeout = 0.2 }
            let late = await #expect(throws: RiposteError.self) { try await slow.transcribe(speech) }
            #expect(late?.code == .timedOut)
            let broken = try transcriber(servers[1])
            let failed = await #expect(throws: RiposteError.self) { try await broken.transcribe(speech) }
            #expect(failed?.code == .network)
            let elsewhere = try #require(URL(string: "http://speech.example"))
            #expect(throws: RiposteError.self) { try GoogleEndpoint(elsewhere) }
        }

        @Test func speaksOverTLS() async throws {
            let folder = FileManager.default.temporaryDirectory.appending(path: "riposte-tls-\(UUID())")
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            defer { try? FileManager.default.removeItem(at: folder) }
            let (certificate, key) = try GoogleServer.certificate(in: folder)
            let server = try GoogleServer(["certificate": certificate, "private_key": key, "key": "secret-key"])
            let speech = SpokenLevels.speech([5, 6])
            let trusting = GoogleTranscriber(
                GoogleAuthorization(.key("secret-key")), endpoint: try server.endpoint(rootCertificates: certificate))
            #expect(try await trusting.transcribe(speech).text == SpokenLevels.text([5, 6]))
            let careful = GoogleTranscriber(GoogleAuthorization(.key("secret-key")), endpoint: try server.endpoint())
            let error = await #expect(throws: RiposteError.self) { try await careful.transcribe(speech) }
            #expect(error?.code == .network)
        }
    }
#endif
