import RiposteInference

/// Builds the decoder: tokens and what came before them in, logits for each token out.
///
/// See `WhisperGraphs` for the names and shapes.
struct WhisperDecoderGraph {
    private var layers: WhisperLayers

    private var dimensions: WhisperDimensions { layers.dimensions }

    static func build(_ weights: WhisperWeights) throws -> OnnxGraph {
        var builder = WhisperDecoderGraph(layers: WhisperLayers(name: "decoder", weights: weights))
        return try builder.build()
    }

    private init(layers: WhisperLayers) {
        self.layers = layers
    }

    private mutating func build() throws -> OnnxGraph {
        let tokens = layers.graph.input(WhisperGraphs.tokens, .int64, ["batch", "length"])
        let caches = (0..<dimensions.decoderLayers).map { index in
            (
                key: cache(WhisperGraphs.pastKey(index), batch: "batch", length: "past"),
                value: cache(WhisperGraphs.pastValue(index), batch: "batch", length: "past")
            )
        }
        let memories = (0..<dimensions.decoderLayers).map { index in
            (
                key: cache(WhisperGraphs.crossKey(index), batch: 1, length: "memory"),
                value: cache(WhisperGraphs.crossValue(index), batch: 1, length: "memory")
            )
        }
        let crossBias = layers.graph.input(WhisperGraphs.crossBias, .float, [1, 1, 1, "memory"])
        let embedding = try layers.weights.matrix("decoder/embeddings")
        var x = try embed(tokens, embedding, past: layers.size(caches[0].key, 2))
        let bias = expandedBias(crossBias, rows: tokens)
        for index in 0..<dimensions.decoderLayers {
            x = try selfAttention(x, index, past: caches[index])
            x = try crossAttention(x, index, memory: memories[index], bias: bias)
            x = try layers.feedForward(x, "decoder/layer_\(index)")
        }
        x = try layers.normalized(x, "decoder/layer_norm")
        layers.graph.output(
            layers.product(x, embedding, bias: ""), as: WhisperGraphs.logits, .float,
            ["batch", "length", .fixed(dimensions.vocabulary)])
        return layers.graph
    }

    private mutating func cache(_ name: String, batch: OnnxDimension, length: OnnxDimension) -> String {
        layers.graph.input(
            name, .float, [batch, .fixed(dimensions.heads), length, .fixed(WhisperDimensions.headWidth)])
    }

    /// The tokens' vectors plus those of their positions, [batch, length, width].
    ///
    /// The rows come from the matrix that also makes the logits, so that it is stored once.
    private mutating func embed(
        _ tokens: String, _ matrix: WhisperWeights.Matrix, past: String
    ) throws -> String {
        let rows: String
        switch layers.weights.precision {
        case .float:
            rows = gatherColumns(layers.floatMatrix(matrix), tokens)
        case .int8:
            let values = layers.graph.external(
                matrix.name, .int8, [matrix.inputs, matrix.outputs], in: matrix.values)
            let numbers = layers.graph.apply(
                "Cast", [gatherColumns(values, tokens)], ["to": .integer(OnnxElementType.float.rawValue)])
            let scales = layers.scales(of: matrix, shape: [matrix.outputs])
            let scale = layers.graph.apply("Gather", [scales, tokens])
            let column = layers.graph.apply("Unsqueeze", [scale, layers.graph.integers([-1])])
            rows = layers.graph.apply("Mul", [numbers, column])
        case .int4:
            rows = gatherBlocks(matrix, tokens)
        }
        let end = layers.graph.apply("Add", [past, layers.size(tokens, 1)])
        let positions = try layers.vector("decoder/position_encodings/encodings")
        return layers.graph.apply("Add", [rows, layers.slice(positions, from: past, to: end, axis: 0)])
    }

    private mutating func gatherColumns(_ matrix: String, _ tokens: String) -> String {
        let columns = layers.graph.apply("Gather", [matrix, tokens], ["axis": .integer(1)])
        return layers.graph.apply("Transpose", [columns], ["perm": .integers([1, 2, 0])])
    }

