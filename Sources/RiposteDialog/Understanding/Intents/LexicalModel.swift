import Foundation

/// A linear model from the words and letters of a sentence to a score for each intent.
///
/// It knows what a sentence's vector blurs: which very words stand there.
struct LexicalModel: Sendable, Equatable, Codable {
    /// The features, by hash, in ascending order.
    private var features: [UInt64]
    /// How telling each feature is: the rarer, the more.
    private var rarity: [Float]
    /// The weights of each feature are `steps` of this size.
    private var scales: [Float]
    /// Row by row, a number for each output.
    private var steps: [Int8]
    private var bias: [Float]

    var outputs: Int { bias.count }

    /// - Parameter weights: row by row, for each feature a weight for each output.
    init(features: [UInt64], rarity: [Float], weights: [Float], bias: [Float]) {
        self.features = features
        self.rarity = rarity
        self.bias = bias
        let table = RowQuantization(weights, columns: bias.count)
        steps = table.values
        scales = table.scales
    }

    /// A score (logit) for each output.
    func scores(_ text: String) -> [Float] {
        var scores = bias
        let active = Self.active(LexicalFeatures.hashes(of: text), in: features, rarity)
        scores.withUnsafeMutableBufferPointer { scores in
            steps.withUnsafeBufferPointer { steps in
                for (row, value) in active {
                    let factor = value * scales[row]
                    let start = row &* scores.count
                    var column = 0
                    while column < scores.count {
                        scores[column] += factor * Float(steps[start &+ column])
                        column &+= 1
                    }
                }
            }
        }
        return scores
    }

    /// The known features of a sentence with their values, which make a vector of length 1.
    static func active(
        _ hashes: [UInt64], in features: [UInt64], _ rarity: [Float]
    ) -> [(row: Int, value: Float)] {
        var active: [(row: Int, value: Float)] = []
        var length: Float = 0
        for hash in hashes {
            guard let row = place(of: hash, in: features) else { continue }
            active.append((row, rarity[row]))
            length += rarity[row] * rarity[row]
        }
        guard length > 0 else { return [] }
        let norm = length.squareRoot()
        return active.map { ($0.row, $0.value / norm) }
    }

    private static func place(of hash: UInt64, in features: [UInt64]) -> Int? {
        var (low, high) = (0, features.count)
        while low < high {
            let middle = (low + high) / 2
            if features[middle] < hash { low = middle + 1 } else { high = middle }
        }
        return low < features.count && features[low] == hash ? low : nil
    }

    // MARK: Stored form

    private enum CodingKeys: String, CodingKey {
        case features, rarity, scales, steps, bias
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        features = StoredNumbers.values(in: try container.decode(Data.self, forKey: .features))
        rarity = StoredNumbers.values(in: try container.decode(Data.self, forKey: .rarity))
        scales = StoredNumbers.values(in: try container.decode(Data.self, forKey: .scales))
        steps = StoredNumbers.values(in: try container.decode(Data.self, forKey: .steps))
        bias = StoredNumbers.values(in: try container.decode(Data.self, forKey: .bias))
        guard features.count == rarity.count, features.count == scales.count, !bias.isEmpty,
            steps.count == features.count * bias.count
        else {
            throw DecodingError.dataCorruptedError(
                forKey: .steps, in: container, debugDescription: "The weights are not as many as the features.")
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(StoredNumbers.data(of: features), forKey: .features)
        try container.encode(StoredNumbers.data(of: rarity), forKey: .rarity)
        try container.encode(StoredNumbers.data(of: scales), forKey: .scales)
        try container.encode(StoredNumbers.data(of: steps), forKey: .steps)
        try container.encode(StoredNumbers.data(of: bias), forKey: .bias)
    }
}
