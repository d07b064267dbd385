/// Finds where an utterance starts, pauses and ends, from the voice-activity probability of one window after the other.
///
/// A pure value: no clock and no I/O; the windows' positions are the time.
///
///     probability  ▁▁▁▇▇▇▇▇▇▁▁▁▁▇▇▇▇▁▁▁▁▁▁▁▁▁▁▁▁▁▁
///     state        silence│speaking  │pause│speaking│pause        │silence
///     event               │speechStarted   │speechResumed         │endpoint
///                                    │pauseStarted  │pauseStarted
///
/// Speech starts at a probability of `speechThreshold` and lasts until it falls below `silenceThreshold`; the gap
/// between the two keeps a wavering voice from being cut into pieces.
public struct EndpointDetector: Sendable {
    public struct Configuration: Sendable, Equatable, Codable {
        /// In hertz.
        public var sampleRate = 16_000
        /// Speech starts at or above this probability. Default 0.5, Silero's own.
        public var speechThreshold: Float = 0.5
        /// Speech lasts until the probability falls below this. Default 0.35, Silero's own (0.15 less).
        public var silenceThreshold: Float = 0.35
        /// Speech shorter than this, in seconds, is a misfire (a click, a cough). Default 0.3.
        public var minimumSpeech = 0.3
        /// Silence that makes a pause worth telling, in seconds. Default 0.096: three windows of Silero.
        public var minimumPause = 0.096
        /// Silence that ends the utterance, in seconds. Default 0.7.
        public var endpointSilence = 0.7
        /// Sound kept from before the detected start, in seconds, so that no first syllable is lost. Default 0.5.
        public var preRoll = 0.5

        public init() {}
    }

    public enum State: Sendable, Equatable {
        case silence, speaking, pause
    }

    /// Positions are samples from the start of the stream.
    public enum Event: Sendable, Equatable {
        /// The first window with speech starts here.
        case speechStarted(at: Int)
        /// The last window with speech ended here, at least `minimumPause` ago.
        case pauseStarted(at: Int)
        /// Speech again after a pause, in the same utterance.
        case speechResumed(at: Int)
        /// The utterance is over: `endpointSilence` has passed since `speechEnd`.
        case endpoint(speechStart: Int, speechEnd: Int)
        /// What had started was too short to be speech.
        case misfire(speechStart: Int, speechEnd: Int)
    }

    public private(set) var configuration: Configuration
    public private(set) var state = State.silence

    private var speechStart = 0
    /// The end of the last window with speech.
    private var speechEnd = 0
    private var pauseTold = false
    private var speechSamples = 0
    /// Sound before this belongs to an earlier utterance.
    private var earliestStart = 0
    private var utteranceAudioStart = 0

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// Samples of speech in the utterance so far, pauses not counted; 0 in silence.
    public var speechLength: Int { state == .silence ? 0 : speechSamples }

    /// Whether the utterance so far is long enough to be no misfire.
    public var isConfirmed: Bool { speechLength >= samples(configuration.minimumSpeech) }

    /// From where on the utterance's sound is wanted: its start less the pre-roll, but nothing of the utterance
    /// before. nil in silence.
    public var audioStart: Int? { state == .silence ? nil : utteranceAudioStart }

    /// Takes the score of the next window.
    /// - Parameters:
    ///   - probability: of speech, 0 … 1.
    ///   - window: the window's samples, counted from the start of the stream. Windows follow each other.
    /// - Returns: what has happened, at most one event.
    public mutating func process(_ probability: Float, window: Range<Int>) -> Event? {
        switch state {
        case .silence:
            guard probability >= configuration.speechThreshold else { return nil }
            state = .speaking
            speechStart = window.lowerBound
            speechEnd = window.upperBound
            speechSamples = window.count
            pauseTold = false
            utteranceAudioStart = max(earliestStart, speechStart - samples(configuration.preRoll))
            return .speechStarted(at: speechStart)
        case .speaking where probability >= configuration.silenceThreshold:
            speechEnd = window.upperBound
            speechSamples += window.count
            return nil
        case .pause where probability >= configuration.speechThreshold:
            return resume(at: window)
        case .speaking, .pause:
            state = .pause
            return pause(until: window.upperBound)
        }
    }

    /// The stream is over: what had started ends here.
    public mutating func finish() -> Event? {
        state == .silence ? nil : end()
    }

    /// Back to silence, keeping nothing of the utterance.
    /// - Parameter position: sound before it will not be part of a pre-roll.
    public mutating func reset(at position: Int = 0) {
        state = .silence
        earliestStart = position
    }

    /// Changes how much silence ends an utterance, from the next window on.
    /// - Parameter endpointSilence: in seconds.
    public mutating func setEndpointSilence(_ endpointSilence: Double) {
        configuration.endpointSilence = endpointSilence
    }

    /// What has sounded as speech since a position was not the speaker's: their pause began there.
    /// - Returns: the pause; nil when there is no speech, or a pause was told already.
    public mutating func withdrawSpeech(since position: Int) -> Event? {
        guard state != .silence, !pauseTold, position > speechStart else { return nil }
        speechSamples = max(0, speechSamples - max(0, speechEnd - position))
        speechEnd = min(speechEnd, position)
        state = .pause
        pauseTold = true
        return .pauseStarted(at: speechEnd)
    }

    private mutating func resume(at window: Range<Int>) -> Event? {
        state = .speaking
        speechEnd = window.upperBound
        speechSamples += window.count
        // A pause that was too short to be told has no end to tell either.
        guard pauseTold else { return nil }
        pauseTold = false
        return .speechResumed(at: window.lowerBound)
    }

    private mutating func pause(until position: Int) -> Event? {
        let silence = position - speechEnd
        if silence >= samples(configuration.endpointSilence) { return end() }
        guard !pauseTold, silence >= samples(configuration.minimumPause) else { return nil }
        pauseTold = true
        return .pauseStarted(at: speechEnd)
    }

    private mutating func end() -> Event {
        let isSpeech = isConfirmed
        state = .silence
        earliestStart = speechEnd
        return isSpeech
            ? .endpoint(speechStart: speechStart, speechEnd: speechEnd)
            : .misfire(speechStart: speechStart, speechEnd: speechEnd)
    }

    private func samples(_ seconds: Double) -> Int { Int((seconds * Double(configuration.sampleRate)).rounded()) }
}
