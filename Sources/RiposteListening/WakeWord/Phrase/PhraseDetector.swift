import RiposteCore

/// Wake words that nobody trained: any phrase that is typed.
///
/// Voice activity opens a window; a small recogniser looks at it, as soon as the voice pauses, and every half second
/// while it goes on. Where nobody speaks, only voice activity runs.
///
/// ```swift
/// let listener = PhraseListener(folder: try store.folder(of: "whisper-tiny.en"), phrases: ["okay kitchen"])
/// let detector = PhraseDetector(listener, voiceActivity: try SileroScorer(folder: store.folder(of: "silero-vad")))
/// ```
public actor PhraseDetector: WakeWordDetector {
    public struct Configuration: Sendable {
        /// A score from this on is the phrase. Default 0.67, and 0.87 with a larger recogniser that confirms it
        /// (`riposte bench wake`).
        public var threshold: Double
        /// By phrase, where one is to have another threshold.
        public var thresholds: [String: Double] = [:]
        /// How the threshold follows what is heard in the room; nil keeps it.
        public var ambience: AmbientThreshold.Configuration? = .init()
        /// Seconds of sound that are looked at. Default 2.2.
        public var window = 2.2
        /// While a voice goes on, it is looked at every so many seconds. Default 0.5.
        public var interval = 0.5
        /// Where speech begins and pauses. Default: a syllable is enough, and a fifth of a second of silence.
        public var endpoint: EndpointDetector.Configuration

        /// - Parameter isConfirmed: whether the listener asks a larger recogniser as well.
        public init(isConfirmed: Bool = false) {
            threshold = isConfirmed ? 0.87 : 0.67
            endpoint = EndpointDetector.Configuration()
            endpoint.speechThreshold = 0.4
            endpoint.silenceThreshold = 0.25
            endpoint.minimumSpeech = 0.064
            endpoint.minimumPause = 0.192
            endpoint.endpointSilence = 0.7
            endpoint.preRoll = 0.3
        }

        /// The threshold for a sensitivity of 0 … 1; 0.5 is the default one.
        public static func threshold(sensitivity: Double, isConfirmed: Bool = false) -> Double {
            let logit =
                AmbientThreshold.logit(Configuration(isConfirmed: isConfirmed).threshold) + 8 * (0.5 - sensitivity)
            return AmbientThreshold.probability(logit)
        }
    }

    /// A look at a window: what a threshold is chosen by.
    public struct Look: Sendable {
        public var window: Range<Int>
        public var text: String
        public var confidence: Double
        public var likelihoods: [Double]
        public var similarities: [Double]
        public var scores: [Double]
        /// The larger recogniser's, where it was asked.
        public var confirmations: [Double]?
    }

    private let listener: PhraseListener
    private let fresh: any WindowScorer
    private let configuration: Configuration
    private var scorer: any WindowScorer
    private var cutter: FrameCutter
    private var endpoint: EndpointDetector
    /// For each phrase how the threshold follows the room; empty where it does not.
    private var ambience: [AmbientThreshold] = []
    /// For each phrase the best score in the speech since `spoken` in which nothing was told.
    private var best: [Double] = []
    private var spoken = 0
    /// The latest sound, and where it begins.
    private var sound: [Float] = []
    private var soundStart = 0
    /// Sound before this has been decided on.
    private var decided = 0
    private var looked = 0
    private let onLook: (@Sendable (Look) -> Void)?

    public nonisolated var words: [String] { listener.phrases }

    /// - Parameters:
    ///   - voiceActivity: a scorer of its own.
    ///   - configuration: nil: the default one for the listener.
    ///   - onLook: is told of every window that was looked at.
    public init(
        _ listener: PhraseListener, voiceActivity: any WindowScorer, configuration: Configuration? = nil,
        onLook: (@Sendable (Look) -> Void)? = nil
    ) {
        let configuration = configuration ?? Configuration(isConfirmed: listener.isConfirmed)
        self.listener = listener
        self.configuration = configuration
        self.onLook = onLook
        fresh = voiceActivity
        scorer = voiceActivity
        cutter = FrameCutter(length: voiceActivity.windowLength)
        endpoint = EndpointDetector(configuration: configuration.endpoint)
        ambience = Self.ambience(of: listener, configuration)
    }

    private static func ambience(of listener: PhraseListener, _ configuration: Configuration) -> [AmbientThreshold] {
        guard let ambience = configuration.ambience else { return [] }
        return listener.phrases.map { _ in AmbientThreshold(configuration: ambience) }
    }

    /// Nothing: the recogniser comes when somebody speaks. Asleep it would only take memory.
    public func load() {}

    public func detect(in frame: AudioFrame) async throws -> [WakeWordDetection] {
        let expected = cutter.end ?? frame.position
        if try !cutter.append(frame) {
            begin()
            // What was heard of another stream's time would count for long, or rise.
            if frame.position < expected { ambience = Self.ambience(of: listener, configuration) }
        }
        var detections: [WakeWordDetection] = []
        while let window = cutter.next() {
            detections += try await hear(window.samples, at: window.position)
        }
        return detections
    }

    public func finish() async throws -> [WakeWordDetection] {
        guard let end = cutter.end else { return [] }
        var detections: [WakeWordDetection] = []
        if let rest = cutter.last() { detections = try await hear(rest.samples, at: rest.position) }
        if endpoint.isConfirmed, looked < end { detections += try await look(at: end) }
        return detections.map { detection in
            var detection = detection
            detection.position = min(detection.position, end)
            detection.speech = min(detection.speech.lowerBound, end)..<min(detection.speech.upperBound, end)
            return detection
        }
    }

    public func reset() {
        cutter.reset()
        begin()
        ambience = Self.ambience(of: listener, configuration)
    }

    private func begin() {
        scorer = fresh
        scorer.reset()
        endpoint = EndpointDetector(configuration: configuration.endpoint)
        (sound, soundStart, decided, looked, best) = ([], 0, 0, 0, [])
    }

    private func hear(_ samples: [Float], at position: Int) async throws -> [WakeWordDetection] {
        if sound.isEmpty { (soundStart, decided, looked) = (position, position, position) }
        sound += samples
        let end = position + samples.count
        keep(until: end)
        let probability = try scorer.score(samples[...])
        let event = endpoint.process(probability, window: position..<end)
        switch event {
        case .pauseStarted, .endpoint, .misfire:
            if case .endpoint = event { settle(at: end) }
            // What was looked at since the voice stopped has been seen already; a click is not looked at.
            guard case .pauseStarted(let stopped) = event, looked < stopped, endpoint.isConfirmed else { return [] }
            return try await look(at: end)
        case .speechStarted:
            (looked, spoken, best) = (position, position, [])
            return []
        case .speechResumed, nil:
            guard endpoint.state == .speaking, end - looked >= count(configuration.interval) else {
                // Now and then, so that nobody is woken for every window.
                if endpoint.state == .silence, (end - looked) % 16_000 < samples.count {
                    await listener.rested(for: Double(end - looked) / 16_000)
                }
                return []
            }
            return try await look(at: end)
        }
    }

    private func look(at end: Int) async throws -> [WakeWordDetection] {
        let from = max(endpoint.audioStart ?? decided, decided, end - count(configuration.window), soundStart)
        looked = end
        guard end - from >= Self.shortest else { return [] }
        let window = from..<end
        let look = try await listener.look(at: Array(sound[(from - soundStart)..<min(sound.count, end - soundStart)]))
        onLook?(
            Look(
                window: window, text: look.text, confidence: look.confidence, likelihoods: look.likelihoods,
                similarities: look.similarities, scores: look.scores, confirmations: look.confirmations))
        let heard = look.scores.enumerated().filter { $0.element >= threshold(of: $0.offset, at: end) }
            .max { $0.element < $1.element }
        guard let heard else {
            best = best.isEmpty ? look.scores : zip(best, look.scores).map { max($0, $1) }
            // Who talks without a pause is no user.
            if end - spoken >= Self.longestSpeech { settle(at: end) }
            return []
        }
        (decided, spoken, best) = (end, end, [])
        // The half word before, or the try before, was the word.
        for index in ambience.indices { ambience[index].told(at: end) }
        return [WakeWordDetection(word: words[heard.offset], position: end, speech: window, score: heard.element)]
    }

    private func threshold(of phrase: Int, at position: Int) -> Double {
        let base = configuration.thresholds[words[phrase]] ?? configuration.threshold
        return ambience.isEmpty ? base : ambience[phrase].threshold(base, at: position)
    }

    /// The speech since `spoken` was not the phrases: the room's.
    private func settle(at end: Int) {
        for (index, score) in best.enumerated() where index < ambience.count {
            ambience[index].heard(score, at: end)
        }
        (spoken, best) = (end, [])
    }

    /// Lets go of sound that no window needs.
    private func keep(until end: Int) {
        let needed = end - count(configuration.window + configuration.endpoint.preRoll) - 16_000
        guard needed - soundStart > 16_000 else { return }
        sound.removeFirst(min(sound.count, needed - soundStart))
        soundStart = needed
    }

    /// Less has no word in it, in samples: 0.2 s.
    private static let shortest = 3_200
    /// Speech that goes on is the room's after so many samples: 5 s.
    private static let longestSpeech = 80_000

    private func count(_ seconds: Double) -> Int { Int(seconds * 16_000) }
}
