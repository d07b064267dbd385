/// Sentences as vectors with the number of their intent: what the trainer cuts into parts.
struct Sentences: Sendable {
    var texts: [String]
    var vectors: VectorTable
    /// Of each sentence; `outputs` is what is none of the intents.
    var labels: [Int]
    /// How many intents there are.
    var outputs: Int
    /// Whether a sentence is no example of the project's.
    var isBackground: [Bool]

    /// - Parameter labels: of the first sentences; what is behind them is none of the intents.
    init(texts: [String], vectors: VectorTable, labels: [Int], outputs: Int) {
        self.texts = texts
        self.vectors = vectors
        self.labels = labels
        self.outputs = outputs
        isBackground = [Bool](repeating: false, count: labels.count)
    }

    /// Takes out background that may be meant for an intent.
    mutating func keepFarBackground(nearest: Float) {
        guard isBackground.contains(true) else { return }
        let centres = centres()
        let kept = labels.indices.filter { row in
            !isBackground[row] || centres.allSatisfy { VectorTable.dot($0[...], vectors[row]) < nearest }
        }
        texts = kept.map { texts[$0] }
        vectors = vectors.rows(kept)
        labels = kept.map { labels[$0] }
        isBackground = kept.map { isBackground[$0] }
    }

    /// Of each sentence the number of its part, so that each part has as much of every intent as the others.
    func parts(_ count: Int) -> [Int] {
        var chance = SeededChance(7)
        var parts = [Int](repeating: 0, count: labels.count)
        var next = [Int](repeating: 0, count: outputs + 1)
        for row in labels.indices.shuffled(using: &chance) {
            parts[row] = next[labels[row]] % count
            next[labels[row]] += 1
        }
        return parts
    }

    /// The middle of each intent's sentences, of length 1.
    func centres(leavingOut part: Int = -1, of parts: [Int] = []) -> [[Float]] {
        let dimension = vectors.dimension
        var sums = [[Float]](repeating: [Float](repeating: 0, count: dimension), count: outputs)
        for row in labels.indices where labels[row] < outputs && (parts.isEmpty || parts[row] != part) {
            let vector = vectors[row]
            vector.withUnsafeBufferPointer { vector in
                sums[labels[row]].withUnsafeMutableBufferPointer { sum in
                    var column = 0
                    while column < dimension {
                        sum[column] += vector[column]
                        column &+= 1
                    }
                }
            }
        }
        return sums.map { sum in
            let norm = sum.reduce(0) { $0 + $1 * $1 }.squareRoot()
            return norm > 0 ? sum.map { $0 / norm } : sum
        }
    }

    /// Some of the sentences as a network is trained on them.
    func examples(_ rows: [Int], backgroundShare: Double) -> IntentTraining.Examples {
        IntentTraining.Examples(
            vectors: vectors.rows(rows), labels: rows.map { labels[$0] },
            importance: importance(rows, backgroundShare), outputs: outputs + 1)
    }

    /// All sentences as the lexical model is trained on them.
    func lexical(backgroundShare: Double) -> LexicalTraining.Sentences {
        LexicalTraining.Sentences(
            hashes: texts.map { LexicalFeatures.hashes(of: $0) }, labels: labels,
            importance: importance(Array(labels.indices), backgroundShare), outputs: outputs + 1)
    }

    private func importance(_ rows: [Int], _ backgroundShare: Double) -> [Float] {
        let background = rows.count { isBackground[$0] }
        let own = Double(rows.count - background)
        let importance = background > 0 ? min(1, Float(backgroundShare * own / Double(background))) : 0
        return rows.map { isBackground[$0] ? importance : 1 }
    }
}
