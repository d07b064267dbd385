#if Cloud
    import RiposteCloud
    import RiposteCore
    import RiposteTesting
    import Testing

    /// The connection is cut at random moments of an utterance: there is one answer each time, to all that was said.
    @Suite(
        .enabled(if: GoogleServer.python != nil, GoogleServer.hint), .serialized, .timeLimit(.minutes(10)))
    struct GoogleFailoverTests {
        private static let speech = SpokenLevels.speech([1, 2, 3, 4])
        private static let sent = speech.count * 2

        private func answers(
            _ endpoint: GoogleEndpoint, count: Int, attempts: Int
        ) async throws -> [String: Int] {
            var configuration = FailoverPolicy.Configuration()
            // The service is never left alone here, so that each utterance meets its own cut.
            (configuration.attempts, configuration.failuresToOpen) = (attempts, .max)
            (configuration.backoff, configuration.deadline) = (0.02, 5)
            let cloud = GoogleTranscriber(GoogleAuthorization(.none), endpoint: endpoint)
            let local = ScriptedService("local", .text("local"))
            let usage = CloudUsage()
            let transcriber = FailoverTranscriber([cloud], local: local, configuration: configuration, usage: usage)
            var answers: [String: Int] = [:]
            for _ in 0..<count {
                let utterance = try await transcriber.beginUtterance(.init())
                for start in stride(from: 0, to: Self.speech.count, by: 1600) {
                    await utterance.append(Array(Self.speech[start..<start + 1600]))
                    if start % 4800 == 0 { _ = try await utterance.partial() }
                    try await Task.sleep(for: .milliseconds(1))
                }
                let transcript = try await utterance.final()
                answers[transcript.text, default: 0] += 1
                let report = usage.take()
                #expect(report.transcriber == (transcript.text == "local" ? "local" : "google-speech"))
                if transcript.text == "local" {
                    let heard = try #require(local.heard.last)
                    #expect(heard.elementsEqual(Self.speech), "the local engine gets all of it")
                }
            }
            return answers
        }

        @Test func aHundredStreamsEndInTheMiddle() async throws {
            let cuts = (0..<100).map { _ in Int.random(in: 0..<Self.sent) }
            let server = try GoogleServer(["fail_at": cuts, "words": 2])
            let answers = try await answers(try server.endpoint(), count: 100, attempts: 1)
            #expect(answers.values.reduce(0, +) == 100)
            #expect(answers == ["local": 100])
        }

        @Test func aHundredStreamsAreTriedAgain() async throws {
            let cuts = (0..<200).map { $0 % 2 == 0 ? Int.random(in: 0..<Self.sent) : Int.max >> 1 }
            let server = try GoogleServer(["fail_at": cuts, "words": 2])
            let answers = try await answers(try server.endpoint(), count: 100, attempts: 2)
            #expect(answers == [SpokenLevels.text(1...4): 100])
        }

        /// Not the stream but the connection below it goes.
        @Test func aHundredConnectionsAreCut() async throws {
            let cuts = (0..<200).map { _ in Int.random(in: 0..<Self.sent + 4000) }
            let server = try GoogleServer(["cut_at": cuts, "words": 2])
            let answers = try await answers(try server.proxy(), count: 100, attempts: 1)
            #expect(answers.values.reduce(0, +) == 100)
            #expect(Set(answers.keys).isSubset(of: ["local", SpokenLevels.text(1...4)]))
            #expect(answers["local", default: 0] > 50)
        }
    }
#endif
