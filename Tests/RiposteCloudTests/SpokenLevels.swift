/// Words that the stand-ins in `Server` understand: each is a level of its own for 0.4 s, and a tenth of a second of silence.
enum SpokenLevels {
    /// - Parameter words: 1 … 49.
    static func speech(_ words: some Sequence<Int>) -> [Float] {
        words.flatMap { word in
            (0..<6400).map { $0 / 40 % 2 == 0 ? Float(word) / 50 : -Float(word) / 50 }
                + [Float](repeating: 0, count: 1600)
        }
    }

    static func text(_ words: some Sequence<Int>) -> String { words.map { "word\($0)" }.joined(separator: " ") }
}
