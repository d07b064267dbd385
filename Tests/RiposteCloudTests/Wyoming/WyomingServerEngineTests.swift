import Foundation
import RiposteAudio
import RiposteCloud
import RiposteCore
import RiposteServer
import RiposteSpeaking
import RiposteTesting
import Synchronization
import Testing

/// Another node of this project, over TCP.
@Suite(.serialized, .timeLimit(.minutes(10))) struct WyomingServerEngineTests {
    private static let speech = ScriptedDevice.speech([(silence: 0.5, speech: 1), (silence: 1, speech: 0.5)])

    /// - Parameter test: is given a node that serves on this machine.
    private static func withNode(
        transcriber: any Transcriber = ScriptedTranscriber([Transcript(text: "What is the time?")]),
        _ test: @Sendable (WyomingNode) async throws -> Void
    ) async throws {
        var engines = SpeechEngines(
            transcriber: transcriber, voiceActivity: { ScriptedScorer() },
            personas: [.init(name: "riposte", responder: ScriptedResponder { _, _ in [Reply("Yes.")] })],
            voices: ToneVoice().voices,
            synthesizer: { voice in
                guard voice == "tone" else {
                    throw RiposteError(.badInput, .synthesis, "There is no voice \u{201C}\(voice)\u{201D}.")
                }
                return ToneVoice()
            })
        // What the node does for itself is none of its clients' matter.
        engines.session.speech = SpeechOptions(rate: 300, volume: 0.1)
        engines.session.recognition.language = "fr"
        try await engines.load()
        var configuration = WyomingServer.Configuration()
        configuration.port = 0
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = WyomingServer(engines: engines, configuration: configuration) { listening.yield($0) }
        let running = Task { try await server.run() }
        defer { running.cancel() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        try await test(WyomingNode(host: "127.0.0.1", port: port))
    }

    /// All of the sound is the utterance, pauses too, and nothing that was asked for or told is lost.
    @Test func worksAsAtHome() async throws {
        let engine = KeepingTranscriber()
        try await Self.withNode(transcriber: engine) { node in
            engine.asked.withLock { $0 = [] }
            var request = TranscriptionRequest(
                language: "de", phrases: ["Riposte", "GRDB"], boost: 15, wantsWords: true)
            request.prompt = "About software."
            request.candidateLanguages = ["de", "en"]
            let utterance = try await WyomingTranscriber(node).beginUtterance(request)
            for start in stride(from: 0, to: Self.speech.count, by: 1234) {
                await utterance.append(Array(Self.speech[start..<min(start + 1234, Self.speech.count)]))
            }
            let transcript = try await utterance.final()
            #expect(transcript == KeepingTranscriber.transcript)
            let asked = try #require(engine.asked.withLock { $0.first })
            #expect(asked.request == request)
            #expect(WyomingSound.payload(asked.samples) == WyomingSound.payload(Self.speech))
            request.language = nil
            _ = try await WyomingTranscriber(node).transcribe(Self.speech, request)
            #expect(engine.asked.withLock { $0.last?.request.language } == .some(nil))
        }
    }

    @Test func keepsWhatEveryTranscriberKeeps() async throws {
        try await Self.withNode { node in
            try await TranscriberConformance.check(
                WyomingTranscriber(node), speech: Self.speech, words: ["time"])
        }
    }

    @Test func keepsWhatEveryVoiceKeeps() async throws {
        let violations = await SynthesizerConformance(ToneVoice()).violations().filter {
            !$0.hasPrefix("unknown voice")
        }
        #expect(violations == [])
        try await Self.withNode { node in
            #expect(await SynthesizerConformance(WyomingSynthesizer(node)).violations() == [])
        }
    }

    @Test func listsItsVoices() async throws {
        try await Self.withNode { node in
            #expect(try await WyomingSynthesizer(node).listVoices().map(\.name) == ["tone"])
            try await WyomingTranscriber(node).probe()
        }
    }
}

/// Understands always the same, and keeps what it was asked.
private final class KeepingTranscriber: Transcriber {
    let name = "keeping"
    let asked = Mutex<[(request: TranscriptionRequest, samples: [Float])]>([])

    static let transcript: Transcript = {
        var transcript = Transcript(
            text: "Hallo Riposte.", language: "de", confidence: 0.75, noSpeechProbability: 0.125,
            words: [
                .init(text: "Hallo", start: 0.5, end: 0.75, confidence: 0.5),
                .init(text: "Riposte.", start: 1, end: 1.5, confidence: 1),
            ])
        transcript.kind = .final
        return transcript
    }()

    func load() {}

    func beginUtterance(_ request: TranscriptionRequest) -> any Transcription { Utterance(self, request) }

    private actor Utterance: Transcription {
        let transcriber: KeepingTranscriber
        let request: TranscriptionRequest
        var samples: [Float] = []

        init(_ transcriber: KeepingTranscriber, _ request: TranscriptionRequest) {
            (self.transcriber, self.request) = (transcriber, request)
        }

        func append(_ samples: [Float]) { self.samples += samples }
        func partial() -> Transcript { Transcript(text: "", kind: .partial) }

        func final() -> Transcript {
            transcriber.asked.withLock { $0.append((request, samples)) }
            return KeepingTranscriber.transcript
        }
    }
}

/// A voice that hums: a quarter of a second for each word at the normal rate.
private struct ToneVoice: Synthesizer {
    let name = "tone"
    let sampleRate = 22_050
    let voices = [Voice(name: "tone", engine: "tone", language: "en-US", licence: "MIT")]

    func load() {}

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SentenceSpeech(sampleRate: sampleRate) { sentence, options, write in
            let words = sentence.split(separator: " ").count
            let seconds = Double(words) * 0.25 * SpeechOptions.normalRate / options.rate
            let tone = (0..<Int(seconds * 22_050)).map { 0.2 * Float(sin(Double($0) * 0.2 * (options.pitch ?? 1))) }
            for start in stride(from: 0, to: tone.count, by: 5000) {
                try await write(Array(tone[start..<min(start + 5000, tone.count)]))
            }
        }.speak(pieces, options: options)
    }
}
