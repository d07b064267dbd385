import RiposteInference

/// Builds the decoder: tokens and what came before them in, logits for each token out.
///
/// See `WhisperGraphs` for the names and shapes.
struct WhisperDecoderGraph {
    private var layers: WhisperLayers
    private let precision: WhisperPrecision
    private let alignmentHeads: [[Int]]
    /// The cross-attention's queries of each layer, [1, batch · length, width].
    private var queries: [String] = []

    private var dimensions: WhisperDimensions { layers.dimensions }

    /// - Parameter alignmentHeads: pairs of layer and head, for the output `alignment`.
    static func build(
        _ weights: WhisperWeights, _ precision: WhisperPrecision, alignmentHeads: [[Int]]
    ) throws -> OnnxGraph {
        var builder = WhisperDecoderGraph(
            layers: WhisperLayers(name: "decoder", weights: weights, form: precision.decoderForm), precision,
            alignmentHeads: alignmentHeads)
        return try builder.build()
    }

    private init(layers: WhisperLayers, _ precision: WhisperPrecision, alignmentHeads: [[Int]]) {
        self.layers = layers
        self.precision = precision
        self.alignmentHeads = alignmentHeads
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
        let embedding = try layers.weights.matrix("decoder/embeddings", form: layers.form)
        var x = try embed(tokens, embedding, past: layers.size(caches[0].key, 2))
        let bias = expandedBias(crossBias, rows: tokens)
        for index in 0..<dimensions.decoderLayers {
            x = try selfAttention(x, index, past: caches[index])
            x = try crossAttention(x, index, memory: memories[index], bias: bias)
            x = try layers.feedForward(x, "decoder/layer_\(index)")
        }
        x = try layers.normalized(x, "decoder/layer_norm")
        let vocabulary = try layers.weights.matrix("decoder/embeddings", form: precision.vocabularyForm)
        layers.graph.output(
            layers.product(x, vocabulary, bias: ""), as: WhisperGraphs.logits, .float,
            ["batch", "length", .fixed(dimensions.vocabulary)])
        layers.graph.output(
            x, as: WhisperGraphs.state, .float, ["batch", "length", .fixed(dimensions.width)])
        align(bias: crossBias)
        return layers.graph
    }

    private mutating func cache(_ name: String, batch: OnnxDimension, length: OnnxDimension) -> String {
        layers.graph.input(
            name, .float, [batch, .fixed(dimensions.heads), length, .fixed(WhisperDimensions.headWidth)])
    }

    /// The tokens' vectors plus those of their positions, [batch, length, width].
    ///
    /// The rows come from the matrix that also makes the logits, so that it is stored once.
    private mutating func embed(_ tokens: String, _ matrix: WhisperWeights.Matrix, past: String) throws -> String {
        let rows = layers.rows(of: matrix, tokens)
        let end = layers.graph.apply("Add", [past, layers.size(tokens, 1)])
        let positions = try layers.vector("decoder/position_encodings/encodings")
        return layers.graph.apply("Add", [rows, layers.slice(positions, from: past, to: end, axis: 0)])
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
        queries.append(row)
        let attended = layers.attention(query: row, key: memory.key, value: memory.value, bias: bias)
        let context = layers.graph.apply("Reshape", [attended, layers.graph.apply("Shape", [x])])
        return layers.graph.apply("Add", [x, try layers.linear(context, "\(layer)/linear_2")])
    }

    /// Where in the sound the tokens are, for who asks: the alignment heads' attention. A branch that is not taken
    /// costs nothing.
    private mutating func align(bias: String) {
        let wanted = layers.graph.optionalInput(WhisperGraphs.wantsAlignment, default: false)
        var body = OnnxGraph(name: "alignment")
        let byLayer = Dictionary(grouping: alignmentHeads, by: { $0[0] }).sorted { $0.key < $1.key }
        let parts = byLayer.map { layer, pairs in
            weights(ofHeads: pairs.map { $0[1] }.sorted(), layer, bias: bias, in: &body)
        }
        let all = body.apply("Concat", parts, ["axis": .integer(0)])
        let shape: [OnnxDimension] = ["heads", "rows", "memory"]
        body.output(all, as: "alignment/weights", .float, shape)
        var nothing = OnnxGraph(name: "no-alignment")
        let empty = nothing.apply("ConstantOfShape", [nothing.integers([0, 0, 0])])
        nothing.output(empty, as: "no-alignment/weights", .float, shape)
        let result = layers.graph.apply("If", [wanted], ["then_branch": .graph(body), "else_branch": .graph(nothing)])
        layers.graph.output(result, as: WhisperGraphs.alignment, .float, shape)
    }

    /// The attention of some heads of a layer, [heads, rows, memory].
    private func weights(ofHeads heads: [Int], _ layer: Int, bias: String, in body: inout OnnxGraph) -> String {
        let (count, width) = (dimensions.heads, WhisperDimensions.headWidth)
        let chosen = body.integers(heads)
        let split = body.apply("Reshape", [queries[layer], body.integers([-1, count, width])])
        let query = body.apply("Gather", [split, chosen], ["axis": .integer(1)])
        let rows = body.apply("Transpose", [query], ["perm": .integers([1, 0, 2])])
        let memory = body.apply("Gather", [WhisperGraphs.crossKey(layer), chosen], ["axis": .integer(1)])
        let keys = body.apply("Transpose", [memory], ["perm": .integers([0, 1, 3, 2])])
        let products = body.apply("MatMul", [rows, keys])
        let scores = body.apply("Mul", [products, body.floats([1 / Float(width).squareRoot()], shape: [])])
        let softmax = body.apply("Softmax", [body.apply("Add", [scores, bias])], ["axis": .integer(-1)])
        return body.apply("Squeeze", [softmax, body.integers([0])])
    }
}
