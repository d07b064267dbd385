import RiposteAudio
import RiposteCore

/// Waits for wake words in a stream of sound.
actor WyomingWaking {
    private let detector: any WakeWordDetector
    private let names: Set<String>
    private let send: @Sendable (WyomingEvent) async throws -> Void
    private var position = 0
    private var hasDetected = false

    /// - Parameter names: the words that are waited for; empty: all there are.
    /// - Throws: `.badInput` where there are none or one is not known.
    init(
        engines: SpeechEngines, names: [String], send: @escaping @Sendable (WyomingEvent) async throws -> Void
    ) throws {
        let words = names.isEmpty ? engines.wakeWords : names
        for word in words where !engines.wakeWords.contains(word) {
            throw RiposteError(.badInput, .wakeWord, "The wake word '\(word)' is not waited for here.")
        }
        self.names = Set(words)
        self.send = send
        detector = try engines.wakeWordDetector(words)
    }

    func load() async throws { try await detector.load() }

    /// - Parameter samples: mono, 16 kHz.
    func append(_ samples: [Float]) async throws {
        guard !samples.isEmpty else { return }
        let frame = AudioFrame(samples: samples, sampleRate: Waterfall.sampleRate, position: position)
        position = frame.end
        try await tell(try await detector.detect(in: frame))
    }

    /// The sound has ended.
    func finish() async throws {
        try await tell(try await detector.finish())
        if !hasDetected { try await send(WyomingEvent("not-detected")) }
    }

    private func tell(_ detections: [WakeWordDetection]) async throws {
        for detection in detections where names.contains(detection.word) {
            hasDetected = true
            let milliseconds = Waterfall.milliseconds(detection.position).rounded()
            try await send(
                WyomingEvent(
                    "detection", ["name": .text(detection.word), "timestamp": .number(milliseconds)]))
        }
    }
}
