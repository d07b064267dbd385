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
        token: String? = nil, _ test: @Sendable (URL) async throws -> Void
    ) async throws {
        let engines = SpeechEngines(
            transcriber: ScriptedTranscriber([Transcript(text: "What is the time?")]),
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
