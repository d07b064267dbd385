import RiposteCore

/// A shared voice as one client uses it: the first sound of an answer waits its turn. What follows is made while the
/// client listens, sentence by sentence, in turn with the others' on the voice's own thread.
struct QueuedSynthesizer: Synthesizer {
    let base: any Synthesizer
    let client: EngineClient

    var name: String { base.name }
    var sampleRate: Int { base.sampleRate }
    var voices: [Voice] { base.voices }

    func load() async throws { try await base.load() }

    func speak(_ pieces: AsyncStream<String>, options: SpeechOptions) -> AsyncThrowingStream<SpokenFrame, any Error> {
        let speech = QueuedSpeech(base, client, pieces, options, Speculation.current)
        return AsyncThrowingStream { try await speech.next() }
    }
}

/// One answer's speech.
private actor QueuedSpeech {
    private let base: any Synthesizer
    private let client: EngineClient
    private let options: SpeechOptions
    private let speculation: Speculation?
    private let pieces: TextPieces
    private var hasBegun = false
    private var frames: AsyncThrowingStream<SpokenFrame, any Error>.Iterator?

    /// A voice that still waits for text after so many seconds does not keep others waiting.
    private static let longestTurn = 0.3

    init(
        _ base: any Synthesizer, _ client: EngineClient, _ pieces: AsyncStream<String>, _ options: SpeechOptions,
        _ speculation: Speculation?
    ) {
        self.base = base
        self.client = client
        self.options = options
        self.speculation = speculation
        self.pieces = TextPieces(pieces)
    }

    func next() async throws -> SpokenFrame? {
        guard var iterator = frames else { return try await begin() }
        let frame = try await iterator.next(isolation: self)
        frames = iterator
        return frame
    }

    /// Waits for the first text, then for the voice.
    private func begin() async throws -> SpokenFrame? {
        guard !hasBegun else { return nil }
        hasBegun = true
        guard let first = await pieces.next() else { return nil }
        let (relayed, output) = AsyncStream.makeStream(of: String.self)
        output.yield(first)
        let relay = Task { [pieces] in
            while let piece = await pieces.next() { output.yield(piece) }
            output.finish()
        }
        output.onTermination = { _ in relay.cancel() }
        let queue = client.queue
        let work = EngineWork(.speech, on: .synthesis, for: client.number, speculation: speculation)
        let number: Int
        do {
            number = try await queue.enter(work)
        } catch {
            relay.cancel()
            throw error
        }
        let limit = Task {
            try await Task.sleep(for: .seconds(Self.longestTurn))
            queue.leave(number)
        }
        defer {
            limit.cancel()
            queue.leave(number)
        }
        var iterator = base.speak(relayed, options: options).makeAsyncIterator()
        let frame = try await iterator.next(isolation: self)
        frames = iterator
        return frame
    }
}

/// Text as it comes; asked by one task at a time.
private actor TextPieces {
    private var iterator: AsyncStream<String>.Iterator

    init(_ pieces: AsyncStream<String>) { iterator = pieces.makeAsyncIterator() }

    func next() async -> String? {
        var iterator = iterator
        let piece = await iterator.next(isolation: self)
        self.iterator = iterator
        return piece
    }
}
