import Foundation

/// Tells the intent of a sentence by its vector and its words, and how sure that is.
struct IntentClassifier: Sendable, Equatable, Codable {
    /// How much the words count beside the meaning: between two values tried with training on CLINC150's training part and
    /// counting on its validation part.
    static let lexicalShare = 0.25

    /// The intents, by name.
    var labels: [String]
    /// Networks whose opinions are joined. Their last output is what is none of the intents.
    var networks: [IntentNetwork]
    /// Its last output, too.
    var lexical: LexicalModel
    /// The mean vector of each intent's examples, of length 1.
    var centres: [[Float]]
    /// How likely the first intent is right.
    var calibration: LogisticFit

    /// What an opinion says of one sentence.
    struct Opinion: Sendable, Equatable {
        /// Of each intent, adding up to 1 without what is none of them.
        var probabilities: [Double]
        /// The number of the likeliest intent.
        var best: Int
        /// What the confidence is made of.
        var evidence: [Double]
    }

    /// The intents, the likeliest first, with calibrated confidence.
    func ranking(_ text: String, _ vector: ArraySlice<Float>) -> [ParsedMessage.Ranked] {
        ranking(opinion(text, vector))
    }

    func opinion(_ text: String, _ vector: ArraySlice<Float>) -> Opinion {
        Self.opinion(networks.map { $0.scores(vector) }, lexical.scores(text), vector, centres)
    }

    func ranking(_ opinion: Opinion) -> [ParsedMessage.Ranked] {
        guard labels.indices.contains(opinion.best) else { return [] }
        let confidence = calibration.probability(opinion.evidence)
        let others = max(1 - opinion.probabilities[opinion.best], 1e-9)
        let rest = labels.indices.filter { $0 != opinion.best }.map { index in
            // What is taken from the first goes to the others only as far as they stay below it.
            let share = (1 - confidence) * opinion.probabilities[index] / others
            return ParsedMessage.Ranked(labels[index], min(share, confidence))
        }
        return [ParsedMessage.Ranked(labels[opinion.best], confidence)]
            + rest.sorted { ($0.confidence, $1.name) > ($1.confidence, $0.name) }
    }

    /// Joins the scores of networks and of the lexical model into one opinion.
    static func opinion(
        _ scores: [[Float]], _ lexical: [Float], _ vector: ArraySlice<Float>, _ centres: [[Float]]
    ) -> Opinion {
        let joined = joined(scores, lexical)
        let inside = joined.dropLast()
        let total = max(inside.reduce(0, +), 1e-9)
        let best = inside.indices.max { inside[$0] < inside[$1] } ?? 0
        let second = inside.indices.filter { $0 != best }.map { inside[$0] }.max() ?? 0
        let nearness = centres.isEmpty ? 0 : Double(VectorTable.dot(vector, centres[best][...]))
        let nearest = centres.map { Double(VectorTable.dot(vector, $0[...])) }.max() ?? 0
        return Opinion(
            probabilities: inside.map { $0 / total }, best: best,
            evidence: [
                odds(joined[best]), min(log((joined[best] + 1e-6) / (second + 1e-6)), 8),
                odds(joined[joined.count - 1]), nearness * 10, nearest * 10,
            ])
    }

    /// The mean of the networks' probabilities, times a power of the lexical model's.
    private static func joined(_ scores: [[Float]], _ lexical: [Float]) -> [Double] {
        var mean = [Double](repeating: 0, count: lexical.count)
        for scores in scores {
            for (index, probability) in IntentNetwork.probabilities(scores).enumerated() { mean[index] += probability }
        }
        let words = IntentNetwork.probabilities(lexical)
        let products = zip(mean, words).map { $0 * pow($1 + 1e-9, lexicalShare) }
        let sum = max(products.reduce(0, +), 1e-300)
        return products.map { $0 / sum }
    }

    private static func odds(_ probability: Double) -> Double {
        let bounded = min(max(probability, 1e-4), 1 - 1e-4)
        return log(bounded / (1 - bounded))
    }

    /// What the calibration is where there is nothing to fit it to, and what little evidence is drawn to: fitted to small
    /// projects drawn from CLINC150 (`riposte bench calibration`).
    static let usualCalibration = LogisticFit(weights: [0.9, 0.49, 0.18, 0.12, 0.23], bias: -1.49)
}
