import RiposteInference

/// Builds the encoder: features in, what the decoder attends to out.
///
/// See `WhisperGraphs` for the names and shapes.
struct WhisperEncoderGraph {
    /// What becomes of the silence behind the utterance.
    enum Silence {
        /// It is all there is: its keys and values are given out, for a `SilenceMemory`.
        case recorded
        /// It is remembered.
        case remembered(SilenceMemory)
    }

    private var layers: WhisperLayers
    private let silence: Silence
    private var blocks: SilenceBlocks?

    private var dimensions: WhisperDimensions { layers.dimensions }

    static func build(_ weights: WhisperWeights, form: MatrixForm, silence: Silence) throws -> OnnxGraph {
        var builder = WhisperEncoderGraph(
            layers: WhisperLayers(name: "encoder", weights: weights, form: form), silence: silence)
        return try builder.build()
    }

    private init(layers: WhisperLayers, silence: Silence) {
        self.layers = layers
        self.silence = silence
    }

    /// A part of the encoder, small enough for any machine's memory.
    enum Stage {
        /// `features` to `hidden.next`, the first layer's `hidden`.
        case stem
        /// `hidden` to `hidden.next`, and the layer's keys and values.
        case layer(Int)
        /// The last layer's `hidden` to the keys and values of this layer of the decoder.
        case cross(Int)
    }

    static let hidden = "hidden"
    static let next = "hidden.next"

    /// A part of the encoder for recording 30 s of silence.
    static func build(_ stage: Stage, _ weights: WhisperWeights) throws -> OnnxGraph {
        var builder = WhisperEncoderGraph(
            layers: WhisperLayers(name: "encoder", weights: weights, form: .exact), silence: .recorded)
        return try builder.build(stage)
    }

    private mutating func build(_ stage: Stage) throws -> OnnxGraph {
        let shape: [OnnxDimension] = [1, .fixed(dimensions.audioPositions), .fixed(dimensions.width)]
        if case .stem = stage {
            let frames = OnnxDimension.fixed(2 * dimensions.audioPositions)
            let features = layers.graph.input(WhisperGraphs.features, .float, [1, .fixed(dimensions.mels), frames])
            let count = layers.graph.integers([dimensions.audioPositions])
            layers.graph.output(try stem(features, positions: count), as: Self.next, .float, shape)
            return layers.graph
        }
        let x = layers.graph.input(Self.hidden, .float, shape)
        if case .layer(let index) = stage {
            let attended = try selfAttention(x, index, keyBiases: nil)
            let result = try layers.feedForward(attended, "encoder/layer_\(index)")
            layers.graph.output(result, as: Self.next, .float, shape)
        }
        if case .cross(let index) = stage { try cross(try layers.normalized(x, "encoder/layer_norm"), index) }
        return layers.graph
    }

    private mutating func build() throws -> OnnxGraph {
        let features = layers.graph.input(WhisperGraphs.features, .float, [1, .fixed(dimensions.mels), "frames"])
        let frames = layers.size(features, 2)
        let count = layers.graph.apply("Div", [frames, layers.graph.integers([2])])
        var crossBias = layers.graph.apply("ConstantOfShape", [count])
        if case .remembered(let memory) = silence {
            let blocks = SilenceBlocks(memory, utterance: count, layers: &layers)
            crossBias = blocks.bias
            self.blocks = blocks
        }
        var x = try stem(features, positions: count)
        let biases = blocks.map { layers.keyBiases($0.bias) }
        for index in 0..<dimensions.encoderLayers {
            x = try selfAttention(x, index, keyBiases: biases)
            x = try layers.feedForward(x, "encoder/layer_\(index)")
        }
        x = try layers.normalized(x, "encoder/layer_norm")
        for index in 0..<dimensions.decoderLayers { try cross(x, index) }
        let bias = layers.graph.apply("Reshape", [crossBias, layers.graph.integers([1, 1, 1, -1])])
        layers.graph.output(bias, as: WhisperGraphs.crossBias, .float, [1, 1, 1, "memory"])
        return layers.graph
    }

    /// Two convolutions and the positions' encodings: [1, mels, frames] to [1, positions, width].
    private mutating func stem(_ features: String, positions: String) throws -> String {
        let padded = behind(features, positions: positions)
        var x = try convolution(padded, "encoder/conv1", stride: 1)
        x = try convolution(x, "encoder/conv2", stride: 2)
        x = layers.graph.apply("Transpose", [x], ["perm": .integers([0, 2, 1])])
        let all = try layers.vector("encoder/position_encodings/encodings")
        let zero = layers.graph.integers([0])
        return layers.graph.apply("Add", [x, layers.slice(all, from: zero, to: positions, axis: 0)])
    }

