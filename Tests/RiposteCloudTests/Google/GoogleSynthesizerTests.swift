#if Cloud
    import Foundation
    import RiposteCloud
    import RiposteCore
    import RiposteTesting
    import Testing

    @Suite(
        .enabled(if: GoogleServer.python != nil, GoogleServer.hint), .serialized, .timeLimit(.minutes(10)))
    struct GoogleSynthesizerTests {
        private func voice(_ server: GoogleServer, name: String? = nil, usage: CloudUsage? = nil) throws
            -> GoogleSynthesizer
        {
            var configuration = GoogleSynthesizer.Configuration()
            if let name { configuration.voice = name }
            return GoogleSynthesizer(
                GoogleAuthorization(.none), endpoint: try server.endpoint(), configuration: configuration, usage: usage)
        }

        private func seconds(_ voice: any Synthesizer, _ text: String, _ options: SpeechOptions = .init()) async throws
            -> Double
        {
            var samples = 0
            for try await frame in voice.speak(text, options: options) { samples += frame.audio.samples.count }
            return Double(samples) / Double(voice.sampleRate)
        }

        @Test func streamsSentenceBySentence() async throws {
            let server = try GoogleServer()
            let usage = CloudUsage()
            let voice = try voice(server, usage: usage)
            try await voice.load()
            // A tenth of a second for each word, and the pause between two sentences.
            let length = try await seconds(voice, "One two three. Four five.", .init(rate: 262.5))
            #expect(abs(length - (0.5 + 0.35 / 1.5)) < 0.03)
            let calls = try await server.calls(2)
            #expect(calls.map { $0["texts"] as? [String] } == [["One two three."], ["Four five."]])
            let config = try #require(calls[0]["config"] as? [String: Any])
            #expect((config["voice"] as? [String: Any])?["name"] as? String == "en-US-Chirp3-HD-Aoede")
            #expect((config["voice"] as? [String: Any])?["languageCode"] as? String == "en-US")
            let audio = try #require(config["streamingAudioConfig"] as? [String: Any])
            #expect(audio["audioEncoding"] as? String == "PCM")
            #expect(audio["sampleRateHertz"] as? Int == 24_000)
            #expect(audio["speakingRate"] as? Double == 1.5)
            #expect(usage.take().services.first?.characters == 24)
        }

        /// The first sound is given out while the rest is still being made.
        @Test func givesTheFirstSoundAtOnce() async throws {
            let server = try GoogleServer(["delay": 0.1])
            let voice = try voice(server)
            var first: Date?
            for try await _ in voice.speak("One two three four five six seven eight nine ten.") {
                first = Date()
                break
            }
            let call = try #require(try await server.calls().first)
            let left = try #require(call["first"] as? Double)
            let late = try #require(first).timeIntervalSince1970 - left
            #expect(late < 0.9, "before the second tenth of ten")
        }

        @Test func speaksWholeWhereTheVoiceCannotStream() async throws {
            let server = try GoogleServer()
            let voice = try voice(server, name: "de-DE-Wavenet-B")
            let length = try await seconds(voice, "Eins zwei drei.", .init(rate: 350, pitch: 2))
            #expect(abs(length - 0.3) < 0.02)
            let call = try #require(try await server.calls().first?["request"] as? [String: Any])
            #expect((call["input"] as? [String: Any])?["text"] as? String == "Eins zwei drei.")
            #expect((call["voice"] as? [String: Any])?["languageCode"] as? String == "de-DE")
            let audio = try #require(call["audioConfig"] as? [String: Any])
            #expect(audio["speakingRate"] as? Double == 2)
            // An octave, in semitones.
            #expect(audio["pitch"] as? Double == 12)
            #expect(audio["sampleRateHertz"] as? Int == 24_000)
        }

        @Test func readsMarkup() async throws {
            let server = try GoogleServer()
            let voice = try voice(server)
            let sound = try await voice.sound(ofMarkup: "<speak>One <break time=\"1s\"/> two</speak>")
            #expect(!sound.isEmpty)
            let call = try #require(try await server.calls().first?["request"] as? [String: Any])
            #expect(
                (call["input"] as? [String: Any])?["ssml"] as? String == "<speak>One <break time=\"1s\"/> two</speak>")
            let error = await #expect(throws: RiposteError.self) { try await voice.sound(ofMarkup: "no markup") }
            #expect(error?.code == .badInput)
        }

        @Test func listsVoices() async throws {
            let server = try GoogleServer()
            defer { withExtendedLifetime(server) {} }
            let voice = try voice(server)
            let all = try await voice.listVoices()
            #expect(all.map(\.name) == ["en-US-Chirp3-HD-Aoede", "de-DE-Wavenet-B"])
            #expect(all.map(\.gender) == ["female", "male"])
            #expect(try await voice.listVoices(language: "de-DE").map(\.language) == ["de-DE"])
        }

        @Test func theLocalVoiceTakesOverInTheMiddle() async throws {
            let server = try GoogleServer(["voice_fail_at": 12_000])
            var configuration = FailoverPolicy.Configuration()
            configuration.attempts = 1
            let usage = CloudUsage()
            let voice = FailoverSynthesizer(
                [try voice(server)], local: ScriptedSynthesizer(), configuration: configuration, usage: usage)
            var heard: [String: Int] = [:]
            for try await frame in voice.speak("One two three four five six.") {
                heard[frame.text, default: 0] += frame.audio.samples.count
            }
            // What was heard before it broke off, and then the whole sentence, at 24 kHz.
            #expect(heard.keys.sorted() == ["One two three four five six."])
            let samples = try #require(heard.values.first)
            #expect(samples >= 6 * 2400)
            #expect(usage.take().voices == ["scripted"])
        }
    }
#endif
