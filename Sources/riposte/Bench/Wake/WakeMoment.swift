/// A moment at which an engine takes note of a word, and how sure it is.
struct WakeMoment: Codable, Sendable {
    /// In samples: when it is told.
    var position: Int
    /// 0 … 1.
    var score: Double
    /// What the recogniser wrote, where there is one.
    var text: String?
    var likelihood: Double?
    var similarity: Double?
    var confidence: Double?
    /// The larger recogniser's score, where it was asked.
    var confirmation: Double?

    init(position: Int, score: Double) {
        self.position = position
        self.score = score
    }
}

extension [WakeMoment] {
    /// When a word is told at a threshold: once in a second.
    func told(at threshold: Double) -> [Int] {
        var told: [Int] = []
        for moment in self where moment.score >= threshold {
            if let last = told.last, moment.position - last < 16_000 { continue }
            told.append(moment.position)
        }
        return told
    }
}
