import RiposteAudio
import RiposteCore
import RiposteSpeaking

/// Speaks with the first of several voices that makes a sound; the last one is local and always there.
///
/// Each sentence is given to the voices anew. When one breaks off in the middle of a sentence, the next one says the
/// sentence from its start, as a person does who was interrupted.
public struct FailoverSynthesizer: Synthesizer {
    public let name: String
    /// That of the first voice; others are resampled.
    public let sampleRate: Int
    /// Those of the local voice, which a user may choose among.
    public let voices: [Voice]
    private let order: EngineOrder<any Synthesizer>
    private let voice: String?

    /// - Parameters:
    ///   - services: in the order they are preferred in.
    ///   - local: speaks when none of them does.
    ///   - voice: the services' voice; nil is their default. The voice in `SpeechOptions` is the local one's.
    ///   - usage: is told who spoke and what failed.
    ///   - onChange: is told, in words, when a service is left alone and when it is back.
    public init(
        _ services: [any Synthesizer & RemoteEngine], local: any Synthesizer, voice: String? = nil,
        configuration: FailoverPolicy.Configuration = .init(), usage: CloudUsage? = nil,
        onChange: @escaping @Sendable (String) -> Void = { _ in }
    ) {
        typealias Member = EngineOrder<any Synthesizer>.Member
        var members = services.map { service in
            Member(engine: service, name: service.name, probe: { try await service.probe() })
        }
        members.append(Member(engine: local, name: local.name, probe: nil))
        name = members.map(\.name).joined(separator: ", ")
        sampleRate = members[0].engine.sampleRate
        voices = local.voices
        self.voice = voice
        order = EngineOrder(
            members, stage: .synthesis, configuration: configuration, usage: usage, onChange: onChange)
    }

    /// Loads the local voice, and the services as far as they can be reached: one that cannot will be tried again.
    public func load() async throws { try await order.load { try await $0.load() } }

    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let arrival = order.usage?.beginSpeech()
        return SentenceSpeech(sampleRate: sampleRate) { sentence, options, write in
            try await SpeechArrival.$current.withValue(arrival) { try await render(sentence, options, write) }
        }.speak(pieces, options: options)
    }

    private func render(_ sentence: String, _ options: SpeechOptions, _ write: @escaping SentenceSpeech.Write)
        async throws
    {
        var attempt = order.begin()
        while true {
            do {
                try await say(sentence, options, attempt, write)
                order.succeeded(attempt)
                order.usage?.spoken(by: order.name(of: attempt))
                return
            } catch {
                try Task.checkCancellation()
                attempt = try await order.next(after: attempt, error)
            }
        }
    }

    private func say(
        _ sentence: String, _ options: SpeechOptions, _ attempt: FailoverPolicy.Attempt,
        _ write: @escaping SentenceSpeech.Write
    ) async throws {
        let engine = order.engine(of: attempt)
        var options = options
        // The volume is applied to what is written.
        options.volume = 1
        if attempt.engine < order.members.count - 1 { options.voice = voice }
        let frames = Frames(engine.speak(sentence, options: options))
        var resampler = engine.sampleRate == sampleRate ? nil : Resampler(from: engine.sampleRate, to: sampleRate)
        // Only the first sound is waited for so long; after that the pace is the listener's.
        var frame = try await order.limited(attempt) { try await frames.next() }
        guard frame != nil || attempt.engine == order.members.count - 1 else {
            throw RiposteError(.engineFailed, .synthesis, "\(engine.name) has made no sound.")
        }
        while let samples = frame?.audio.samples {
            try await write(resampler?.process(samples) ?? samples)
            var ongoing = attempt
            ongoing.start = order.now
            frame = try await order.limited(ongoing) { try await frames.next() }
        }
        if let rest = resampler?.finish() { try await write(rest) }
    }

    /// The frames of one speech, for one reader after the other.
    private actor Frames {
        private var iterator: AsyncThrowingStream<SpokenFrame, any Error>.Iterator

        init(_ speech: AsyncThrowingStream<SpokenFrame, any Error>) { iterator = speech.makeAsyncIterator() }

        func next() async throws -> SpokenFrame? {
            var iterator = iterator
            let frame = try await iterator.next(isolation: self)
            self.iterator = iterator
            return frame
        }
    }
}
