import RiposteCore
import RiposteInference

/// The network all-MiniLM-L6-v2 (BERT with six layers) as a graph in 8 bits, from pieces of words to a vector of length
/// 1 for each sentence.
///
/// The sentences of a run have one length, so nothing is masked. Matrices have a scale for each block of inputs of each
/// output: a sentence's vector does not depend on the others in its run.
struct MiniLMGraph {
    /// `pieces`, [batch, length], int64.
    static let input = "pieces"
    /// `vectors`, [batch, 384].
    static let output = "vectors"

    static let width = 384
    private static let inner = 1536
    private static let heads = 12
    private static let layers = 6
    private static let vocabulary = 30_522
    private static let positions = 512
    private static let epsilon: Float = 1e-12

    private let source: SafetensorsFile
    private let file: OnnxWeightFile
    private var graph = OnnxGraph(name: "sentences")

    init(source: SafetensorsFile, file: OnnxWeightFile) {
        self.source = source
        self.file = file
    }

    mutating func build(progress: (Double) -> Void) throws -> OnnxGraph {
        let pieces = graph.input(Self.input, .int64, ["batch", "length"])
        var x = try embedded(pieces)
        progress(0.4)
        for layer in 0..<Self.layers {
            let prefix = "encoder.layer.\(layer)"
            let attended = try attention(x, "\(prefix).attention")
            x = try normalized(graph.apply("Add", [x, attended]), "\(prefix).attention.output.LayerNorm")
            let inside = graph.apply(
                "Gelu", [try linear(x, ["\(prefix).intermediate.dense"], Self.width, Self.inner)],
                domain: OnnxGraph.contributed)
            let outside = try linear(inside, ["\(prefix).output.dense"], Self.inner, Self.width)
            x = try normalized(graph.apply("Add", [x, outside]), "\(prefix).output.LayerNorm")
            progress(0.4 + 0.1 * Double(layer + 1))
        }
        let mean = graph.apply("ReduceMean", [x], ["axes": .integers([1]), "keepdims": .integer(0)])
        let length = graph.apply("ReduceL2", [mean], ["axes": .integers([1]), "keepdims": .integer(1)])
        graph.output(
            graph.apply("Div", [mean, length]), as: Self.output, .float, ["batch", .fixed(Self.width)])
        return graph
    }

    // MARK: Parts

    private mutating func embedded(_ pieces: String) throws -> String {
        let name = "embeddings.word_embeddings.weight"
        let table = RowQuantization(
            try source.floats(name, shape: [Self.vocabulary, Self.width]), columns: Self.width)
        let rows = graph.external(
            name, .int8, [Self.vocabulary, Self.width], in: try file.append(table.values))
        let scales = graph.external("\(name)/scales", .float, [Self.vocabulary, 1], in: try file.append(table.scales))
        let words = graph.apply(
            "Mul",
            [
                graph.apply("Cast", [graph.apply("Gather", [rows, pieces])], ["to": .integer(1)]),
                graph.apply("Gather", [scales, pieces]),
            ])
        // Every piece is of the first kind of sentence; its vector is added to the positions once and for all.
        var positions = try source.floats(
            "embeddings.position_embeddings.weight", shape: [Self.positions, Self.width])
        let kind = try source.floats("embeddings.token_type_embeddings.weight", shape: [2, Self.width])
        for index in positions.indices { positions[index] += kind[index % Self.width] }
        let places = graph.external(
            "embeddings.positions", .float, [Self.positions, Self.width], in: try file.append(positions))
        let length = graph.apply("Gather", [graph.apply("Shape", [pieces]), graph.integers([1])])
        let used = graph.apply("Slice", [places, graph.integers([0]), length, graph.integers([0])])
        return try normalized(graph.apply("Add", [words, used]), "embeddings.LayerNorm")
    }

    private mutating func attention(_ x: String, _ prefix: String) throws -> String {
        let names = ["query", "key", "value"].map { "\(prefix).self.\($0)" }
        let all = try linear(x, names, Self.width, Self.width)
        let parts = graph.apply("Split", [all, graph.integers([384, 384, 384])], ["axis": .integer(-1)], outputs: 3)
        let size = Self.width / Self.heads
        func heads(_ part: String, _ order: [Int]) -> String {
            let cut = graph.apply("Reshape", [part, graph.integers([0, 0, Self.heads, size])])
            return graph.apply("Transpose", [cut], ["perm": .integers(order)])
        }
        let query = graph.apply(
            "Mul", [heads(parts[0], [0, 2, 1, 3]), graph.floats([1 / Float(size).squareRoot()], shape: [])])
        let scores = graph.apply("MatMul", [query, heads(parts[1], [0, 2, 3, 1])])
        let mixed = graph.apply(
            "MatMul", [graph.apply("Softmax", [scores], ["axis": .integer(-1)]), heads(parts[2], [0, 2, 1, 3])])
        let joined = graph.apply("Transpose", [mixed], ["perm": .integers([0, 2, 1, 3])])
        let flat = graph.apply("Reshape", [joined, graph.integers([0, 0, Self.width])])
        return try linear(flat, ["\(prefix).output.dense"], Self.width, Self.width)
    }

    /// x · weights + bias, the outputs of several layers side by side.
    private mutating func linear(_ x: String, _ layers: [String], _ inputs: Int, _ outputs: Int) throws -> String {
        let count = outputs * layers.count
        var matrix = BlockQuantization(outputs: count, inputs: inputs)
        var bias: [Float] = []
        for layer in layers {
            matrix.append(try source.floats("\(layer).weight", shape: [outputs, inputs]))
            bias += try source.floats("\(layer).bias", shape: [outputs])
        }
        let name = layers[0]
        let block = BlockQuantization.block(inputs: inputs)
        let values = graph.external(
            "\(name).weight", .uint8, [count, inputs / block, block], in: try file.append(matrix.values))
        let scales = graph.external(
            "\(name).scales", .float, [matrix.scales.count], in: try file.append(matrix.scales))
        let biases = graph.external("\(name).bias", .float, [count], in: try file.append(bias))
        // Accuracy level 4: multiply in 8 bits, not in floats.
        return graph.apply(
            "MatMulNBits", [x, values, scales, "", "", biases], domain: OnnxGraph.contributed,
            [
                "K": .integer(inputs), "N": .integer(count), "bits": .integer(8), "block_size": .integer(block),
                "accuracy_level": .integer(4),
            ])
    }

    private mutating func normalized(_ x: String, _ layer: String) throws -> String {
        let factors = graph.external(
            "\(layer).weight", .float, [Self.width],
            in: try file.append(try source.floats("\(layer).weight", shape: [Self.width])))
        let offsets = graph.external(
            "\(layer).bias", .float, [Self.width],
            in: try file.append(try source.floats("\(layer).bias", shape: [Self.width])))
        return graph.apply(
            "LayerNormalization", [x, factors, offsets], ["axis": .integer(-1), "epsilon": .number(Self.epsilon)])
    }
}
