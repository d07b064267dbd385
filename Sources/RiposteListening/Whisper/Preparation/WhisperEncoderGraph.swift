import RiposteInference

/// Builds the encoder: features in, what the decoder attends to out.
///
/// See `WhisperGraphs` for the names and shapes.
struct WhisperEncoderGraph {
    private var layers: WhisperLayers

    private var dimensions: WhisperDimensions { layers.dimensions }

    static func build(_ weights: WhisperWeights) throws -> OnnxGraph {
        var builder = WhisperEncoderGraph(layers: WhisperLayers(name: "encoder", weights: weights))
        return try builder.build()
    }

    private init(layers: WhisperLayers) {
        self.layers = layers
    }

    private mutating func build() throws -> OnnxGraph {
        let features = layers.graph.input("features", .float, [1, .fixed(dimensions.mels), "frames"])
        var x = try stem(features)
        let count = layers.size(x, 1)
        let bias = layers.graph.apply("ConstantOfShape", [count])
        for index in 0..<dimensions.encoderLayers {
            let layer = "encoder/layer_\(index)"
            let parts = try layers.queryKeyValue(x, layer)
            let context = layers.attention(query: parts[0], key: parts[1], value: parts[2])
            x = layers.graph.apply("Add", [x, try layers.linear(context, "\(layer)/self_attention/linear_1")])
            x = try layers.feedForward(x, layer)
        }
        x = try layers.normalized(x, "encoder/layer_norm")
        try cross(x)
        let shape = layers.graph.integers([1, 1, 1, -1])
        layers.graph.output(
            layers.graph.apply("Reshape", [bias, shape]), as: WhisperGraphs.crossBias, .float, [1, 1, 1, "memory"])
        return layers.graph
    }

    /// Two convolutions and the positions' encodings: [1, mels, frames] to [1, frames / 2, width].
    private mutating func stem(_ features: String) throws -> String {
        var x = try convolution(features, "encoder/conv1", stride: 1)
        x = try convolution(x, "encoder/conv2", stride: 2)
        x = layers.graph.apply("Transpose", [x], ["perm": .integers([0, 2, 1])])
        let all = try layers.vector("encoder/position_encodings/encodings")
        let zero = layers.graph.integers([0])
        return layers.graph.apply("Add", [x, layers.slice(all, from: zero, to: layers.size(x, 1), axis: 0)])
    }

    private mutating func convolution(_ x: String, _ layer: String, stride: Int) throws -> String {
        let inputs = [x, try layers.vector("\(layer)/weight"), try layers.vector("\(layer)/bias")]
        return layers.gelu(
            layers.graph.apply(
                "Conv", inputs,
                ["kernel_shape": .integers([3]), "pads": .integers([1, 1]), "strides": .integers([stride])]))
    }

    /// Every decoder layer's keys and values of the encoder's output.
    private mutating func cross(_ x: String) throws {
        let width = dimensions.width
        for index in 0..<dimensions.decoderLayers {
            let layer = "decoder/layer_\(index)/attention/linear_1"
            let key = layers.heads(try layers.linear(x, layer, rows: 0..<width))
            let value = layers.heads(try layers.linear(x, layer, rows: width..<(2 * width)))
            let shape: [OnnxDimension] = [1, .fixed(dimensions.heads), "memory", .fixed(WhisperDimensions.headWidth)]
            layers.graph.output(key, as: WhisperGraphs.crossKey(index), .float, shape)
            layers.graph.output(value, as: WhisperGraphs.crossValue(index), .float, shape)
        }
    }
}
