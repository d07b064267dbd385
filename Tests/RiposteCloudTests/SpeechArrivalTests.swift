import RiposteCloud
import RiposteCore
import RiposteTesting
import Testing

@testable import riposte

/// What a trace tells of the way of an answer's first sound.
@Suite(.timeLimit(.minutes(10))) struct SpeechArrivalTests {
    /// A voice whose sound comes from elsewhere.
    private struct Service: Synthesizer, RemoteEngine {
        let base = ScriptedSynthesizer()
        let name = "service"
        var sampleRate: Int { base.sampleRate }
        var voices: [Voice] { base.voices }
        var fails = false

        func load() {}
        func probe() {}

        func speak(
            _ pieces: AsyncStream<String>, options: SpeechOptions
        ) -> AsyncThrowingStream<SpokenFrame, any Error> {
            if !fails { SpeechArrival.current?.received(from: name) }
            return fails ? AsyncThrowingStream { nil } : base.speak(pieces, options: options)
        }
    }

    /// Takes sound as quickly as it can.
    private struct Sink: AudioSink {
        func play(
            _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
        ) async throws -> Int {
            var count = 0
            for try await frame in speech { count += frame.samples.count }
            return count
        }
    }

    /// What a loudspeaker is given of a text.
    private func frames(_ voice: any Synthesizer, _ text: String) -> AsyncThrowingStream<AudioFrame, any Error> {
        let speech = voice.speak(text)
        return AsyncThrowingStream { output in
            Task {
                for try await frame in speech { output.yield(frame.audio) }
                output.finish()
            }
        }
    }

    @Test func tellsWhenTheFirstSoundCameAndWent() async throws {
        let usage = CloudUsage()
        let voice = FailoverSynthesizer([Service()], local: ScriptedSynthesizer(), usage: usage)
        let sink = MeasuredSink(base: Sink(), usage: usage)
        // Prepared before it may sound.
        let prepared = frames(voice, "One two.")
        try await Task.sleep(for: .milliseconds(50))
        _ = try await sink.play(prepared) { _ in }
        let first = try #require(usage.take().speech)
        #expect(first.engine == "service")
        #expect(first.releasedAt > first.firstByteAt)
        #expect(first.handedOverAt >= first.releasedAt)
        #expect(abs(first.handOverMs - 1000 * (first.handedOverAt - first.releasedAt)) < 0.01)
        #expect(usage.take().speech == nil, "it is told once")
        // An answer that goes on after it was held does not begin anew.
        let held = AsyncThrowingStream<AudioFrame, any Error> { output in
            output.yield(AudioFrame(samples: [0.5], sampleRate: 16_000, position: 320))
            output.finish()
        }
        _ = try await sink.play(held) { _ in }
        #expect(usage.take().speech == nil)
    }

    @Test func tellsNothingOfTheLocalVoice() async throws {
        let usage = CloudUsage()
        var configuration = FailoverPolicy.Configuration()
        configuration.attempts = 1
        let voice = FailoverSynthesizer(
            [Service(fails: true)], local: ScriptedSynthesizer(), configuration: configuration, usage: usage)
        _ = try await MeasuredSink(base: Sink(), usage: usage).play(frames(voice, "One.")) { _ in }
        let report = usage.take()
        #expect(report.speech == nil)
        #expect(report.voices == ["scripted"])
    }

    /// Conversations that share engines have an account each.
    @Test func isOfTheConversationThatAsks() async throws {
        let (shared, own) = (CloudUsage(), CloudUsage())
        let voice = FailoverSynthesizer([Service()], local: ScriptedSynthesizer(), usage: shared)
        try await CloudUsage.$current.withValue(own) {
            for try await _ in voice.speak("One.") {}
            shared.failed("service", "no reason")
        }
        #expect(shared.take().isEmpty)
        let report = own.take()
        #expect(report.voices == ["service"])
        #expect(report.services.map(\.failures) == [["no reason"]])
    }
}
