/// A run of mono sound, as it moves between stages.
///
/// Positions count samples from the start of the stream, at the frame's own sample rate. The position is
/// the clock: every decision and every latency is expressed in it, so that a recording replayed faster
/// than real time gives the same decisions.
public struct AudioFrame: Sendable, Equatable {
    /// Samples in −1 … 1.
    public var samples: [Float]
    /// In hertz. Listening works at 16 000.
    public var sampleRate: Int
    /// The index of the first sample, counted from the start of the stream.
    public var position: Int

    public init(samples: [Float], sampleRate: Int, position: Int) {
        self.samples = samples
        self.sampleRate = sampleRate
        self.position = position
    }

    /// The position just after the last sample.
    public var end: Int { position + samples.count }

    /// The frame's length in seconds.
    public var duration: Double { Double(samples.count) / Double(sampleRate) }
}
