import Foundation
import RiposteAudio
import RiposteCore

/// Recognises speech with Deepgram's streaming WebSocket (`/v1/listen`), while it is spoken.
public final class DeepgramTranscriber: Transcriber, RemoteEngine {
    public struct Configuration: Sendable {
        /// Default "nova-3".
        public var model = "nova-3"
        /// Up to the query. Default: Deepgram's own.
        public var url = DeepgramTranscriber.standardURL
        /// Shown in a header; nil: none is wanted. It is in no description, error or trace.
        public var key: String?
        /// Default true.
        public var punctuates = true
        /// Seconds until an answer, once all sound is sent. Default 10.
        public var timeout = 10.0
        /// Seconds until a stream is granted. Default 10.
        public var connectLimit = 10.0
        /// Seconds that the service has to settle what it was sent; one that says nothing by then is asked by ending the
        /// stream: it need not answer where there was no word. Default 1.
        public var settlingLimit = 1.0
        /// Seconds without sound after which the service is told that the stream goes on: it ends one after ten. Default 4.
        public var keepAlive = 4.0
        /// The confidence of a transcript that comes without, 0 … 1. Default 0.8.
        public var assumedConfidence = 0.8

        public init() {}
    }

    /// Deepgram's own.
    public static let standardURL =
        URL(string: "wss://api.deepgram.com/v1/listen") ?? URL(filePath: "/")

    public let name = "deepgram"
    let configuration: Configuration
    let usage: CloudUsage?

    /// - Parameter usage: is told what is sent.
    public init(configuration: Configuration = .init(), usage: CloudUsage? = nil) {
        self.configuration = configuration
        self.usage = usage
    }

    /// Does nothing: nothing is sent before there is something to understand.
    public func load() async throws {}

    /// Opens a stream and ends it, which costs nothing.
    public func probe() async throws {
        let (messages, output) = AsyncStream.makeStream(of: WebSocketExchange.Message.self)
        output.yield(Self.end)
        try await stream(messages, .init()) { _ in }
        output.finish()
    }

    public func beginUtterance(_ request: TranscriptionRequest) async throws -> any Transcription {
        guard request.task == .transcribe else {
            throw RiposteError(.badInput, .transcription, "Deepgram writes down and does not translate.")
        }
        return DeepgramTranscription(self, request)
    }

    /// Asks for everything that was sent to be settled.
    static let settle = WebSocketExchange.Message.text(#"{"type":"Finalize"}"#)
    static let stillThere = WebSocketExchange.Message.text(#"{"type":"KeepAlive"}"#)
    static let end = WebSocketExchange.Message.text(#"{"type":"CloseStream"}"#)

    /// A stream, until the service ends it.
    func stream(
        _ messages: AsyncStream<WebSocketExchange.Message>, _ request: TranscriptionRequest,
        onResult: @escaping @Sendable (DeepgramResult) async throws -> Void
    ) async throws {
        let exchange = WebSocketExchange(
            url: url(request), headers: configuration.key.map { ["Authorization": "Token \($0)"] } ?? [:],
            stage: .transcription, connectLimit: configuration.connectLimit)
        do {
            try await exchange.run(messages) { text in
                guard let result = try DeepgramResult(text) else { return }
                try await onResult(result)
            }
        } catch {
            throw explained(error)
        }
    }

    private func url(_ request: TranscriptionRequest) -> URL {
        var items = [
            URLQueryItem(name: "model", value: configuration.model),
            URLQueryItem(name: "language", value: request.language ?? "multi"),
            URLQueryItem(name: "encoding", value: "linear16"),
            URLQueryItem(name: "sample_rate", value: "\(Waterfall.sampleRate)"),
            URLQueryItem(name: "channels", value: "1"), URLQueryItem(name: "interim_results", value: "true"),
            // Ends of turns are found here.
            URLQueryItem(name: "endpointing", value: "false"),
            URLQueryItem(name: "punctuate", value: configuration.punctuates ? "true" : "false"),
        ]
        if request.boost > 0 { items += phrases(request) }
        return configuration.url.appending(queryItems: items)
    }

    /// Models from nova-3 on take phrases, those before words with their boost. So many are taken.
    private func phrases(_ request: TranscriptionRequest) -> [URLQueryItem] {
        let model = configuration.model
        let isOlder = ["nova-2", "nova-1", "nova", "enhanced", "base", "whisper"].contains {
            model == $0 || model.hasPrefix($0 + "-") && !model.hasPrefix("nova-3")
        }
        return request.phrases.prefix(100).map { phrase in
            isOlder
                ? URLQueryItem(name: "keywords", value: "\(phrase):\(min(5, request.boost / 4))")
                : URLQueryItem(name: "keyterm", value: phrase)
        }
    }

    private func explained(_ error: any Error) -> any Error {
        guard let error = error as? RiposteError,
            let status = (error.underlying as? WebSocketExchange.Refusal)?.status
        else { return error }
        let host = configuration.url.host() ?? "Deepgram"
        let (code, words): (RiposteError.Code, String) =
            switch status {
            case 401, 403:
                (
                    .badInput,
                    configuration.key == nil
                        ? "\(host) wants a key: name it in RIPOSTE_DEEPGRAM_KEY."
                        : "\(host) refuses the key: it is wrong or has expired."
                )
            case 400, 404: (.badInput, "\(host) does not take the request, or has no model \(configuration.model).")
            case 402, 429: (.network, "\(host) takes no more requests now, or the account is used up.")
            default: (.network, "\(host) grants no stream (status \(status)).")
            }
        return RiposteError(
            code, .transcription, words,
            underlying: status == 400 ? RequestRefusal(reason: error.underlying) : error.underlying)
    }
}
