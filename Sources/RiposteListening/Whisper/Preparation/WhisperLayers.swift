import RiposteInference

/// The layers of Whisper as nodes of a graph under construction.
struct WhisperLayers {
    var graph: OnnxGraph
    let weights: WhisperWeights

    var dimensions: WhisperDimensions { weights.dimensions }

    init(name: String, weights: WhisperWeights) {
        graph = OnnxGraph(name: name)
        self.weights = weights
    }

    /// `x` · weight + bias. `rows`: only these outputs of the layer.
    mutating func linear(_ x: String, _ layer: String, rows: Range<Int>? = nil, hasBias: Bool = true) throws -> String {
        let bias = hasBias ? try vector("\(layer)/bias", range: rows) : ""
        return product(x, try weights.matrix(layer, rows: rows), bias: bias)
    }

    /// `x` · matrix (+ bias, unless its name is empty), in the form the matrix is stored in.
    mutating func product(_ x: String, _ matrix: WhisperWeights.Matrix, bias: String) -> String {
        switch weights.precision {
        case .float:
            let product = graph.apply("MatMul", [x, floatMatrix(matrix)])
            return bias.isEmpty ? product : graph.apply("Add", [product, bias])
        case .int8:
            let values = graph.external(matrix.name, .int8, [matrix.inputs, matrix.outputs], in: matrix.values)
            let inputs = [x, values, scales(of: matrix, shape: [matrix.outputs]), "", bias]
            return graph.apply("DynamicQuantizeMatMul", inputs, domain: OnnxGraph.contributed)
        case .int4:
            let blocks = matrix.inputs / BlockQuantization.block
            let values = graph.external(
                matrix.name, .uint8, [matrix.outputs, blocks, BlockQuantization.block / 2], in: matrix.values)
            let inputs = [x, values, scales(of: matrix, shape: [matrix.outputs * blocks]), "", "", bias]
            return graph.apply(
                "MatMulNBits", inputs, domain: OnnxGraph.contributed,
                [
                    "K": .integer(matrix.inputs), "N": .integer(matrix.outputs), "bits": .integer(4),
                    "block_size": .integer(BlockQuantization.block), "accuracy_level": .integer(4),
                ])
        }
    }

    /// The matrix as floats, [input, output]. ONNX Runtime does the cast once, while it loads the graph.
    mutating func floatMatrix(_ matrix: WhisperWeights.Matrix) -> String {
        let halves = graph.external(matrix.name, .float16, [matrix.inputs, matrix.outputs], in: matrix.values)
        return graph.apply("Cast", [halves], ["to": .integer(OnnxElementType.float.rawValue)])
    }

    mutating func scales(of matrix: WhisperWeights.Matrix, shape: [Int]) -> String {
        guard let region = matrix.scales else { return "" }
        return graph.external("\(matrix.name)/scales", .float, shape, in: region)
    }

    /// An array of the checkpoint as a constant of floats.
    mutating func vector(_ name: String, range: Range<Int>? = nil) throws -> String {
        let region = try weights.vector(name, range: range)
        let shape = try range.map { [$0.count] } ?? weights.shape(name)
        return graph.external(range.map { "\(name)[\($0)]" } ?? name, .float, shape, in: region)
    }

    mutating func normalized(_ x: String, _ layer: String) throws -> String {
        graph.apply(
            "LayerNormalization", [x, try vector("\(layer)/gamma"), try vector("\(layer)/beta")],
            ["axis": .integer(-1), "epsilon": .number(1e-5)])
    }

    /// GELU in its exact form, with the error function.
    mutating func gelu(_ x: String) -> String {
        graph.apply("Gelu", [x], domain: OnnxGraph.contributed)
    }

    /// `x` + feed-forward block of `x`.
    mutating func feedForward(_ x: String, _ layer: String) throws -> String {
        let inner = gelu(try linear(try normalized(x, "\(layer)/ffn/layer_norm"), "\(layer)/ffn/linear_0"))
        return graph.apply("Add", [x, try linear(inner, "\(layer)/ffn/linear_1")])
    }

    /// Query, key and value of a self-attention block, each [batch, length, width].
    mutating func queryKeyValue(_ x: String, _ layer: String) throws -> [String] {
        let stacked = try linear(
            try normalized(x, "\(layer)/self_attention/layer_norm"), "\(layer)/self_attention/linear_0")
        let sizes = graph.integers([dimensions.width, dimensions.width, dimensions.width])
        return graph.apply("Split", [stacked, sizes], ["axis": .integer(-1)], outputs: 3)
    }

    /// Heads' attention without a projection. `bias` is added to the scores, [1, 1, length, keys].
    mutating func attention(query: String, key: String, value: String, bias: String = "") -> String {
        graph.apply(
            "MultiHeadAttention", [query, key, value, "", "", bias], domain: OnnxGraph.contributed,
            ["num_heads": .integer(dimensions.heads)])
    }

    /// One size of a value, as a vector of one.
    mutating func size(_ value: String, _ axis: Int) -> String {
        graph.apply("Shape", [value], ["start": .integer(axis), "end": .integer(axis + 1)])
    }

    /// The elements `start`..<`end` of an axis.
    mutating func slice(_ value: String, from start: String, to end: String, axis: Int) -> String {
        graph.apply("Slice", [value, start, end, graph.integers([axis])])
    }

    /// [batch, length, width] as [batch, heads, length, head width].
    mutating func heads(_ value: String) -> String {
        let shape = graph.integers([0, 0, dimensions.heads, WhisperDimensions.headWidth])
        return graph.apply(
            "Transpose", [graph.apply("Reshape", [value, shape])], ["perm": .integers([0, 2, 1, 3])])
    }
}
