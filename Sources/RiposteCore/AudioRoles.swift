/// Where sound comes from: a microphone, a file, a network peer.
public protocol AudioSource: Sendable {
    /// The sound from now on: consecutive mono frames at 16 kHz, until the source ends or fails.
    /// May be asked for once.
    func frames() -> AsyncThrowingStream<AudioFrame, any Error>
}

/// Where sound goes: a loudspeaker, a file, a network peer.
public protocol AudioSink: Sendable {
    /// Plays speech to its end, or until the task is cancelled (then it falls silent within a frame).
    /// - Parameter onStart: called when the first sample is heard, with the sink's clock in seconds since the
    ///   stream started (for a file: where in the file it stands).
    /// - Returns: how many samples, at the speech's own rate, were really heard.
    func play(
        _ speech: AsyncThrowingStream<AudioFrame, any Error>,
        onStart: @escaping @Sendable (_ seconds: Double) -> Void
    ) async throws -> Int

    /// Plays what sounds now, and the rest of it, louder or softer, smoothly within `gainRamp`. Every `play` begins at 1.
    /// A sink that cannot does nothing.
    /// - Parameters:
    ///   - gain: what amplitudes are multiplied with, 0 … 1.
    ///   - onChange: called with where on the sink's clock the change begins to be heard, in seconds.
    func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void)
}

extension AudioSink {
    /// How long a change of the gain takes, in seconds: short enough to be at once, long enough not to click.
    public static var gainRamp: Double { 0.02 }

    public func setGain(_ gain: Float, onChange: @escaping @Sendable (_ seconds: Double) -> Void) {}
}

/// A network that scores one window of sound after the other: voice activity, a wake word.
public protocol WindowScorer: Sendable {
    /// Samples a window, at 16 kHz.
    var windowLength: Int { get }
    /// The score of the next window, 0 … 1. Windows are consecutive; the scorer keeps its state between them.
    mutating func score(_ window: ArraySlice<Float>) throws -> Float
    /// Forgets everything heard so far.
    mutating func reset()
}

/// Says how likely the user is done speaking.
public protocol TurnDetector: Sendable {
    /// Loads and warms the model. Construction is cheap; this does the work. Calling it again does nothing.
    func load() async throws

    /// Lets go of the model, for a while in which it is not needed. It comes back by `load`, or late, when it is next
    /// used. Default: nothing.
    func unload() async

    /// - Parameters:
    ///   - audio: the sound of the turn so far, mono, 16 kHz.
    ///   - transcript: what has been understood of it so far; may be empty.
    /// - Returns: 0 … 1.
    func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double
}

extension TurnDetector {
    public func load() async throws {}
    public func unload() async {}
}
