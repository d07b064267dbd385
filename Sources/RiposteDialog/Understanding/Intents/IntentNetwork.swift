import Foundation

/// A small network from a sentence's vector to a score for each intent: one hidden layer.
struct IntentNetwork: Sendable, Equatable, Codable {
    var inputs: Int
    var hidden: Int
    var outputs: Int
    /// [inputs, hidden], row by row.
    var inputWeights: [Float]
    var hiddenBias: [Float]
    /// [hidden, outputs], row by row.
    var outputWeights: [Float]
    var outputBias: [Float]

    /// What the sentence vectors, of length 1, are multiplied with, so that a component has variance 1.
    static func scale(dimension: Int) -> Float { Float(dimension).squareRoot() }

    /// A score (logit) for each output.
    func scores(_ vector: ArraySlice<Float>) -> [Float] {
        let scale = Self.scale(dimension: inputs)
        var layer = hiddenBias
        Self.add(vector.map { $0 * scale }, inputWeights, into: &layer)
        for index in layer.indices where layer[index] < 0 { layer[index] = 0 }
        var scores = outputBias
        Self.add(layer, outputWeights, into: &scores)
        return scores
    }

    /// Adds vector · matrix to the sums.
    private static func add(_ vector: [Float], _ matrix: [Float], into sums: inout [Float]) {
        let columns = sums.count
        sums.withUnsafeMutableBufferPointer { sums in
            matrix.withUnsafeBufferPointer { matrix in
                for (row, value) in vector.enumerated() where value != 0 {
                    let start = row &* columns
                    var column = 0
                    while column < columns {
                        sums[column] += value * matrix[start &+ column]
                        column &+= 1
                    }
                }
            }
        }
    }

    /// Scores as probabilities.
    static func probabilities(_ scores: [Float]) -> [Double] {
        let highest = scores.max() ?? 0
        let powers = scores.map { exp(Double($0 - highest)) }
        let sum = powers.reduce(0, +)
        return powers.map { $0 / sum }
    }

    // MARK: Stored form

    private enum CodingKeys: String, CodingKey {
        case inputs, hidden, outputs, weights
    }

    init(
        inputs: Int, hidden: Int, outputs: Int, layers: (first: [Float], bias: [Float]),
        output: (weights: [Float], bias: [Float])
    ) {
        (self.inputs, self.hidden, self.outputs) = (inputs, hidden, outputs)
        (inputWeights, hiddenBias) = layers
        (outputWeights, outputBias) = output
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        inputs = try container.decode(Int.self, forKey: .inputs)
        hidden = try container.decode(Int.self, forKey: .hidden)
        outputs = try container.decode(Int.self, forKey: .outputs)
        let all: [Float] = StoredNumbers.values(in: try container.decode(Data.self, forKey: .weights))
        let sizes = [inputs, hidden, outputs]
        guard sizes.allSatisfy({ (1...100_000).contains($0) }),
            all.count == inputs * hidden + hidden + hidden * outputs + outputs
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .weights, in: container, debugDescription: "The weights are not as many as the sizes say.")
        }
        var rest = all[...]
        func take(_ count: Int) -> [Float] {
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        inputWeights = take(inputs * hidden)
        hiddenBias = take(hidden)
        outputWeights = take(hidden * outputs)
        outputBias = take(outputs)
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(inputs, forKey: .inputs)
        try container.encode(hidden, forKey: .hidden)
        try container.encode(outputs, forKey: .outputs)
        let all = inputWeights + hiddenBias + outputWeights + outputBias
        try container.encode(StoredNumbers.data(of: all), forKey: .weights)
    }
}
