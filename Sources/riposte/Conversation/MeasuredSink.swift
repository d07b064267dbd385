import RiposteCore

/// A loudspeaker that takes note of when the first sound of an answer is handed to it.
struct MeasuredSink: AudioSink {
    let base: any AudioSink
    let usage: CloudUsage

    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>, onStart: @escaping @Sendable (Double) -> Void
    ) async throws -> Int {
        let frames = Frames(speech, usage)
        return try await base.play(AsyncThrowingStream { try await frames.next() }, onStart: onStart)
    }

    func setGain(_ gain: Float, onChange: @escaping @Sendable (Double) -> Void) {
        base.setGain(gain, onChange: onChange)
    }

    /// The frames of one speech on their way.
    private actor Frames {
        private var iterator: AsyncThrowingStream<AudioFrame, any Error>.Iterator
        private let usage: CloudUsage
        private let played = ContinuousClock.now

        init(_ speech: AsyncThrowingStream<AudioFrame, any Error>, _ usage: CloudUsage) {
            iterator = speech.makeAsyncIterator()
            self.usage = usage
        }

        func next() async throws -> AudioFrame? {
            var iterator = iterator
            let frame = try await iterator.next(isolation: self)
            self.iterator = iterator
            // An answer that goes on after it was held is none that begins.
            if frame?.position == 0 { usage.latestSpeech?.handedOver(played: played) }
            return frame
        }
    }
}
