import Foundation
import Hummingbird
import HummingbirdTesting
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

@Suite struct WebServerTests {
    private func withServer(
        token: String? = nil, isDraining: Bool = false,
        _ test: @escaping @Sendable (any TestClientProtocol) async throws -> Void
    ) async throws {
        var configuration = WebServer.Configuration()
        configuration.token = token
        configuration.isDraining = { isDraining }
        let engines = NetworkConversationTests.engines()
        try await engines.load()
        let server = try WebServer(engines: engines, configuration: configuration)
        try await Application(router: server.router()).test(.router, test)
    }

    @Test func answersAChat() async throws {
        try await withServer { client in
            let question = #"{"model":"riposte","messages":[{"role":"user","content":"What is the time?"}]}"#
            try await client.execute(uri: "/v1/chat/completions", method: .post, body: .init(string: question)) {
                #expect($0.status == .ok)
                #expect(String(buffer: $0.body).contains(#""content":"Ten past three.""#))
            }
            let parts = #"{"messages":[{"role":"user","content":[{"type":"text","text":"What is the time?"}]}]}"#
            try await client.execute(uri: "/v1/chat/completions", method: .post, body: .init(string: parts)) {
                #expect($0.status == .ok)
                #expect(String(buffer: $0.body).contains(#""content":"Ten past three.""#))
            }
            let streamed = String(question.dropLast()) + #","stream":true}"#
            try await client.execute(uri: "/v1/chat/completions", method: .post, body: .init(string: streamed)) {
                #expect(String(buffer: $0.body).hasSuffix("data: [DONE]\n\n"))
            }
        }
    }

    /// A proxy is to bring nobody to a server that is about to end, and not to think that it is broken.
    @Test(arguments: [false, true]) func saysWhetherItIsToEnd(isDraining: Bool) async throws {
        try await withServer(isDraining: isDraining) { client in
            let ready = try await client.execute(uri: "/ready", method: .get)
            #expect(ready.status == (isDraining ? .serviceUnavailable : .ok))
            let health = try await client.execute(uri: "/health", method: .get)
            #expect(health.status == .ok)
        }
    }

    @Test func refusesWhatIsNoRequest() async throws {
        try await withServer { client in
            for body in ["", "{", "[]", "{}", #"{"messages":[]}"#, #"{"messages":[{"role":"user"}]}"#] {
                try await client.execute(uri: "/v1/chat/completions", method: .post, body: .init(string: body)) {
                    #expect($0.status == .badRequest, "\(body)")
                    #expect(String(buffer: $0.body).contains("invalid_request_error"))
                }
            }
            let large = String(repeating: "x", count: 2 << 20)
            try await client.execute(uri: "/v1/audio/speech", method: .post, body: .init(string: large)) {
                #expect($0.status == .contentTooLarge)
            }
            try await client.execute(
                uri: "/v1/audio/speech", method: .post,
                body: .init(string: #"{"input":"Hello.","response_format":"midi"}"#)
            ) { #expect($0.status == .badRequest) }
        }
    }

    @Test func speaks() async throws {
        try await withServer { client in
            let body = #"{"input":"One two three.","voice":"alloy","response_format":"FORMAT"}"#
            for format in ["wav", "pcm"] {
                let text = body.replacing("FORMAT", with: format)
                try await client.execute(uri: "/v1/audio/speech", method: .post, body: .init(string: text)) {
                    response in
                    #expect(response.status == .ok)
                    let data = Data(buffer: response.body)
                    let count = try format == "wav" ? WaveFile(data, sampleRate: nil).samples.count : data.count / 2
                    // A tenth of a second for each word, at 24 kHz.
                    #expect(abs(count - 7_200) <= 1)
                }
            }
        }
    }

    @Test func transcribes() async throws {
        let wave = WaveFile(samples: ScriptedDevice.speech([(silence: 0.5, speech: 1)]), sampleRate: 16_000).encoded()
        try await withServer { client in
            for (format, expected) in [
                ("json", #"{"text":"What is the time?"}"#), ("text", "What is the time?\n"), ("vtt", "WEBVTT"),
                ("srt", "1\n00:00:00,"), ("verbose_json", #""segments":[{"end":"#),
            ] {
                let parts = ["file\"; filename=\"a.wav": wave, "response_format": Data(format.utf8)]
                var body = Data()
                for (name, value) in parts {
                    body += Data("--b\r\nContent-Disposition: form-data; name=\"\(name)\"\r\n\r\n".utf8) + value
                    body += Data("\r\n".utf8)
                }
                body += Data("--b--\r\n".utf8)
                try await client.execute(
                    uri: "/v1/audio/transcriptions", method: .post,
                    headers: [.contentType: "multipart/form-data; boundary=b"], body: .init(bytes: body)
                ) { #expect(String(buffer: $0.body).contains(expected), "\(format)") }
            }
        }
    }

    @Test func asksForTheToken() async throws {
        try await withServer(token: "secret") { client in
            for (header, status) in [("", HTTPResponse.Status.unauthorized), ("Bearer secret", .ok)] {
                try await client.execute(uri: "/v1/models", method: .get, headers: [.authorization: header]) {
                    #expect($0.status == status)
                }
            }
            try await client.execute(
                uri: "/v1/models", method: .get,
                headers: [.authorization: "Bearer secret", .origin: "http://evil.example"]
            ) { #expect($0.status == .forbidden) }
        }
        var open = WebServer.Configuration()
        open.host = "0.0.0.0"
        #expect(throws: RiposteError.self) {
            try WebServer(engines: NetworkConversationTests.engines(), configuration: open)
        }
    }
}
