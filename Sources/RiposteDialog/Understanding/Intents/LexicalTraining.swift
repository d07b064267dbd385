import Foundation

/// Trains a `LexicalModel`: a regression over sparse features by stochastic gradient descent, always the same from the
/// same sentences.
struct LexicalTraining {
    /// Values were chosen by training on CLINC150's training part and counting on its validation part, once.
    struct Configuration: Sendable, Equatable {
        var epochs = 12
        /// At the beginning; goes down to nothing evenly.
        var learningRate: Float = 6
        /// A feature of fewer sentences says nothing, when there are many sentences.
        var leastSentences = 3
        /// So many are many.
        var manySentences = 500

        init() {}
    }

    /// Sentences with the number of their intent.
    struct Sentences: Sendable {
        /// Of each sentence, its features.
        var hashes: [[UInt64]]
        var labels: [Int]
        /// How much each counts.
        var importance: [Float]
        /// How many intents there are.
        var outputs: Int
    }

    let configuration: Configuration

    init(_ configuration: Configuration = .init()) { self.configuration = configuration }

    /// Weights of all features there are, before they are stored: several of them can be joined.
    struct Weights: Sendable {
        var features: [UInt64]
        var rarity: [Float]
        /// Row by row, for each feature a weight for each output.
        var values: [Float]
        var bias: [Float]

        var model: LexicalModel {
            LexicalModel(features: features, rarity: rarity, weights: values, bias: bias)
        }

        /// A score (logit) for each output.
        func scores(_ hashes: [UInt64]) -> [Float] {
            var scores = bias
            for (row, value) in LexicalModel.active(hashes, in: features, rarity) {
                for column in scores.indices { scores[column] += value * values[row * bias.count + column] }
            }
            return scores
        }
    }

    /// The features of sentences that are worth a weight, and how rare they are.
    func vocabulary(_ hashes: [[UInt64]]) -> (features: [UInt64], rarity: [Float]) {
        var counts: [UInt64: Int] = [:]
        for sentence in hashes { for hash in sentence { counts[hash, default: 0] += 1 } }
        let least = hashes.count >= configuration.manySentences ? configuration.leastSentences : 1
        let features = counts.filter { $0.value >= least }.map(\.key).sorted()
        let all = Float(hashes.count + 1)
        return (features, features.map { log(all / Float(1 + (counts[$0] ?? 0))) + 1 })
    }

    /// - Parameter rows: the sentences to learn from.
    func train(
        _ sentences: Sentences, rows: [Int], vocabulary: (features: [UInt64], rarity: [Float])
    ) throws -> Weights {
        let outputs = sentences.outputs
        var weights = Weights(
            features: vocabulary.features, rarity: vocabulary.rarity,
            values: [Float](repeating: 0, count: vocabulary.features.count * outputs),
            bias: [Float](repeating: 0, count: outputs))
        let active = rows.map { LexicalModel.active(sentences.hashes[$0], in: weights.features, weights.rarity) }
        var chance = SeededChance(9)
        var step = 0
        let steps = max(1, configuration.epochs * rows.count)
        var scores = [Float](repeating: 0, count: outputs)
        for _ in 0..<configuration.epochs {
            try Task.checkCancellation()
            for index in rows.indices.shuffled(using: &chance) {
                let rate = configuration.learningRate * (1 - Float(step) / Float(steps))
                step += 1
                let row = rows[index]
                Self.learn(
                    active[index], label: sentences.labels[row], rate: rate * sentences.importance[row],
                    &weights.values, &weights.bias, &scores)
            }
        }
        return weights
    }

    /// A step down the gradient of the cross-entropy of one sentence.
    private static func learn(
        _ active: [(row: Int, value: Float)], label: Int, rate: Float, _ values: inout [Float], _ bias: inout [Float],
        _ scores: inout [Float]
    ) {
        let count = scores.count
        values.withUnsafeMutableBufferPointer { values in
            bias.withUnsafeMutableBufferPointer { bias in
                scores.withUnsafeMutableBufferPointer { scores in
                    _ = scores.update(fromContentsOf: bias)
                    for (row, value) in active { add(values, row &* count, value, to: scores) }
                    errors(scores, label: label, rate: rate)
                    for (row, value) in active { add(scores, value, to: values, row &* count) }
                    // The bias is seen by every sentence: it moves less.
                    add(scores, 0.01, to: bias, 0)
                }
            }
        }
    }

    private static func add(
        _ values: UnsafeMutableBufferPointer<Float>, _ start: Int, _ factor: Float,
        to sums: UnsafeMutableBufferPointer<Float>
    ) {
        var column = 0
        while column < sums.count {
            sums[column] += factor * values[start &+ column]
            column &+= 1
        }
    }

    private static func add(
        _ errors: UnsafeMutableBufferPointer<Float>, _ factor: Float, to values: UnsafeMutableBufferPointer<Float>,
        _ start: Int
    ) {
        var column = 0
        while column < errors.count {
            values[start &+ column] += factor * errors[column]
            column &+= 1
        }
    }

    /// Turns scores into what the weights are to be changed by.
    private static func errors(_ scores: UnsafeMutableBufferPointer<Float>, label: Int, rate: Float) {
        var highest = -Float.infinity
        for score in scores where score > highest { highest = score }
        var sum: Float = 0
        for column in 0..<scores.count {
            scores[column] = exp(scores[column] - highest)
            sum += scores[column]
        }
        for column in 0..<scores.count {
            scores[column] = rate * ((column == label ? 1 : 0) - scores[column] / sum)
        }
    }

    /// The mean of models with one vocabulary: as good as all of them together, and as large as one.
    static func mean(_ models: [Weights]) -> Weights? {
        guard var mean = models.first else { return nil }
        for model in models.dropFirst() {
            for index in mean.values.indices { mean.values[index] += model.values[index] }
            for index in mean.bias.indices { mean.bias[index] += model.bias[index] }
        }
        let share = 1 / Float(models.count)
        for index in mean.values.indices { mean.values[index] *= share }
        for index in mean.bias.indices { mean.bias[index] *= share }
        return mean
    }
}
