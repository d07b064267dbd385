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
        var cutter = SentenceCutter.Configuration()

        init() {}
    }

    let renderer: any SentenceRenderer
    var configuration = Configuration()

    func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let queue = SpeechQueue(capacity: Int(configuration.lookAhead * Double(renderer.sampleRate)))
        let work = Task {
            do {
                try await run(pieces, options, into: queue)
                queue.finish()
            } catch {
                queue.finish(throwing: error)
            }
        }
        let listener = Listener(queue: queue, work: work)
        return AsyncThrowingStream { try await listener.next() }
    }

    func speak(_ text: String, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let (pieces, continuation) = AsyncStream<String>.makeStream()
        continuation.yield(text)
        continuation.finish()
        return speak(pieces, options: options)
    }

    private func run(_ pieces: AsyncStream<String>, _ options: SpeechOptions, into queue: SpeechQueue) async throws {
        var output = FrameWriter(
            queue: queue, sampleRate: renderer.sampleRate,
            frameLength: Int(configuration.frameDuration * Double(renderer.sampleRate)))
        var previous: Sentence?
        for await sentence in sentences(of: pieces) where sentence.isSpeakable {
            try Task.checkCancellation()
            let pause = (previous?.pause ?? 0) * 175 / max(options.rate, 1)
            output.begin(sentence, after: previous, pause: pause, rate: options.rate)
            let writer = SentenceWriter(output, gain: renderer.gain, volume: options.volume)
            try await renderer.render(sentence, options: options, to: writer)
            output = try await writer.finish()
            // A sentence that made no sound (nothing but symbols, say) leaves no second pause behind.
            if output.hasSounded { previous = sentence }
        }
    }

    private func sentences(of pieces: AsyncStream<String>) -> AsyncStream<Sentence> {
        let (sentences, continuation) = AsyncStream<Sentence>.makeStream()
        let reader = SentenceReader(
            cutter: SentenceCutter(configuration: configuration.cutter), patience: configuration.patience,
            output: continuation)
        let reading = Task { await reader.read(pieces) }
        continuation.onTermination = { _ in reading.cancel() }
        return sentences
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
        queue.close()
        work.cancel()
    }

    func next() async throws -> SpokenFrame? {
        try await withTaskCancellationHandler {
            try await queue.next()
        } onCancel: {
            work.cancel()
        }
    }
}

/// Turns pieces of text into sentences as they come.
private actor SentenceReader {
    private var cutter: SentenceCutter
    private let patience: Double
    private let output: AsyncStream<Sentence>.Continuation
    private var flushing: Task<Void, Never>?

    init(cutter: SentenceCutter, patience: Double, output: AsyncStream<Sentence>.Continuation) {
        self.cutter = cutter
        self.patience = patience
        self.output = output
    }

    func read(_ pieces: AsyncStream<String>) async {
        for await piece in pieces {
            flushing?.cancel()
            give(cutter.append(piece))
            flushing = Task { [patience] in
                guard (try? await Task.sleep(for: .seconds(patience))) != nil else { return }
                flush()
            }
        }
        flushing?.cancel()
        give(cutter.finish())
        output.finish()
    }

    private func flush() {
        guard !Task.isCancelled, let sentence = cutter.flushIfComplete() else { return }
        give([sentence])
    }

    private func give(_ sentences: [Sentence]) {
        for sentence in sentences { output.yield(sentence) }
    }
}
