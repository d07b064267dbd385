import RiposteCore

/// What arrays a Whisper model of given sizes has, and of which shapes.
enum WhisperLayout {
    /// Checks that a checkpoint has every array it needs, in its right shape.
    /// - Throws: `.corrupt`, naming the first that is missing or wrong.
    static func check(_ model: any WhisperCheckpoint, _ dimensions: WhisperDimensions) throws {
        for (name, shape) in arrays(dimensions) {
            let found = try model.knownShape(of: name)
            guard found == shape else {
                throw RiposteError(.corrupt, .models, "\(name) has the sizes \(found), not \(shape).")
            }
        }
    }

    /// The arrays in the order of the layers.
    private static func arrays(_ sizes: WhisperDimensions) -> [(name: String, shape: [Int])] {
        let width = sizes.width
        var arrays: [(String, [Int])] = [
            ("encoder/conv1/weight", [width, sizes.mels, 3]), ("encoder/conv1/bias", [width]),
            ("encoder/conv2/weight", [width, width, 3]), ("encoder/conv2/bias", [width]),
            ("encoder/position_encodings/encodings", [sizes.audioPositions, width]),
            ("decoder/embeddings/weight", [sizes.vocabulary, width]),
            ("decoder/position_encodings/encodings", [sizes.textPositions, width]),
        ]
        func add(norm name: String) {
            arrays += [("\(name)/gamma", [width]), ("\(name)/beta", [width])]
        }
        func add(linear name: String, _ outputs: Int, _ inputs: Int) {
            arrays += [("\(name)/weight", [outputs, inputs]), ("\(name)/bias", [outputs])]
        }
        for (part, count) in [("encoder", sizes.encoderLayers), ("decoder", sizes.decoderLayers)] {
            for index in 0..<count {
                let layer = "\(part)/layer_\(index)"
                add(norm: "\(layer)/self_attention/layer_norm")
                add(linear: "\(layer)/self_attention/linear_0", 3 * width, width)
                add(linear: "\(layer)/self_attention/linear_1", width, width)
                if part == "decoder" {
                    add(norm: "\(layer)/attention/layer_norm")
                    add(linear: "\(layer)/attention/linear_0", width, width)
                    add(linear: "\(layer)/attention/linear_1", 2 * width, width)
                    add(linear: "\(layer)/attention/linear_2", width, width)
                }
                add(norm: "\(layer)/ffn/layer_norm")
                add(linear: "\(layer)/ffn/linear_0", 4 * width, width)
                add(linear: "\(layer)/ffn/linear_1", width, 4 * width)
            }
            add(norm: "\(part)/layer_norm")
        }
        return arrays
    }

    /// How many numbers a model of these sizes has: its parameters.
    static func parameterCount(_ dimensions: WhisperDimensions) -> Int {
        arrays(dimensions).reduce(0) { $0 + $1.shape.reduce(1, *) }
    }
}