    private mutating func gatherBlocks(_ matrix: WhisperWeights.Matrix, _ tokens: String) -> String {
        let blocks = matrix.inputs / BlockQuantization.block
        let values = layers.graph.external(
            matrix.name, .uint8, [matrix.outputs, blocks, BlockQuantization.block / 2], in: matrix.values)
        let float: KeyValuePairs<String, OnnxGraph.Attribute> = ["to": .integer(OnnxElementType.float.rawValue)]
        let bytes = layers.graph.apply("Gather", [values, tokens])
        // Two numbers in a byte: the earlier one is the lower half, the later the upper.
        let upper = layers.graph.apply(
            "BitShift", [bytes, layers.graph.bytes([4], shape: [])], ["direction": .text("RIGHT")])
        let upperFloat = layers.graph.apply("Cast", [upper], float)
        let both = layers.graph.apply("Cast", [bytes], float)
        let sixteen = layers.graph.apply("Mul", [upperFloat, layers.graph.floats([16], shape: [])])
        let lower = layers.graph.apply("Sub", [both, sixteen])
        let last = layers.graph.integers([-1])
        let pairs = layers.graph.apply(
            "Concat",
            [
                layers.graph.apply("Unsqueeze", [lower, last]), layers.graph.apply("Unsqueeze", [upperFloat, last]),
            ], ["axis": .integer(-1)])
        let centred = layers.graph.apply("Sub", [pairs, layers.graph.floats([8], shape: [])])
        // The scales are one long vector for the product, so each block's is picked by its number.
        let scales = layers.scales(of: matrix, shape: [matrix.outputs * blocks])
        let table = layers.graph.apply("Reshape", [scales, layers.graph.integers([-1, blocks])])
        let picked = layers.graph.apply("Gather", [table, tokens])
        let scale = layers.graph.apply("Unsqueeze", [picked, layers.graph.integers([-2, -1])])
        let scaled = layers.graph.apply("Mul", [centred, scale])
        return layers.graph.apply("Reshape", [scaled, layers.graph.integers([0, 0, matrix.inputs])])
    }

    /// The cross bias once for each token of every hypothesis, [1, 1, batch · length, memory].
    private mutating func expandedBias(_ bias: String, rows tokens: String) -> String {
        let count = layers.graph.apply("Size", [tokens])
        let rows = layers.graph.apply("Reshape", [count, layers.graph.integers([1])])
        let shape = layers.graph.apply(
            "Concat", [layers.graph.integers([1, 1]), rows, layers.graph.integers([1])], ["axis": .integer(0)])
        return layers.graph.apply("Expand", [bias, shape])
    }

    private mutating func selfAttention(
        _ x: String, _ index: Int, past: (key: String, value: String)
    ) throws -> String {
        let layer = "decoder/layer_\(index)"
        let parts = try layers.queryKeyValue(x, layer)
        let context = "\(layer)/self_attention/context"
        layers.graph.add(
            "MultiHeadAttention", [parts[0], parts[1], parts[2], "", "", "", past.key, past.value],
            domain: OnnxGraph.contributed,
            ["num_heads": .integer(dimensions.heads), "unidirectional": .integer(1)],
            outputs: [context, WhisperGraphs.presentKey(index), WhisperGraphs.presentValue(index)])
        let shape: [OnnxDimension] = [
            "batch", .fixed(dimensions.heads), "present", .fixed(WhisperDimensions.headWidth),
        ]
        layers.graph.output(
            WhisperGraphs.presentKey(index), as: WhisperGraphs.presentKey(index), .float, shape)
        layers.graph.output(
            WhisperGraphs.presentValue(index), as: WhisperGraphs.presentValue(index), .float, shape)
        return layers.graph.apply("Add", [x, try layers.linear(context, "\(layer)/self_attention/linear_1")])
    }

    /// Attention to the utterance. Nothing in it depends on the tokens' order, so the hypotheses of a beam are
    /// laid end to end and share one memory.
    private mutating func crossAttention(
        _ x: String, _ index: Int, memory: (key: String, value: String), bias: String
    ) throws -> String {
        let layer = "decoder/layer_\(index)/attention"
        let query = try layers.linear(try layers.normalized(x, "\(layer)/layer_norm"), "\(layer)/linear_0")
        let row = layers.graph.apply("Reshape", [query, layers.graph.integers([1, -1, dimensions.width])])
        let attended = layers.attention(query: row, key: memory.key, value: memory.value, bias: bias)
        let context = layers.graph.apply("Reshape", [attended, layers.graph.apply("Shape", [x])])
        return layers.graph.apply("Add", [x, try layers.linear(context, "\(layer)/linear_2")])
    }
}
