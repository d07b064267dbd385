import Hummingbird
import HummingbirdTesting
import Logging
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// Whole messages and requests that are nearly right: each is answered, and the server goes on.
@Suite(.serialized) struct ServerFuzzTests {
    private static let events = [
        #"{"type":"session.update","session":{"type":"realtime","instructions":"Be short.","output_modalities":["text"],"#
            + #""tools":[],"audio":{"input":{"format":{"type":"audio/pcm","rate":24000},"turn_detection":null},"#
            + #""output":{"voice":"tone","format":{"type":"audio/pcm"}}}}}"#,
        #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":{"type":"server_vad"}}}}}"#,
        #"{"type":"input_audio_buffer.append","audio":"AAABAAIAAwAEAAUABgAHAA=="}"#,
        #"{"type":"input_audio_buffer.commit"}"#, #"{"type":"input_audio_buffer.clear"}"#,
        #"{"type":"conversation.item.create","item":{"id":"one","type":"message","role":"user","content":"#
            + #"[{"type":"input_text","text":"hello"}]}}"#,
        #"{"type":"conversation.item.truncate","item_id":"one","content_index":0,"audio_end_ms":0}"#,
        #"{"type":"conversation.item.retrieve","item_id":"one"}"#,
        #"{"type":"conversation.item.delete","item_id":"one"}"#,
        #"{"type":"response.create","event_id":"e"}"#, #"{"type":"response.cancel"}"#,
    ]

    @Test(.timeLimit(.minutes(60))) func answersEachEvent() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        var mutation = Mutation(texts: Self.events)
        var rest = Mutation.budget
        while rest > 0 {
            let told = Mutex(0)
            let conversation = RealtimeConversation(
                engines: engines.queued(), model: nil, log: ConversationLog(figures: ServerFigures()), hangUp: {},
                send: { text in
                    if (try? JSONReader.value(Array(text.utf8))) == nil { Issue.record("no JSON was told: \(text)") }
                    told.withLock { $0 += 1 }
                })
            try await conversation.begin()
            for _ in 0..<min(rest, 500) { try await conversation.receive(mutation.next()) }
            rest -= 500
            await conversation.end()
            #expect(told.withLock { $0 } > 0)
        }
    }

    private static let requests = [
        ("/v1/chat/completions", #"{"model":"riposte","messages":[{"role":"user","content":"hello"}],"stream":true}"#),
        (
            "/v1/audio/speech",
            #"{"model":"tts-1","voice":{"id":"tone"},"input":"one","response_format":"pcm","speed":1.5}"#
        ),
        ("/webhooks/rest/webhook", #"{"sender":"ann","message":"hello","metadata":{"a":[1,null]}}"#),
        ("/model/parse", #"{"text":"a large coffee","message_id":"1"}"#),
    ]

    @Test(.timeLimit(.minutes(60))) func answersEachBody() async throws {
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        var configuration = WebServer.Configuration()
        configuration.requestRate = nil
        // A line for each request would be most of the work.
        var logger = Logger(label: "riposte.fuzz")
        logger.logLevel = .critical
        let server = try WebServer(engines: engines, configuration: configuration, logger: logger)
        try await Application(router: server.router()).test(.router) { client in
            for (number, (path, body)) in Self.requests.enumerated() {
                var mutation = Mutation(texts: [body], seed: UInt64(number))
                for _ in 0..<Mutation.budget / Self.requests.count {
                    let bytes = mutation.next()
                    try await client.execute(uri: path, method: .post, body: .init(bytes: bytes)) { response in
                        guard [200, 400, 409].contains(response.status.code) else {
                            Issue.record("\(path) \(response.status) \(String(decoding: bytes, as: UTF8.self))")
                            return
                        }
                    }
                }
            }
        }
    }
}
