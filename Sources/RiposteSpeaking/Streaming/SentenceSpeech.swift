import RiposteCore

/// Speaks sentence by sentence with whatever makes the sound of one sentence: what an engine of another target needs to
/// be a `Synthesizer`. Text is read, cut and paced as for the engines of this one.
///
/// ```swift
/// let speech = SentenceSpeech(sampleRate: 24_000) { sentence, options, write in
///     for try await samples in service.sound(of: sentence) { try await write(samples) }
/// }
/// ```
public struct SentenceSpeech: Sendable {
    /// Takes samples of the sentence, in order; waits while the listener has enough. Throws `CancellationError` when
    /// nobody listens any more.
    public typealias Write = @Sendable (_ samples: [Float]) async throws -> Void
    /// Makes the sound of one sentence at full volume, in as many parts as it likes, as early as it can.
    public typealias Render =
        @Sendable (_ sentence: String, _ options: SpeechOptions, _ write: @escaping Write) async throws -> Void

    private let renderer: Renderer

    /// - Parameter sampleRate: of what is rendered, in hertz.
    public init(sampleRate: Int, render: @escaping Render) {
        renderer = Renderer(sampleRate: sampleRate, make: render)
    }

    /// As `Synthesizer.speak`. What `render` throws ends the speech.
    public func speak(
        _ pieces: AsyncStream<String>, options: SpeechOptions
    ) -> AsyncThrowingStream<SpokenFrame, any Error> {
        SpeechStream(renderer: renderer).speak(pieces, options: options)
    }

    private struct Renderer: SentenceRenderer {
        let sampleRate: Int
        let make: Render
        var gain: Float? { nil }

        func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
            try await make(sentence.text, options) { try await writer.write($0) }
        }
    }
}
