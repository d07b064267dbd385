import RiposteInference

/// The layers of Whisper as nodes of a graph under construction.
struct WhisperLayers {
    var graph: OnnxGraph
    let weights: WhisperWeights
    let form: MatrixForm

    var dimensions: WhisperDimensions { weights.dimensions }

    /// - Parameter form: how the layers' matrices are stored.
    init(name: String, weights: WhisperWeights, form: MatrixForm) {
        graph = OnnxGraph(name: name)
        self.weights = weights
        self.form = form
    }

    /// `x` · weight + bias. `rows`: only these outputs of the layer.
    mutating func linear(_ x: String, _ layer: String, rows: Range<Int>? = nil) throws -> String {
        let bias = try vector("\(layer)/bias", range: rows)
        return product(x, try weights.matrix(layer, rows: rows, form: form), bias: bias)
    }

    /// `x` · matrix (+ bias, unless its name is empty), in the form the matrix is stored in.
    mutating func product(_ x: String, _ matrix: WhisperWeights.Matrix, bias: String) -> String {
        let stored = storedValues(of: matrix)
        switch matrix.form {
        case .exact:
            let product = graph.apply("MatMul", [x, asFloat(stored)])
            return bias.isEmpty ? product : graph.apply("Add", [product, bias])
        case .channels:
            let inputs = [x, stored, scales(of: matrix), "", bias]
            return graph.apply("DynamicQuantizeMatMul", inputs, domain: OnnxGraph.contributed)
        case .blocks, .coarseBlocks:
            // Accuracy level 4: multiply in 8 bits, not in floats.
            return graph.apply(
                "MatMulNBits", [x, stored, scales(of: matrix), "", "", bias], domain: OnnxGraph.contributed,
                [
                    "K": .integer(matrix.inputs), "N": .integer(matrix.outputs),
                    "bits": .integer(matrix.form.width.rawValue),
                    "block_size": .integer(BlockQuantization.block(inputs: matrix.inputs)),
                    "accuracy_level": .integer(4),
                ])
        }
    }

    /// The rows of a matrix that `indices` name, [batch, length, inputs]: what a row's output would be made with.
    mutating func rows(of matrix: WhisperWeights.Matrix, _ indices: String) -> String {
        let stored = storedValues(of: matrix)
        switch matrix.form {
        case .exact, .channels:
            let columns = asFloat(graph.apply("Gather", [stored, indices], ["axis": .integer(1)]))
            let rows = graph.apply("Transpose", [columns], ["perm": .integers([1, 2, 0])])
            guard matrix.form == .channels else { return rows }
            let scale = graph.apply("Gather", [scales(of: matrix), indices])
            return graph.apply("Mul", [rows, graph.apply("Unsqueeze", [scale, graph.integers([-1])])])
        case .blocks, .coarseBlocks:
            let blocks = matrix.inputs / BlockQuantization.block(inputs: matrix.inputs)
            let numbers = asFloat(graph.apply("Gather", [stored, indices]))
            let centred = graph.apply("Sub", [numbers, graph.floats([matrix.form.width.zero], shape: [])])
            // The scales are one long vector for the product, and a row for each output here.
            let table = graph.apply("Reshape", [scales(of: matrix), graph.integers([-1, blocks])])
            let scale = graph.apply("Gather", [table, indices])
            let scaled = graph.apply("Mul", [centred, graph.apply("Unsqueeze", [scale, graph.integers([-1])])])
            return graph.apply("Reshape", [scaled, graph.integers([0, 0, matrix.inputs])])
        }
    }

    private mutating func storedValues(of matrix: WhisperWeights.Matrix) -> String {
        switch matrix.form {
        case .exact:
            let type = matrix.isHalf ? OnnxElementType.float16 : .float
            return graph.external(matrix.name, type, [matrix.inputs, matrix.outputs], in: matrix.values)
        case .channels:
            return graph.external(matrix.name, .int8, [matrix.inputs, matrix.outputs], in: matrix.values)
        case .blocks, .coarseBlocks:
            let block = BlockQuantization.block(inputs: matrix.inputs)
            let shape = [matrix.outputs, matrix.inputs / block, block * matrix.form.width.rawValue / 8]
            return graph.external(matrix.name, .uint8, shape, in: matrix.values)
        }
    }

    private mutating func scales(of matrix: WhisperWeights.Matrix) -> String {
        guard let region = matrix.scales else { return "" }
        let count = region.length / MemoryLayout<Float>.size
        return graph.external("\(matrix.name)/scales", .float, [count], in: region)
    }

    /// The value as floats. Of a constant, ONNX Runtime does this once, while it loads the graph.
    private mutating func asFloat(_ value: String) -> String {
        graph.apply("Cast", [value], ["to": .integer(OnnxElementType.float.rawValue)])
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

    /// Heads' attention with a bias for each key, whatever the query.
    ///
    /// It is one more element of each key, by which a 1 in each query is multiplied. Given as an input of its own, it
    /// would keep ONNX Runtime from the form of attention that never holds all scores at once: 100 MB for 30 s of base.
    mutating func attention(query: String, key: String, value: String, keyBiases: String) -> String {
        let width = WhisperDimensions.headWidth
        let split = graph.integers([0, 0, dimensions.heads, width])
        let joined = graph.integers([0, 0, dimensions.heads * (width + 1)])
        let one = graph.floats([1], shape: [])
        let queries = graph.apply(
            "Pad", [graph.apply("Reshape", [query, split]), graph.integers([0, 0, 0, 0, 0, 0, 0, 1]), one])
        let keys = graph.apply(
            "Concat", [graph.apply("Reshape", [key, split]), keyBiases], ["axis": .integer(-1)])
        return graph.apply(
            "MultiHeadAttention",
            [graph.apply("Reshape", [queries, joined]), graph.apply("Reshape", [keys, joined]), value],
            domain: OnnxGraph.contributed,
            ["num_heads": .integer(dimensions.heads), "scale": .number(1 / Float(width).squareRoot())])
    }

    /// Biases [keys] as `attention` wants them, [1, keys, heads, 1]. Scores are scaled after the product, so these are
    /// enlarged before it.
    mutating func keyBiases(_ biases: String) -> String {
        let enlarged = graph.apply("Mul", [biases, graph.floats([Float(WhisperDimensions.headWidth).squareRoot()])])
        let column = graph.apply("Reshape", [enlarged, graph.integers([1, -1, 1, 1])])
        return graph.apply("Tile", [column, graph.integers([1, 1, dimensions.heads, 1])])
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