    /// The features and the one frame behind them that the last position sees: silence, or nothing where the window
    /// ends.
    private mutating func behind(_ features: String, positions: String) -> String {
        let level: String
        if case .remembered = silence {
            let isWhole = layers.graph.apply("Equal", [positions, layers.graph.integers([dimensions.audioPositions])])
            level = layers.graph.apply(
                "Where", [isWhole, layers.graph.floats([0]), layers.graph.floats([SilenceMemory.level])])
        } else {
            level = layers.graph.floats([0])
        }
        let frame = layers.graph.apply("Expand", [level, layers.graph.integers([1, dimensions.mels, 1])])
        return layers.graph.apply("Concat", [features, frame], ["axis": .integer(2)])
    }

    /// A convolution over 3 frames, the first of which is padding for the first position.
    private mutating func convolution(_ x: String, _ layer: String, stride: Int) throws -> String {
        let inputs = [x, try layers.vector("\(layer)/weight"), try layers.vector("\(layer)/bias")]
        return layers.gelu(
            layers.graph.apply(
                "Conv", inputs,
                ["kernel_shape": .integers([3]), "pads": .integers([1, 0]), "strides": .integers([stride])]))
    }

    private mutating func selfAttention(_ x: String, _ index: Int, keyBiases: String?) throws -> String {
        let layer = "encoder/layer_\(index)"
        let parts = try layers.queryKeyValue(x, layer)
        var (key, value) = (parts[1], parts[2])
        if case .recorded = silence { record(key, value, SilenceMemory.key(index), SilenceMemory.value(index)) }
        if let blocks {
            key = blocks.appended(SilenceMemory.key(index), to: key, layers: &layers)
            value = blocks.appended(SilenceMemory.value(index), to: value, layers: &layers)
        }
        let context =
            keyBiases.map { layers.attention(query: parts[0], key: key, value: value, keyBiases: $0) }
            ?? layers.attention(query: parts[0], key: key, value: value)
        return layers.graph.apply("Add", [x, try layers.linear(context, "\(layer)/self_attention/linear_1")])
    }

    /// A decoder layer's keys and values of the encoder's output.
    private mutating func cross(_ x: String, _ index: Int) throws {
        let width = dimensions.width
        let layer = "decoder/layer_\(index)/attention/linear_1"
        var key = try layers.linear(x, layer, rows: 0..<width)
        var value = try layers.linear(x, layer, rows: width..<(2 * width))
        if case .recorded = silence {
            return record(key, value, SilenceMemory.crossKey(index), SilenceMemory.crossValue(index))
        }
        if let blocks {
            key = blocks.appended(SilenceMemory.crossKey(index), to: key, layers: &layers)
            value = blocks.appended(SilenceMemory.crossValue(index), to: value, layers: &layers)
        }
        let shape: [OnnxDimension] = [1, .fixed(dimensions.heads), "memory", .fixed(WhisperDimensions.headWidth)]
        layers.graph.output(layers.heads(key), as: WhisperGraphs.crossKey(index), .float, shape)
        layers.graph.output(layers.heads(value), as: WhisperGraphs.crossValue(index), .float, shape)
    }

    private mutating func record(_ key: String, _ value: String, _ keyName: String, _ valueName: String) {
        for (source, name) in [(key, keyName), (value, valueName)] {
            layers.graph.output(source, as: name, .float, [1, "positions", .fixed(dimensions.width)])
        }
    }
}

/// The silence behind the utterance as nodes of the encoder: the blocks from the one the utterance ends in.
private struct SilenceBlocks {
    /// 0 for the utterance's positions, then the logarithm of each block's size, [utterance + blocks].
    let bias: String
    private let memory: SilenceMemory
    private let first: String
    private let count: String

    init(_ memory: SilenceMemory, utterance: String, layers: inout WhisperLayers) {
        self.memory = memory
        count = layers.graph.integers([memory.ends.count])
        let shifted = layers.graph.apply("Add", [utterance, layers.graph.integers([memory.offset])])
        first = layers.graph.apply("Div", [shifted, layers.graph.integers([memory.stride])])
        let float: KeyValuePairs<String, OnnxGraph.Attribute> = ["to": .integer(OnnxElementType.float.rawValue)]
        let ends = layers.slice(layers.graph.integers(memory.ends), from: first, to: count, axis: 0)
        let left = layers.graph.apply("Cast", [layers.graph.apply("Sub", [ends, utterance])], float)
        let sizes = layers.graph.apply("Min", [left, layers.graph.floats([Float(memory.stride)])])
        let own = layers.graph.apply("ConstantOfShape", [utterance])
        bias = layers.graph.apply("Concat", [own, layers.graph.apply("Log", [sizes])], ["axis": .integer(0)])
    }

    /// [1, utterance, width] with the blocks' rows behind it.
    func appended(_ name: String, to value: String, layers: inout WhisperLayers) -> String {
        guard let region = memory.rows[name] else { return value }
        let shape = [1, memory.ends.count, layers.dimensions.width]
        let all = layers.graph.external(name, .float, shape, in: region)
        let rest = layers.slice(all, from: first, to: count, axis: 1)
        return layers.graph.apply("Concat", [value, rest], ["axis": .integer(1)])
    }
}
