import RiposteCore

/// Speaks text that arrives in pieces: cuts it into sentences, has them rendered one after the other, a bounded
/// time ahead of the listener, and gives the sound out in frames.
///
/// It ends with its listener: when the stream it made is dropped or the task that reads it is cancelled, reading
/// of text and rendering stop.
struct SpeechStream: Sendable {
    struct Configuration: Sendable, Equatable {
        /// Seconds; 20 ms is what network peers and echo cancellation work with.
        var frameDuration = 0.02
        /// Seconds of speech made ahead of the listener. A sentence is always finished once begun in engines that
        /// make it in one go.
        var lookAhead = 10.0
        /// Seconds without new text after which a finished sentence is spoken though more may follow.
        var patience = 0.25
        /// Seconds after the first text when something should be on its way to the listener, though no sentence is whole;
        /// and seconds before the listener has heard everything, for what follows.
        var hurry = 0.25
        var cutter = SentenceCutter.Configuration()

        init() {}
    }

    let renderer: any SentenceRenderer
    var configuration = Configuration()

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let clock = SpeechClock()
        return speak(clock) { parts(of: pieces, options, clock) }
    }

    func speak(_ text: String, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let (pieces, continuation) = AsyncStream<String>.makeStream()
        continuation.yield(text)
        continuation.finish()
        return speak(pieces, options: options)
    }

    /// Speaks parts as they come.
    /// - Parameter clock: is told what has been made.
    func speak(
        _ clock: SpeechClock = SpeechClock(),
        parts: @escaping @Sendable () async throws -> AsyncStream<SpeechPart>
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let queue = SpeechQueue(capacity: Int(configuration.lookAhead * Double(renderer.sampleRate)))
        let work = Task {
            do {
                try await run(try await parts(), clock, into: queue)
                queue.finish()
            } catch {
                queue.finish(throwing: error)
            }
        }
        let listener = Listener(queue: queue, work: work)
        return AsyncThrowingStream { try await listener.next() }
    }

    private func run(_ parts: AsyncStream<SpeechPart>, _ clock: SpeechClock, into queue: SpeechQueue) async throws {
        var output = FrameWriter(
            queue: queue, sampleRate: renderer.sampleRate,
            frameLength: Int(configuration.frameDuration * Double(renderer.sampleRate)))
        var previous: SpokenSentence?
        // Silence that was asked for since the last sound, in seconds.
        var pause: Double?
        for await part in parts {
            try Task.checkCancellation()
            switch part {
            case .pause(let seconds): pause = (pause ?? 0) + seconds
            case .mark(let name):
                // A mark is where it stands: behind the silence in front of it.
                if let seconds = pause {
                    output.addSilence(seconds: seconds, after: previous?.given)
                    pause = 0
                }
                output.add(mark: name)
            case .sentence(let sentence) where sentence.isSpeakable:
                let natural = (previous?.given.pause ?? 0) * SpeechOptions.normalRate / max(sentence.options.rate, 1)
                let start = output.position
                output = try await write(sentence, after: previous, pause: pause ?? natural, output)
                clock.made(seconds: Double(output.position - start) / Double(renderer.sampleRate))
                // A sentence that made no sound (nothing but symbols, say) leaves no second pause behind.
                guard output.hasSounded else { continue }
                previous = sentence
                pause = nil
            case .sentence: clock.made(seconds: 0)
            }
        }
        if let seconds = pause { output.addSilence(seconds: seconds, after: previous?.given) }
        output.finish()
        while let frame = output.takeFrame() { try await queue.send(frame) }
    }

    private func write(
        _ sentence: SpokenSentence, after previous: SpokenSentence?, pause: Double, _ given: FrameWriter
    ) async throws -> FrameWriter {
        var output = given
        let renderer = sentence.renderer
        output.begin(sentence.given, after: previous?.given, pause: pause, rate: sentence.options.rate)
        let writer = SentenceWriter(
            output, inputRate: renderer.sampleRate, gain: try await renderer.gain(for: sentence.options),
            volume: sentence.options.volume)
        try await renderer.render(sentence.sentence, options: sentence.options, to: writer)
        return try await writer.finish()
    }

    private func parts(
        of pieces: AsyncStream<String>, _ options: SpeechOptions, _ clock: SpeechClock
    ) -> AsyncStream<SpeechPart> {
        let (parts, continuation) = AsyncStream<SpeechPart>.makeStream()
        let text = TextReader(renderer.reading, understandsPhonemes: renderer.understandsPhonemes)
        let reader = SentenceReader(
            cutter: SentenceCutter(configuration: configuration.cutter),
            timing: .init(patience: configuration.patience, hurry: configuration.hurry, clock: clock), text: text,
            output: { [renderer] sentence, spoken in
                clock.ordered()
                continuation.yield(
                    .sentence(.init(given: sentence, spoken: spoken, options: options, renderer: renderer)))
            })
        let reading = Task {
            await reader.read(pieces)
            continuation.finish()
        }
        continuation.onTermination = { _ in reading.cancel() }
        return parts
    }
}

/// The listener's end of a speech stream. When the last reference goes, so does the work.
private final class Listener: Sendable {
    private let queue: SpeechQueue
    private let work: Task<Void, Never>

    init(queue: SpeechQueue, work: Task<Void, Never>) {
        self.queue = queue
        self.work = work
    }

    deinit {
        // First, so that what ends because nobody listens is no failure.
        work.cancel()
        queue.close()
    }

    func next() async throws -> SpokenFrame? {
        try await withTaskCancellationHandler {
            try await queue.next()
        } onCancel: {
            work.cancel()
        }
    }
}
