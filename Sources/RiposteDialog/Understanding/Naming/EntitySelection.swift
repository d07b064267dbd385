/// Of everything that may be an entity, what fits together best: no two share a word, and as much as possible is
/// explained.
enum EntitySelection {
    static func best(_ candidates: [EntityCandidate], words count: Int) -> [EntityCandidate] {
        // The best up to each word; a longer value is worth more than the short ones inside of it.
        var best: [(worth: Double, last: EntityCandidate?)] = [(0, nil)]
        for end in 1...max(count, 1) {
            var choice: (worth: Double, last: EntityCandidate?) = (best[end - 1].worth, nil)
            for candidate in candidates where candidate.words.upperBound == end {
                let worth = best[candidate.words.lowerBound].worth + self.worth(candidate)
                if worth > choice.worth + 1e-9 { choice = (worth, candidate) }
            }
            best.append(choice)
        }
        var chosen: [EntityCandidate] = []
        var end = count
        while end > 0 {
            if let candidate = best[end].last {
                chosen.append(candidate)
                end = candidate.words.lowerBound
            } else {
                end -= 1
            }
        }
        return chosen.reversed()
    }

    /// Doubt counts more the longer a value is: two words that fit exactly are better than three that fit somehow.
    private static func worth(_ candidate: EntityCandidate) -> Double {
        let length = Double(candidate.words.count)
        let doubt = 1 - candidate.confidence
        return max(0.01, (length + 0.2) * (1 - 2 * doubt))
    }
}
