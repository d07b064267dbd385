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
        /// The recogniser's score from which on a word is confirmed: low, because the engine has heard the word already.
        /// Default 0.01, and 0.1 where a larger recogniser is asked as well (`riposte bench wake`).
        public var threshold: Double

        /// - Parameter isConfirmed: whether the verifier asks a larger recogniser as well.
        public init(isConfirmed: Bool = false) { threshold = isConfirmed ? 0.1 : 0.01 }
    }

    private let engine: any WakeWordDetector
    private let verifier: PhraseVerifier
    private let configuration: Configuration
    private var recent: [Float] = []
    private var end: Int?
    /// What was refused, and where it is looked at once more: an engine that is early may have told a word before its
    /// end, and is quiet for a while then.
    private var refused: [(detection: WakeWordDetection, again: Int)] = []
    /// Where the recogniser was asked last.
    private var looked = 0

    public nonisolated let words: [String]

    /// - Parameter configuration: nil: the default one for the verifier.
    public init(_ engine: any WakeWordDetector, verifier: PhraseVerifier, configuration: Configuration? = nil) {
        let configuration = configuration ?? Configuration(isConfirmed: verifier.isConfirmed)
        self.engine = engine
        self.verifier = verifier
        self.configuration = configuration
        words = engine.words
    }

    /// Loads the engine. The recogniser comes when there is something to confirm: asleep it would only take memory.
    public func load() async throws { try await engine.load() }

    public func detect(in frame: AudioFrame) async throws -> [WakeWordDetection] {
        let heard = try await engine.detect(in: frame)
        if end != frame.position { (recent, refused, looked) = ([], [], frame.position) }
        end = frame.end
        recent += frame.samples
        let detections = try await confirmed(heard, until: frame.end)
        if recent.count > 2 * PhraseVerifier.window { recent.removeFirst(recent.count - PhraseVerifier.window) }
        // Now and then, so that nobody is woken for every frame.
        if (frame.end - looked) % 16_000 < frame.samples.count {
            await verifier.rested(for: Double(frame.end - looked) / 16_000)
        }
        return detections
    }

    public func finish() async throws -> [WakeWordDetection] {
        let heard = try await engine.finish()
        guard let end else { return [] }
        refused = refused.map { ($0.detection, min($0.again, end)) }
        let detections = try await confirmed(heard, until: end)
        refused = []
        return detections
    }

    public func reset() async {
        (recent, refused, end, looked) = ([], [], nil, 0)
        await engine.reset()
    }

    /// - Parameter end: of what is in `recent`.
    private func confirmed(_ detections: [WakeWordDetection], until end: Int) async throws -> [WakeWordDetection] {
        var confirmed: [WakeWordDetection] = []
        for detection in detections {
            if let found = try await look(for: detection, at: detection.position, until: end) {
                confirmed.append(found)
            } else {
                refused.append((detection, detection.position + PhraseVerifier.again))
            }
        }
        let due = refused.filter { $0.again <= end }
        refused.removeAll { $0.again <= end }
        for (detection, again) in due {
            if let found = try await look(for: detection, at: again, until: end) { confirmed.append(found) }
        }
        return confirmed.sorted { $0.position < $1.position }
    }

    private func look(
        for detection: WakeWordDetection, at position: Int, until end: Int
    ) async throws -> WakeWordDetection? {
        let last = min(recent.count, max(0, position - (end - recent.count)))
        looked = end
        let look = try await verifier.look(
            for: detection.word, in: Array(recent[max(0, last - PhraseVerifier.window)..<last]))
        guard look.score >= configuration.threshold else { return nil }
        var detection = detection
        (detection.score, detection.position) = (look.score, position)
        return detection
    }
}
