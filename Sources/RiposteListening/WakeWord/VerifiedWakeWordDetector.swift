import RiposteCore

/// Any engine with a second stage: what it hears is told only when the recogniser confirms it.
///
/// ```swift
/// var configuration = PorcupineDetector.Configuration()
/// configuration.sensitivity = 1
/// let engine = try PorcupineDetector(folder: folder, words: ["computer"], configuration: configuration)
/// let detector = VerifiedWakeWordDetector(engine, verifier: PhraseVerifier(listener))
/// ```
public actor VerifiedWakeWordDetector: WakeWordDetector {
    public struct Configuration: Sendable, Equatable {
        /// The recogniser's score from which on a word is confirmed. Default 0.01: low, because the engine has heard the
        /// word already. Of 180 recordings of words none scores less than 0.02, of a thousand looks at other speech at
        /// most two in a hundred score more than 0.01 (`riposte bench wake`).
        public var threshold = 0.01

        public init() {}
    }

    private let engine: any WakeWordDetector
    private let verifier: PhraseVerifier
    private let configuration: Configuration
    private var recent: [Float] = []
    private var end: Int?

    public nonisolated let words: [String]

    public init(_ engine: any WakeWordDetector, verifier: PhraseVerifier, configuration: Configuration = .init()) {
        self.engine = engine
        self.verifier = verifier
        self.configuration = configuration
        words = engine.words
    }

    /// Loads the engine. The recogniser comes when there is something to confirm: asleep it would only take memory.
    public func load() async throws { try await engine.load() }

    public func detect(in frame: AudioFrame) async throws -> [WakeWordDetection] {
        if end != frame.position { recent = [] }
        end = frame.end
        recent += frame.samples
        let detections = try await confirmed(engine.detect(in: frame))
        if recent.count > 2 * PhraseVerifier.window { recent.removeFirst(recent.count - PhraseVerifier.window) }
        return detections
    }

    public func finish() async throws -> [WakeWordDetection] { try await confirmed(engine.finish()) }

    public func reset() async {
        (recent, end) = ([], nil)
        await engine.reset()
    }

    private func confirmed(_ detections: [WakeWordDetection]) async throws -> [WakeWordDetection] {
        guard let end else { return [] }
        var confirmed: [WakeWordDetection] = []
        for var detection in detections {
            let start = end - recent.count
            let last = min(recent.count, max(0, detection.position - start))
            let look = try await verifier.look(
                for: detection.word, in: Array(recent[max(0, last - PhraseVerifier.window)..<last]))
            guard look.score >= configuration.threshold else { continue }
            detection.score = look.score
            confirmed.append(detection)
        }
        return confirmed
    }
}
