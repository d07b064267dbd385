import RiposteCore

/// Several detectors side by side, as one. Words that more than one of them hears are told once.
public actor WakeWordDetectors: WakeWordDetector {
    private let detectors: [any WakeWordDetector]
    /// When each word was last told.
    private var told: [String: Int] = [:]

    /// The same word within this many samples is the same one: a second.
    private static let debounce = 16_000

    public nonisolated let words: [String]

    public init(_ detectors: [any WakeWordDetector]) {
        self.detectors = detectors
        words = detectors.flatMap(\.words).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
    }

    public func load() async throws {
        for detector in detectors { try await detector.load() }
    }

    public func detect(in frame: AudioFrame) async throws -> [WakeWordDetection] {
        try await joined { try await $0.detect(in: frame) }
    }

    public func finish() async throws -> [WakeWordDetection] { try await joined { try await $0.finish() } }

    public func reset() async {
        told = [:]
        for detector in detectors { await detector.reset() }
    }

    private func joined(
        _ body: (any WakeWordDetector) async throws -> [WakeWordDetection]
    ) async throws -> [WakeWordDetection] {
        var all: [WakeWordDetection] = []
        for detector in detectors { all += try await body(detector) }
        return all.sorted { $0.position < $1.position }.filter { detection in
            // A stream that begins anew begins with position 0 or anywhere else.
            if let last = told[detection.word], detection.position >= last {
                // A later look of another engine may cover speech in which the word has been told.
                let isKnown = detection.position - last < Self.debounce || detection.speech.lowerBound < last
                if isKnown { return false }
            }
            told[detection.word] = detection.position
            return true
        }
    }
}
