#if Cloud
    import Foundation
    import GRPCCore
    import RiposteAudio
    import RiposteCore
    import RiposteSpeaking

    /// Speaks with Google Cloud Text-to-Speech (version 1), by gRPC. Where the voice can be streamed, its sound is passed on
    /// as it arrives.
    public final class GoogleSynthesizer: RemoteVoice {
        public struct Configuration: Sendable {
            /// The voice where the options name none. Default "en-US-Chirp3-HD-Aoede", which can be streamed.
            public var voice = "en-US-Chirp3-HD-Aoede"
            /// Seconds until the first sound. Default 10.
            public var timeout = 10.0
            /// Part of the names of the voices that can be streamed. Default "Chirp3-HD".
            public var streamedVoices = "Chirp3-HD"

            public init() {}
        }

        public let name = "google-voice"
        /// Of what is asked for.
        public let sampleRate = 24_000
        /// The default voice; `listVoices` asks for all.
        public var voices: [Voice] { [Self.voice(configuration.voice)] }

        private let configuration: Configuration
        private let connection: GoogleConnection
        private let authorization: GoogleAuthorization
        private let usage: CloudUsage?

        private static let service = "google.cloud.texttospeech.v1.TextToSpeech"
        private static let listMethod = MethodDescriptor(fullyQualifiedService: service, method: "ListVoices")
        private static let wholeMethod = MethodDescriptor(fullyQualifiedService: service, method: "SynthesizeSpeech")
        private static let streamMethod = MethodDescriptor(
            fullyQualifiedService: service, method: "StreamingSynthesize")

        /// - Parameters:
        ///   - endpoint: default: Google's own.
        ///   - usage: is told what is sent.
        public init(
            _ authorization: GoogleAuthorization, endpoint: GoogleEndpoint = .voice,
            configuration: Configuration = .init(), usage: CloudUsage? = nil
        ) {
            self.configuration = configuration
            self.authorization = authorization
            self.usage = usage
            connection = GoogleConnection(endpoint, authorization, stage: .synthesis)
        }

        /// Fetches a token. The service itself is asked only when there is something to say.
        /// - Throws: `.badInput` where the credentials are missing or refused.
        public func load() async throws { _ = try await authorization.headers() }

        public func probe() async throws {
            connection.renew()
            _ = try await listVoices(language: "en-US")
        }

        /// The voices the service has.
        /// - Parameter language: BCP 47; nil for all.
        public func listVoices(language: String? = nil) async throws -> [Voice] {
            var request = GoogleListVoicesRequest()
            request.languageCode = language ?? ""
            let answer = try await connection.ask(
                Self.listMethod, request, for: GoogleListVoicesResponse.self, timeout: configuration.timeout)
            return answer.voices.map { voice in
                let gender: String? =
                    switch voice.ssmlGender {
                    case .male: "male"
                    case .female: "female"
                    case .neutral: "neutral"
                    default: nil
                    }
                return Voice(
                    name: voice.name, engine: name, language: voice.languageCodes.first ?? "", gender: gender,
                    licence: "service")
            }
        }

        public func speak(
            _ pieces: AsyncStream<String>, options: SpeechOptions
        ) -> AsyncThrowingStream<SpokenFrame, any Error> {
            SentenceSpeech(sampleRate: sampleRate) { sentence, options, write in
                try await self.render(sentence, options, write)
            }.speak(pieces, options: options)
        }

        /// The sound of SSML as the service reads it, mono, at `sampleRate`.
        /// - Throws: `.badInput` for what it does not take as SSML.
        public func sound(ofMarkup markup: String, options: SpeechOptions = .init()) async throws -> [Float] {
            var input = GoogleSynthesisInput()
            input.ssml = markup
            return try await whole(input, markup.count, options).map { $0 * Float(min(max(options.volume, 0), 1)) }
        }

        private func render(_ sentence: String, _ options: SpeechOptions, _ write: @escaping SentenceSpeech.Write)
            async throws
        {
            if isStreamed(options) {
                return try await stream(sentence, options, write)
            }
            var input = GoogleSynthesisInput()
            input.text = sentence
            try await write(try await whole(input, sentence.count, options))
        }

        private func whole(_ input: GoogleSynthesisInput, _ length: Int, _ options: SpeechOptions) async throws
            -> [Float]
        {
            var request = GoogleSynthesizeSpeechRequest()
            request.input = input
            request.voice = selection(options)
            request.audioConfig.audioEncoding = .linear16
            request.audioConfig.sampleRateHertz = Int32(sampleRate)
            request.audioConfig.speakingRate = rate(options)
            // In semitones. A voice that streams takes a rate, and refuses a pitch.
            let pitch = isStreamed(options) ? nil : options.pitch
            request.audioConfig.pitch = pitch.map { min(20, max(-20, 12 * log2($0))) } ?? 0
            usage?.sent(name, characters: length)
            let answer = try await connection.ask(
                Self.wholeMethod, request, for: GoogleSynthesizeSpeechResponse.self, timeout: configuration.timeout)
            SpeechArrival.current?.received(from: name)
            // It comes with a header.
            return try WaveFile(answer.audioContent, name: "Google's speech", sampleRate: sampleRate).samples
        }

        private func stream(_ sentence: String, _ options: SpeechOptions, _ write: @escaping SentenceSpeech.Write)
            async throws
        {
            var opening = GoogleStreamingSynthesizeRequest()
            opening.streamingConfig.voice = selection(options)
            opening.streamingConfig.streamingAudioConfig.audioEncoding = .pcm
            opening.streamingConfig.streamingAudioConfig.sampleRateHertz = Int32(sampleRate)
            opening.streamingConfig.streamingAudioConfig.speakingRate = rate(options)
            var input = GoogleStreamingSynthesizeRequest()
            input.input.text = sentence
            let requests = AsyncStream<GoogleStreamingSynthesizeRequest> { [opening, input] output in
                output.yield(opening)
                output.yield(input)
                output.finish()
            }
            usage?.sent(name, characters: sentence.count)
            let received = ReceivedSound()
            // Whoever listens slowly makes the sound wait; only its start is limited.
            let (connection, timeout, name) = (connection, configuration.timeout, name)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    try await connection.exchange(Self.streamMethod, requests) {
                        (answer: GoogleStreamingSynthesizeResponse) in
                        if !answer.audioContent.isEmpty { SpeechArrival.current?.received(from: name) }
                        try await write(await received.take(answer.audioContent))
                    }
                }
                group.addTask {
                    try await Task.sleep(for: .seconds(timeout))
                    guard await received.count == 0 else { return try await Task.sleep(for: .seconds(3600)) }
                    throw RiposteError(.timedOut, .synthesis, "Google's voice took too long to make a sound.")
                }
                try await group.next()
                group.cancelAll()
            }
            guard await received.count > 0 else {
                throw RiposteError(.engineFailed, .synthesis, "Google's voice has made no sound.")
            }
        }

        private actor ReceivedSound {
            private var decoder = PCMDecoder()
            var count: Int { decoder.count }

            func take(_ bytes: Data) -> [Float] { decoder.decode(bytes) }
        }

        private func isStreamed(_ options: SpeechOptions) -> Bool {
            voice(options).contains(configuration.streamedVoices)
        }

        private func voice(_ options: SpeechOptions) -> String { options.voice ?? configuration.voice }

        private func selection(_ options: SpeechOptions) -> GoogleVoiceSelectionParams {
            var selection = GoogleVoiceSelectionParams()
            selection.name = voice(options)
            selection.languageCode = Self.language(of: selection.name)
            return selection
        }

        /// The service's rate: 1 is normal, 0.25 … 2.
        private func rate(_ options: SpeechOptions) -> Double {
            min(2, max(0.25, options.rate / SpeechOptions.normalRate))
        }

        private static func voice(_ name: String) -> Voice {
            Voice(name: name, engine: "google-voice", language: language(of: name), licence: "service")
        }

        /// Voices begin with their language: "en-US-Chirp3-HD-Aoede", "cmn-CN-Wavenet-A".
        private static func language(of voice: String) -> String {
            voice.split(separator: "-").prefix(2).joined(separator: "-")
        }
    }
#endif
