import Foundation
import Hummingbird
import RiposteAudio
import RiposteCloud
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteServer

/// The engines against the project's own server, over TCP.
@Suite(.timeLimit(.minutes(10))) struct OpenAITests {
    private static func withServer(
        token: String? = nil,
        transcriber: any Transcriber = ScriptedTranscriber([Transcript(text: "What is the time?")]),
        _ test: @Sendable (URL) async throws -> Void
    ) async throws {
        let engines = SpeechEngines(
            transcriber: transcriber,
            voiceActivity: { ScriptedScorer() },
            personas: [.init(name: "riposte", responder: ScriptedResponder { _, _ in [Reply("Ten past three.")] })],
            voices: ScriptedSynthesizer().voices, synthesizer: { _ in ScriptedSynthesizer() })
        try await engines.load()
        var configuration = WebServer.Configuration()
        (configuration.port, configuration.token) = (0, token)
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = try WebServer(engines: engines, configuration: configuration) { listening.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await test(try #require(URL(string: "http://127.0.0.1:\(port)/v1")))
    }

    private static let speech = ScriptedDevice.speech([(silence: 0.5, speech: 1)])

    @Test func understandsOverTheWire() async throws {
        try await Self.withServer { url in
            let usage = CloudUsage()
            let transcriber = OpenAITranscriber(.init(url: url), usage: usage)
            try await transcriber.probe()
            let transcript = try await transcriber.transcribe(Self.speech)
            #expect(transcript.text == "What is the time?")
            #expect(transcript.kind == .final)
            #expect(transcript.confidence == 0.8)
            let report = usage.take()
            #expect(report.services.map(\.engine) == ["openai"])
            #expect(report.services.first?.seconds == Double(Self.speech.count) / 16_000)
        }
    }

    @Test func keepsWhatEveryTranscriberKeeps() async throws {
        try await Self.withServer { url in
            try await TranscriberConformance.check(
                OpenAITranscriber(.init(url: url)), speech: Self.speech, words: ["time"])
        }
    }

    /// As events, from a model that is none of Whisper's.
    @Test func keepsItWhenTheTranscriptIsStreamed() async throws {
        try await Self.withServer { url in
            let endpoint = OpenAIEndpoint(url: url, model: "gpt-4o-transcribe")
            try await TranscriberConformance.check(
                OpenAITranscriber(endpoint), speech: Self.speech, words: ["time"])
        }
    }

    /// The first sentence is there while the second one is still being recognised.
    @Test func tellsAStreamedTranscriptAsItComes() async throws {
        let (gate, opener) = AsyncStream.makeStream(of: Never.self)
        let transcriber = SecondWaits(gate: gate)
        try await Self.withServer(transcriber: transcriber) { url in
            let endpoint = OpenAIEndpoint(url: url, model: "gpt-4o-transcribe")
            let utterance = try await OpenAITranscriber(endpoint).beginUtterance(.init())
            await utterance.append(ScriptedDevice.speech([(silence: 0.5, speech: 1), (silence: 3, speech: 1)]))
            async let whole = utterance.final()
            var partial = try await utterance.partial()
            while partial.text.isEmpty {
                try await Task.sleep(for: .milliseconds(5))
                partial = try await utterance.partial()
            }
            #expect(partial.text == "One.")
            #expect(partial.kind == .partial)
            opener.finish()
            let transcript = try await whole
            #expect(transcript.text == "One. Two.")
            #expect(transcript.kind == .final)
        }
    }

    /// Understands "One." in the first piece of a recording, and "Two." in any other, but only when it may.
    private actor SecondWaits: Transcriber {
        nonisolated let name = "second waits"
        let gate: AsyncStream<Never>
        private var count = -1

        init(gate: AsyncStream<Never>) { self.gate = gate }

        func load() {}

        func beginUtterance(_ request: TranscriptionRequest) -> any Transcription {
            // The first one is the warm-up.
            count += 1
            return Utterance(gate: gate, isFirst: count < 2)
        }

        private struct Utterance: Transcription {
            let gate: AsyncStream<Never>
            let isFirst: Bool

            func append(_ samples: [Float]) {}
            func partial() -> Transcript { Transcript(text: "", kind: .partial) }

            func final() async -> Transcript {
                if isFirst { return Transcript(text: "One.") }
                for await _ in gate {}
                return Transcript(text: "Two.")
            }
        }
    }

    @Test func speaksOverTheWire() async throws {
        try await Self.withServer { url in
            let usage = CloudUsage()
            let voice = OpenAISynthesizer(.init(url: url), usage: usage)
            var samples = 0
            for try await frame in voice.speak("One two three. Four five.") {
                #expect(frame.audio.sampleRate == 24_000)
                samples += frame.audio.samples.count
            }
            // A tenth of a second for each word, and the pause of 0.35 s between two sentences.
            #expect(abs(samples - (12_000 + 8400)) < 500)
            #expect(usage.take().services.first?.characters == 24)
        }
    }

    @Test func saysWhenTheKeyIsWrong() async throws {
        try await Self.withServer(token: "right") { url in
            for key in [nil, "wrong-key"] {
                let endpoint = OpenAIEndpoint(url: url, key: key)
                let error = await #expect(throws: RiposteError.self) {
                    try await OpenAITranscriber(endpoint).transcribe(Self.speech)
                }
                #expect(error?.code == .badInput)
                #expect(error?.message.contains("key") == true)
                #expect(error?.message.contains("wrong-key") == false)
                #expect(String(describing: endpoint).contains("wrong-key") == false)
                #expect(String(reflecting: endpoint).contains("wrong-key") == false)
            }
            let transcriber = OpenAITranscriber(.init(url: url, key: "right"))
            let transcript = try await transcriber.transcribe(Self.speech)
            #expect(transcript.text == "What is the time?")
        }
    }

    @Test func saysWhenNobodyIsThere() async throws {
        let url = try #require(URL(string: "http://127.0.0.1:9/v1"))
        let error = await #expect(throws: RiposteError.self) {
            try await OpenAITranscriber(.init(url: url)).transcribe(Self.speech)
        }
        #expect(error?.code == .network)
        #expect(error?.stage == .transcription)
    }

    /// The request as a server sees it: the sound exactly, and the fields by their names.
    @Test func sendsExactlyWhatWasSpoken() async throws {
        let forms = Mutex<[MultipartForm]>([])
        let router = Router()
        router.post("/v1/audio/transcriptions") { request, _ -> Response in
            let body = Data(try await request.body.collect(upTo: 1 << 24).readableBytesView)
            if let form = MultipartForm(body, contentType: request.headers[.contentType] ?? "") {
                forms.withLock { $0.append(form) }
            }
            let answer = """
                {"text":" Lights on. ","language":"english","segments":[{"avg_logprob":-0.1,"no_speech_prob":0.02,\
                "start":0,"end":1}],"words":[{"word":"Lights","start":0.1,"end":0.4},{"word":"on.","start":0.4,"end":0.6}]}
                """
            return Response(status: .ok, body: .init(byteBuffer: .init(string: answer)))
        }
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let application = Application(
            router: router, configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { listening.yield($0.localAddress?.port ?? 0) })
        let running = Task { try await application.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        let url = try #require(URL(string: "http://127.0.0.1:\(port)/v1"))
        var request = TranscriptionRequest(language: nil, phrases: ["Riposte", "GRDB"], wantsWords: true)
        request.prompt = "About software."
        let transcript = try await OpenAITranscriber(.init(url: url, model: "whisper-large")).transcribe(
            Self.speech, request)
        #expect(transcript.text == "Lights on.")
        #expect(transcript.language == "en")
        #expect(abs(transcript.confidence - 0.905) < 0.001)
        #expect(transcript.words.map(\.text) == ["Lights", "on."])
        let form = try #require(forms.withLock { $0.first })
        #expect(form["model"]?.text == "whisper-large")
        #expect(form["language"] == nil)
        #expect(form["prompt"]?.text == "Words that may come: Riposte, GRDB. About software.")
        #expect(form["response_format"]?.text == "verbose_json")
        let sound = try WaveFile(try #require(form["file"]?.value), sampleRate: nil)
        #expect(sound.sampleRate == 16_000)
        #expect(sound.encoded() == WaveFile(samples: Self.speech, sampleRate: 16_000).encoded())
    }
}
