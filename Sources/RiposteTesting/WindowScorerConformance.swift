import RiposteCore

/// What any window scorer must keep, whatever its network.
public enum WindowScorerConformance {
    /// Checks a scorer; it is left as it was.
    /// - Throws: `ConformanceFailure` that says what does not hold; whatever the scorer throws.
    public static func check(_ scorer: some WindowScorer) throws {
        let length = scorer.windowLength
        try require(length > 0, "a window has samples")
        let sound = SeededSound.hissAndTones(count: length * 40)
        var first = scorer
        first.reset()
        let scores = try all(sound, &first)
        try require(scores.allSatisfy { (0...1).contains($0) }, "a score is 0 … 1")

        first.reset()
        try require(try all(sound, &first) == scores, "after a reset the same sound has the same scores")

        var second = first
        second.reset()
        let silence = [Float](repeating: 0, count: length * 10)
        _ = try all(silence, &first)
        try require(try all(sound, &second) == scores, "a copy does not hear what the original hears")

        // A window may come as a slice of anything.
        var third = scorer
        third.reset()
        let single = try (0..<40).map { try third.score(ArraySlice(Array(sound[($0 * length)..<(($0 + 1) * length)]))) }
        try require(single == scores, "the slice's position does not matter")
    }

    private static func all(_ sound: [Float], _ scorer: inout some WindowScorer) throws -> [Float] {
        let length = scorer.windowLength
        return try stride(from: 0, to: sound.count, by: length).map { try scorer.score(sound[$0..<($0 + length)]) }
    }

    private static func require(_ condition: Bool, _ rule: String) throws {
        if !condition { throw ConformanceFailure(rule: rule) }
    }
}

/// A rule of a role that an implementation does not keep.
public struct ConformanceFailure: Error, CustomStringConvertible {
    public var rule: String

    public init(rule: String) {
        self.rule = rule
    }

    public var description: String { "Does not hold: \(rule)." }
}
