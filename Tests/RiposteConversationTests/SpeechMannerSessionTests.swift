import RiposteCore
import RiposteTesting
import Synchronization
import Testing

@testable import RiposteConversation

/// "Speak louder" is heard from the next answer on.
@Suite(.timeLimit(.minutes(10))) struct SpeechMannerSessionTests {
    /// Notes how it is asked to speak.
    private final class NotingSynthesizer: Synthesizer {
        private let base = ScriptedSynthesizer()
        private let asked = Mutex<[SpeechOptions]>([])
        let name = "noting"
        let sampleRate = 16_000
        let voices = ["one", "two"].map { Voice(name: $0, engine: "noting", language: "en-US", licence: "MIT") }

        var options: [SpeechOptions] { asked.withLock { $0 } }

        func load() {}
        func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error>
        {
            asked.withLock { $0.append(options) }
            return base.speak(pieces, options: options)
        }
    }

    /// Notes how loud each answer is.
    private final class NotingSink: AudioSink {
        private let base: ScriptedDevice
        private let heard = Mutex<[Float]>([])

        init(_ base: ScriptedDevice) { self.base = base }

        var peaks: [Float] { heard.withLock { $0 } }

        func play(
            _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
        ) async throws -> Int {
            heard.withLock { $0.append(0) }
            let noted = speech.map { [self] frame in
                let peak = frame.samples.map(abs).max() ?? 0
                heard.withLock { $0[$0.count - 1] = max($0[$0.count - 1], peak) }
                return frame
            }
            var frames = noted.makeAsyncIterator()
            let (stream, output) = AsyncThrowingStream<AudioFrame, any Error>.makeStream()
            while let frame = try await frames.next() { output.yield(frame) }
            output.finish()
            return try await base.play(stream, onStart: onStart)
        }
    }

    @Test func theNextAnswerIsLouderFasterAndInAnotherVoice() async throws {
        let input = ScriptedDevice.speech([(0.5, 1), (3, 1), (2, 0)])
        let device = ScriptedDevice(input: input)
        let (voice, sink) = (NotingSynthesizer(), NotingSink(device))
        var configuration = Session.Configuration()
        configuration.pace = .fast
        configuration.inputEnd = input.count
        configuration.endOfTurn = nil
        configuration.speech = SpeechOptions(voice: "one", rate: 200)
        let session = Session(
            parts: .init(
                source: { device }, sink: sink, voiceActivity: { ScriptedScorer() },
                transcriber: ScriptedTranscriber([Transcript(text: "Louder."), Transcript(text: "Hello.")]),
                responder: ScriptedResponder { utterance, conversation in
                    guard utterance.text == "Louder." else { return [Reply("Hello to you.")] }
                    var manner = conversation.manner
                    (manner.volume, manner.rate, manner.voice) = (manner.volume - 2, 1.2, 1)
                    return [Reply("As you wish.", effects: [.speak(manner: manner)])]
                }, synthesizer: voice), configuration: configuration)
        let before = voice.options.count
        try await session.run()
        let options = Array(voice.options.dropFirst(before)).filter { $0.voice != nil }
        // The first one warms up.
        #expect(options.first?.rate == 200 && options.first?.voice == "one")
        #expect(options.last?.rate == 240 && options.last?.voice == "two")
        let peaks = sink.peaks
        try #require(peaks.count == 2)
        #expect(peaks[0] > 0)
        #expect(abs(peaks[1] / peaks[0] - SpeechManner.gain(-6)) < 0.001, "\(peaks)")
        #expect(await session.conversation.manner.volume == SpeechManner.usualVolume - 2)
    }
}

extension SpeechManner {
    fileprivate static func gain(_ decibels: Int) -> Float {
        var manner = SpeechManner()
        manner.volume += decibels / 3
        return manner.gain
    }
}
