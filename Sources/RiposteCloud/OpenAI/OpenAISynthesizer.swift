import Foundation
import RiposteAudio
import RiposteCore
import RiposteDialog
import RiposteSpeaking

/// Speaks with a server that speaks OpenAI's `POST /v1/audio/speech`. The sound is passed on as it arrives.
///
/// `SpeechOptions.rate` becomes the protocol's `speed`; it knows no pitch, which stays the voice's own.
public struct OpenAISynthesizer: RemoteVoice {
    public struct Configuration: Sendable {
        /// The model where the endpoint names none. Default "gpt-4o-mini-tts".
        public var model = "gpt-4o-mini-tts"
        /// The voice where the options name none. Default "alloy".
        public var voice = "alloy"
        /// Seconds until the first sound. Default 10.
        public var timeout = 10.0

        public init() {}
    }

    public let name = "openai"
    /// Of the protocol's `pcm`.
    public let sampleRate = 24_000
    /// OpenAI's; other servers have others, which are taken by their names as well.
    public let voices = [
        "alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse",
    ].map { Voice(name: $0, engine: "openai", language: "mul", licence: "service") }

    private let endpoint: OpenAIEndpoint
    private let configuration: Configuration
    private let usage: CloudUsage?

    /// - Parameter usage: is told what is sent.
    public init(_ endpoint: OpenAIEndpoint, configuration: Configuration = .init(), usage: CloudUsage? = nil) {
        self.endpoint = endpoint
        self.configuration = configuration
        self.usage = usage
    }

    /// Does nothing: nothing is sent before there is something to say.
    public func load() async throws {}

    public func probe() async throws { try await endpoint.probe(.synthesis) }

    /// The protocol cannot be asked: those that OpenAI has.
    public func listVoices(language: String? = nil) -> [Voice] { voices }

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SentenceSpeech(sampleRate: sampleRate, render: render).speak(pieces, options: options)
    }

    private struct Body: Encodable {
        var model: String
        var input: String
        var voice: String
        var responseFormat = "pcm"
        var speed: Double
    }

    private func render(_ sentence: String, _ options: SpeechOptions, _ write: @escaping SentenceSpeech.Write)
        async throws
    {
        let encoder = JSONEncoder()
        encoder.keyEncodingStrategy = .convertToSnakeCase
        let body = try encoder.encode(
            Body(
                model: endpoint.model ?? configuration.model, input: sentence,
                voice: options.voice ?? configuration.voice,
                speed: min(4, max(0.25, options.rate / SpeechOptions.normalRate))))
        usage?.sent(name, characters: sentence.count)
        let limits = HTTPStream.Limits(
            first: configuration.timeout, idle: configuration.timeout, total: 600, length: 64 << 20)
        let stream = HTTPStream(
            endpoint.request("audio/speech", body: body, type: "application/json"), limits: limits, stage: .synthesis)
        var samples = PCMDecoder()
        do {
            for try await data in stream.pieces() {
                SpeechArrival.current?.received(from: name)
                try await write(samples.decode(data))
            }
        } catch {
            throw endpoint.explained(error, .synthesis)
        }
        guard samples.count > 0 else {
            throw RiposteError(.engineFailed, .synthesis, "\(endpoint.host) has made no sound of “\(sentence)”.")
        }
    }
}
