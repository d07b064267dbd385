import RiposteCore

extension AsyncThrowingStream where Element == SpokenFrame, Failure == any Error {
    /// The sound alone, as an audio sink takes it. It is pulled through frame by frame, so that the engine still waits
    /// for its listener, and ends with it.
    /// - Parameter onFrame: is told of each frame as it is handed on, with its text.
    public func audio(
        onFrame: @escaping @Sendable (SpokenFrame) -> Void = { _ in }
    ) -> AsyncThrowingStream<AudioFrame, any Error> {
        let reader = FrameReader(self, onFrame: onFrame)
        return AsyncThrowingStream<AudioFrame, any Error> { try await reader.next() }
    }
}

private actor FrameReader {
    private let iterator: AsyncThrowingStream<SpokenFrame, any Error>.Iterator
    private let onFrame: @Sendable (SpokenFrame) -> Void

    init(
        _ stream: AsyncThrowingStream<SpokenFrame, any Error>, onFrame: @escaping @Sendable (SpokenFrame) -> Void
    ) {
        iterator = stream.makeAsyncIterator()
        self.onFrame = onFrame
    }

    func next() async throws -> AudioFrame? {
        // A copy shares the stream's state; only its use is exclusive.
        var iterator = iterator
        guard let frame = try await iterator.next(isolation: self) else { return nil }
        onFrame(frame)
        return frame.audio
    }
}
