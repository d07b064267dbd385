import RiposteCore

/// What any wake word detector must keep, whatever its engine.
public enum WakeWordDetectorConformance {
    /// Checks a detector.
    /// - Parameters:
    ///   - sound: in which it hears at least one of its words; mono, 16 kHz.
    /// - Throws: `ConformanceFailure` that says what does not hold; whatever the detector throws.
    public static func check(_ detector: some WakeWordDetector, sound: [Float]) async throws {
        try require(!detector.words.isEmpty, "it listens for a word")
        try require(Set(detector.words).count == detector.words.count, "no word is there twice")
        try await detector.load()
        try await detector.load()

        let all = try await heard(sound, detector, frame: 512, from: 0)
        try require(!all.isEmpty, "it hears its word")
        for detection in all {
            try require(detector.words.contains(detection.word), "what it hears is one of its words")
            try require((0...1).contains(detection.score), "a score is 0 … 1")
            try require(detection.speech.upperBound <= detection.position, "a word is told after it was said")
            try require(detection.speech.lowerBound >= 0, "a word is in the stream")
        }
        try require(
            zip(all, all.dropFirst()).allSatisfy { $0.position <= $1.position }, "words are told in their order")

        try require(try await heard(sound, detector, frame: 512, from: 0) == all, "after a reset it hears the same")
        for frame in [160, 1_000, 16_000] {
            try require(
                try await heard(sound, detector, frame: frame, from: 0) == all, "the frames' length does not matter")
        }
        let later = try await heard(sound, detector, frame: 512, from: 1_000_000)
        try require(
            later.map { $0.position - 1_000_000 } == all.map(\.position), "positions are those of the stream")
        try require(later.allSatisfy { $0.speech.lowerBound >= 1_000_000 }, "a word is in the stream that was heard")

        try await checkGap(detector, sound: sound, all: all)
        await detector.reset()
        let silence = [Float](repeating: 0, count: 48_000)
        try require(try await heard(silence, detector, frame: 512, from: 0).isEmpty, "in silence there is no word")
        try await checkRate(detector)
    }

    /// After a gap it begins anew: what came before does not count.
    private static func checkGap(
        _ detector: some WakeWordDetector, sound: [Float], all: [WakeWordDetection]
    ) async throws {
        await detector.reset()
        _ = try await detector.detect(
            in: AudioFrame(samples: Array(sound.prefix(700)), sampleRate: 16_000, position: 0))
        let after = try await heard(sound, detector, frame: 512, from: 100_000, resets: false)
        try require(after.map { $0.position - 100_000 } == all.map(\.position), "after a gap it begins anew")
        try require(after.allSatisfy { $0.speech.lowerBound >= 100_000 }, "after a gap a word begins after it")
    }

    private static func checkRate(_ detector: some WakeWordDetector) async throws {
        do {
            let frame = AudioFrame(samples: [0], sampleRate: 8_000, position: 0)
            _ = try await detector.detect(in: frame)
        } catch let error as RiposteError where error.code == .badInput {
            return
        }
        throw ConformanceFailure(rule: "another sample rate is an error")
    }

    private static func heard(
        _ sound: [Float], _ detector: some WakeWordDetector, frame: Int, from start: Int, resets: Bool = true
    ) async throws -> [WakeWordDetection] {
        if resets { await detector.reset() }
        var detections: [WakeWordDetection] = []
        for place in stride(from: 0, to: sound.count, by: frame) {
            let samples = Array(sound[place..<min(sound.count, place + frame)])
            let frame = AudioFrame(samples: samples, sampleRate: 16_000, position: start + place)
            let found = try await detector.detect(in: frame)
            try require(found.allSatisfy { $0.position <= frame.end }, "nothing is told before it was heard")
            detections += found
        }
        return try await detections + detector.finish()
    }

    private static func require(_ condition: Bool, _ rule: String) throws {
        if !condition { throw ConformanceFailure(rule: rule) }
    }
}
