import Foundation

/// Whisper's forward pass, as plainly as it can be written: nothing is shared with the graphs but the weights.
struct PlainWhisper {
    typealias Rows = [[Float]]

    let model: SyntheticWhisper

    private var width: Int { model.sizes.width }

    /// Logits for what follows each of the tokens.
    /// - Parameter features: `mels` rows, the full window of 2 · `audioPositions` frames.
    func logits(_ tokens: [Int], features: Rows) -> Rows {
        let memory = encode(features)
        let embeddings = model.arrays["decoder/embeddings/weight"]?.values ?? []
        var x = tokens.enumerated().map { position, token in
            let vector = Array(embeddings[(token * width)..<((token + 1) * width)])
            return sum(vector, row(position, of: "decoder/position_encodings/encodings"))
        }
        for index in 0..<model.sizes.decoderLayers {
            let layer = "decoder/layer_\(index)"
            x = selfAttention(x, layer, isCausal: true)
            let query = linear(norm(x, "\(layer)/attention/layer_norm"), "\(layer)/attention/linear_0")
            let stacked = linear(memory, "\(layer)/attention/linear_1")
            let attended = attend(
                query, stacked.map { Array($0[..<width]) }, stacked.map { Array($0[width...]) }, isCausal: false)
            x = zip(x, linear(attended, "\(layer)/attention/linear_2")).map(sum)
            x = feedForward(x, layer)
        }
        return norm(x, "decoder/layer_norm").map { vector in
            (0..<model.sizes.vocabulary).map { token in dot(vector, embeddings, from: token * width) }
        }
    }

    private func encode(_ features: Rows) -> Rows {
        var x = convolve(convolve(features, "encoder/conv1", stride: 1), "encoder/conv2", stride: 2)
        x = (0..<x[0].count).map { position in
            sum(x.map { $0[position] }, row(position, of: "encoder/position_encodings/encodings"))
        }
        for index in 0..<model.sizes.encoderLayers {
            let layer = "encoder/layer_\(index)"
            x = feedForward(selfAttention(x, layer, isCausal: false), layer)
        }
        return norm(x, "encoder/layer_norm")
    }

    private func selfAttention(_ x: Rows, _ layer: String, isCausal: Bool) -> Rows {
        let stacked = linear(norm(x, "\(layer)/self_attention/layer_norm"), "\(layer)/self_attention/linear_0")
        let parts = (0..<3).map { part in stacked.map { Array($0[(part * width)..<((part + 1) * width)]) } }
        let attended = attend(parts[0], parts[1], parts[2], isCausal: isCausal)
        return zip(x, linear(attended, "\(layer)/self_attention/linear_1")).map(sum)
    }

    private func attend(_ queries: Rows, _ keys: Rows, _ values: Rows, isCausal: Bool) -> Rows {
        queries.enumerated().map { position, query in
            let visible = isCausal ? position + 1 : keys.count
            var result = [Float](repeating: 0, count: width)
            for head in stride(from: 0, to: width, by: 64) {
                let scores = keys[..<visible].map { key in
                    (head..<(head + 64)).reduce(Float(0)) { $0 + query[$1] * key[$1] } / 8
                }
                let largest = scores.max() ?? 0
                let weights = scores.map { exp($0 - largest) }
                let total = weights.reduce(0, +)
                for (weight, value) in zip(weights, values) {
                    for channel in head..<(head + 64) { result[channel] += weight / total * value[channel] }
                }
            }
            return result
        }
    }

    private func feedForward(_ x: Rows, _ layer: String) -> Rows {
        let inner = linear(norm(x, "\(layer)/ffn/layer_norm"), "\(layer)/ffn/linear_0").map { $0.map(gelu) }
        return zip(x, linear(inner, "\(layer)/ffn/linear_1")).map(sum)
    }

    /// [channels, frames], padded by a zero on both sides.
    private func convolve(_ x: Rows, _ layer: String, stride: Int) -> Rows {
        let weights = model.arrays["\(layer)/weight"]?.values ?? []
        let biases = model.arrays["\(layer)/bias"]?.values ?? []
        let frames = x[0].count
        return biases.enumerated().map { output, bias in
            Swift.stride(from: 0, to: frames, by: stride).map { frame in
                var total = bias
                for (input, row) in x.enumerated() {
                    for tap in 0..<3 where (0..<frames).contains(frame + tap - 1) {
                        total += weights[(output * x.count + input) * 3 + tap] * row[frame + tap - 1]
                    }
                }
                return gelu(total)
            }
        }
    }

    private func linear(_ x: Rows, _ layer: String) -> Rows {
        let weights = model.arrays["\(layer)/weight"]?.values ?? []
        let biases = model.arrays["\(layer)/bias"]?.values ?? []
        return x.map { vector in
            biases.enumerated().map { $0.element + dot(vector, weights, from: $0.offset * vector.count) }
        }
    }

    private func norm(_ x: Rows, _ layer: String) -> Rows {
        let gamma = row(0, of: "\(layer)/gamma")
        let beta = row(0, of: "\(layer)/beta")
        return x.map { vector in
            let mean = vector.reduce(0, +) / Float(vector.count)
            let variance = vector.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Float(vector.count)
            let factor = 1 / (variance + 1e-5).squareRoot()
            return vector.indices.map { (vector[$0] - mean) * factor * gamma[$0] + beta[$0] }
        }
    }

    private func row(_ index: Int, of name: String) -> [Float] {
        let values = model.arrays[name]?.values ?? []
        return Array(values[(index * width)..<((index + 1) * width)])
    }

    private func sum(_ first: [Float], _ second: [Float]) -> [Float] { zip(first, second).map { $0 + $1 } }

    private func gelu(_ value: Float) -> Float { value * 0.5 * (1 + erf(value / Float(2).squareRoot())) }

    private func dot(_ vector: [Float], _ matrix: [Float], from start: Int) -> Float {
        vector.withUnsafeBufferPointer { vector in
            matrix.withUnsafeBufferPointer { matrix in
                var total: Float = 0
                var index = 0
                while index < vector.count {
                    total += vector[index] * matrix[start &+ index]
                    index &+= 1
                }
                return total
            }
        }
    }
}
