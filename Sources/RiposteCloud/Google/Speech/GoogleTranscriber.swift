#if Cloud
    import Foundation
    import GRPCCore
    import RiposteAudio
    import RiposteCore

    /// Recognises speech with Google Cloud Speech-to-Text (version 1), by gRPC: streamed while it is spoken, or whole.
    public final class GoogleTranscriber: Transcriber, RemoteEngine {
        public struct Configuration: Sendable {
            /// "latest_long", "latest_short", "command_and_search", "phone_call", …; default "latest_long".
            public var model = "latest_long"
            /// Whether sound is sent while it is spoken; else an utterance is sent whole when it is over. Default true.
            public var streams = true
            /// Whether what is understood so far is told. Default true.
            public var interimResults = true
            /// Whether the service ends the utterance itself, at the first pause; what is said after it is not heard.
            /// Default false: ends of turns are found here.
            public var singleUtterance = false
            /// Default true.
            public var punctuates = true
            /// Readings of an utterance, the likeliest first. Default 1.
            public var mostAlternatives = 1
            /// BCP 47 codes for the languages that are asked for by less ("en" is "en-US").
            public var regions = GoogleLanguages.regions
            /// Seconds of sound after which a stream is opened anew. The service ends one after 5 minutes (305 s).
            /// Default 270.
            public var streamLength = 270.0
            /// When the speaker goes on after a transcript was final, the last so many seconds are sent once more, so that
            /// a sentence is not understood in two halves. Default 15.
            public var resent = 15.0
            /// Seconds until an answer, once all sound is sent. Default 10.
            public var timeout = 10.0
            /// The confidence of a transcript whose model tells none, 0 … 1. Default 0.8.
            public var assumedConfidence = 0.8

            public init() {}
        }

        public let name = "google-speech"
        let configuration: Configuration
        let connection: GoogleConnection
        let usage: CloudUsage?
        private let authorization: GoogleAuthorization

        /// - Parameters:
        ///   - endpoint: default: Google's own.
        ///   - usage: is told what is sent.
        public init(
            _ authorization: GoogleAuthorization, endpoint: GoogleEndpoint = .speech,
            configuration: Configuration = .init(), usage: CloudUsage? = nil
        ) {
            self.configuration = configuration
            self.usage = usage
            self.authorization = authorization
            connection = GoogleConnection(endpoint, authorization, stage: .transcription)
        }

        /// Fetches a token. The service itself is asked only when there is something to understand.
        /// - Throws: `.badInput` where the credentials are missing or refused.
        public func load() async throws { _ = try await authorization.headers() }

        /// Has a tenth of a second of silence understood, over a connection of its own.
        public func probe() async throws {
            connection.renew()
            _ = try await recognize([Float](repeating: 0, count: Self.sampleRate / 10), .init())
        }

        public func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
            guard request.task == .transcribe else {
                throw RiposteError(
                    .badInput, .transcription, "Google's recogniser writes down and does not translate.",
                    underlying: RequestRefusal())
            }
            return GoogleTranscription(self, request)
        }

        /// The readings of an utterance of this recogniser, piece by piece (a sentence, mostly), each with the likeliest first;
        /// as many as `mostAlternatives`. To be asked when its transcript is final.
        public func readings(of utterance: any Transcription) async -> [[String]] {
            await (utterance as? GoogleTranscription)?.readings ?? []
        }

        /// Hertz.
        static let sampleRate = 16_000
        /// Seconds of sound that are taken in one request: the service takes a minute.
        static let longestRequest = 55.0

        private static let service = "google.cloud.speech.v1.Speech"
        private static let recognizeMethod = MethodDescriptor(fullyQualifiedService: service, method: "Recognize")
        private static let streamMethod = MethodDescriptor(fullyQualifiedService: service, method: "StreamingRecognize")

        /// - Parameter samples: at most a minute.
        func recognize(_ samples: [Float], _ request: TranscriptionRequest) async throws -> GoogleRecognizeResponse {
            var message = GoogleRecognizeRequest()
            message.config = recognition(request)
            message.audio.content = Self.pcm(samples[...])
            usage?.sent(name, seconds: Double(samples.count) / Double(Self.sampleRate))
            return try await connection.ask(
                Self.recognizeMethod, message, for: GoogleRecognizeResponse.self, timeout: configuration.timeout)
        }

        func stream(
            _ requests: AsyncStream<GoogleStreamingRecognizeRequest>,
            onAnswer: @escaping @Sendable (GoogleStreamingRecognizeResponse) async throws -> Void
        ) async throws {
            try await connection.exchange(Self.streamMethod, requests, onAnswer: onAnswer)
        }

        /// What opens a stream.
        func opening(_ request: TranscriptionRequest) -> GoogleStreamingRecognizeRequest {
            var message = GoogleStreamingRecognizeRequest()
            message.streamingConfig.config = recognition(request)
            message.streamingConfig.interimResults = configuration.interimResults
            message.streamingConfig.singleUtterance = configuration.singleUtterance
            return message
        }

        private func recognition(_ request: TranscriptionRequest) -> GoogleRecognitionConfig {
            var config = GoogleRecognitionConfig()
            config.encoding = .linear16
            config.sampleRateHertz = Int32(Self.sampleRate)
            config.model = configuration.model
            config.enableAutomaticPunctuation = configuration.punctuates
            config.maxAlternatives = Int32(configuration.mostAlternatives)
            config.enableWordTimeOffsets = request.wantsWords
            config.enableWordConfidence = request.wantsWords
            let candidates = request.language.map { [$0] } ?? request.candidateLanguages
            let codes = (candidates.isEmpty ? ["en"] : candidates).map { configuration.regions[$0] ?? $0 }
            config.languageCode = codes[0]
            // The service takes three more.
            config.alternativeLanguageCodes = Array(codes.dropFirst().prefix(3))
            if !request.phrases.isEmpty, request.boost > 0 {
                var context = GoogleSpeechContext()
                context.phrases = Self.bounded(request.phrases)
                context.boost = Float(min(20, request.boost))
                config.speechContexts = [context]
            }
            return config
        }

        /// As many phrases as the service takes: 5000, of 100 characters each, 100 000 in all.
        private static func bounded(_ phrases: [String]) -> [String] {
            var left = 100_000
            return phrases.filter { (1...100).contains($0.count) }.prefix(5000).filter {
                left -= $0.count
                return left >= 0
            }
        }

        /// 16 bits, little endian.
        static func pcm(_ samples: ArraySlice<Float>) -> Data {
            var data = Data(capacity: samples.count * 2)
            for sample in samples {
                let value = WaveWriter.pcm(sample)
                data.append(UInt8(truncatingIfNeeded: value))
                data.append(UInt8(truncatingIfNeeded: value >> 8))
            }
            return data
        }
    }
#endif
