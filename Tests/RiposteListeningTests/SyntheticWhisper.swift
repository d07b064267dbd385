import Foundation

@testable import RiposteListening

/// A small Whisper model of random weights, or any weights, written in the forms that can be imported.
struct SyntheticWhisper {
    struct Sizes {
        var width = 64
        var encoderLayers = 2
        var decoderLayers = 1
        var vocabulary = 51864
        var mels = 80
        var audioPositions = 64
        var textPositions = 32
    }

    struct Array1 {
        var shape: [Int]
        var values: [Float]
    }

    let sizes: Sizes
    /// By CTranslate2's names.
    var arrays: [String: Array1] = [:]

    /// Weights of a size that keeps the activations near 1.
    init(_ sizes: Sizes, seed: UInt64 = 1) {
        self.sizes = sizes
        var generator = Generator(state: seed)
        let width = sizes.width
        func add(_ name: String, _ shape: [Int], spread: Float, around mean: Float = 0) {
            let count = shape.reduce(1, *)
            let values = [Float](unsafeUninitializedCapacity: count) { values, initialized in
                var index = 0
                while index < count {
                    values[index] = mean + spread * generator.next()
                    index &+= 1
                }
                initialized = count
            }
            arrays[name] = Array1(shape: shape, values: values)
        }
        func add(norm name: String) {
            add("\(name)/gamma", [width], spread: 0.1, around: 1)
            add("\(name)/beta", [width], spread: 0.1)
        }
        func add(linear name: String, _ outputs: Int, _ inputs: Int) {
            add("\(name)/weight", [outputs, inputs], spread: 1.7 / Float(inputs).squareRoot())
            add("\(name)/bias", [outputs], spread: 0.1)
        }
        for (name, inputs) in [("conv1", sizes.mels), ("conv2", width)] {
            add("encoder/\(name)/weight", [width, inputs, 3], spread: 1 / Float(inputs).squareRoot())
            add("encoder/\(name)/bias", [width], spread: 0.1)
        }
        add("encoder/position_encodings/encodings", [sizes.audioPositions, width], spread: 0.5)
        add("decoder/position_encodings/encodings", [sizes.textPositions, width], spread: 0.5)
        add("decoder/embeddings/weight", [sizes.vocabulary, width], spread: 0.5)
        for (part, count) in [("encoder", sizes.encoderLayers), ("decoder", sizes.decoderLayers)] {
            for index in 0..<count {
                let layer = "\(part)/layer_\(index)"
                add(norm: "\(layer)/self_attention/layer_norm")
                add(linear: "\(layer)/self_attention/linear_0", 3 * width, width)
                add(linear: "\(layer)/self_attention/linear_1", width, width)
                let key = "\(layer)/self_attention/linear_0/bias"
                for index in width..<(2 * width) { arrays[key]?.values[index] = 0 }
                if part == "decoder" {
                    add(norm: "\(layer)/attention/layer_norm")
                    add(linear: "\(layer)/attention/linear_0", width, width)
                    add(linear: "\(layer)/attention/linear_1", 2 * width, width)
                    add(linear: "\(layer)/attention/linear_2", width, width)
                    for index in 0..<width { arrays["\(layer)/attention/linear_1/bias"]?.values[index] = 0 }
                }
                add(norm: "\(layer)/ffn/layer_norm")
                add(linear: "\(layer)/ffn/linear_0", 4 * width, width)
                add(linear: "\(layer)/ffn/linear_1", width, 4 * width)
            }
            add(norm: "\(part)/layer_norm")
        }
    }

    /// The weights of a checkpoint.
    init(of model: CTranslate2File, _ dimensions: WhisperDimensions) throws {
        sizes = Sizes(
            width: dimensions.width, encoderLayers: dimensions.encoderLayers,
            decoderLayers: dimensions.decoderLayers, vocabulary: dimensions.vocabulary, mels: dimensions.mels,
            audioPositions: dimensions.audioPositions, textPositions: dimensions.textPositions)
        for (name, variable) in model.variables where !variable.dimensions.isEmpty {
            arrays[name] = Array1(shape: variable.dimensions, values: try model.floats(name))
        }
    }

    /// A text vocabulary as good as any: the bytes, in an order of their own, and then pairs of them.
    static let tokens: [[UInt8]] = {
        var tokens = (0...255).map { [UInt8(truncatingIfNeeded: $0 &* 7 &+ 33)] }
        for first in UInt8.min...UInt8.max {
            for second in UInt8.min...UInt8.max where tokens.count < 50257 { tokens.append([first, second]) }
        }
        return tokens
    }()

    private struct Generator {
        var state: UInt64

        /// −1 … 1
        mutating func next() -> Float {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int32(truncatingIfNeeded: state >> 32)) * 0x1p-31
        }
    }
}

/// Bytes in the order they are written.
struct ByteWriter {
    private(set) var data = Data()

    mutating func number<T: FixedWidthInteger>(_ value: T) {
        withUnsafeBytes(of: value.littleEndian) { data.append($0.assumingMemoryBound(to: UInt8.self)) }
    }

    mutating func numbers<T: BitwiseCopyable>(_ values: [T]) {
        values.withUnsafeBytes { data.append($0.assumingMemoryBound(to: UInt8.self)) }
    }

    mutating func bytes(_ bytes: some Sequence<UInt8>) { data.append(contentsOf: bytes) }

    mutating func bytes(_ bytes: Data) { data.append(bytes) }

    mutating func halves(_ values: [Float]) {
        numbers(
            [Float16](unsafeUninitializedCapacity: values.count) { target, initialized in
                var index = 0
                while index < values.count {
                    target[index] = Float16(values[index])
                    index &+= 1
                }
                initialized = values.count
            })
    }
}

// MARK: CTranslate2

extension SyntheticWhisper {
    /// Writes a folder with `model.bin`, `tokenizer.json` and, if given, `config.json`.
    func writeCTranslate2(
        _ type: CTranslate2File.ElementType, to folder: URL, tokenizer: Data, specification: String = "WhisperSpec",
        configuration: String? = nil
    ) throws {
        var variables = ByteWriter()
        var count: UInt32 = 0
        func add(_ name: String, _ shape: [Int], _ type: CTranslate2File.ElementType, _ data: Data) {
            Self.write(name, to: &variables)
            variables.number(UInt8(shape.count))
            for size in shape { variables.number(UInt32(size)) }
            variables.number(type.rawValue)
            variables.number(UInt32(data.count))
            variables.bytes(data)
            count += 1
        }
        for (name, array) in arrays.sorted(by: { $0.key < $1.key }) {
            var stored = ByteWriter()
            switch type {
            case .float16: stored.halves(array.values)
            case .bfloat16: stored.numbers(array.values.map { UInt16($0.bitPattern >> 16) })
            case .int8 where name.hasSuffix("/weight"):
                let width = array.values.count / array.shape[0]
                var scales: [Float] = []
                for row in 0..<array.shape[0] {
                    let values = array.values[(row * width)..<((row + 1) * width)]
                    let scale = 127 / max(values.reduce(0) { max($0, abs($1)) }, 1e-9)
                    scales.append(scale)
                    stored.numbers(values.map { Int8(($0 * scale).rounded()) })
                }
                var bytes = ByteWriter()
                bytes.numbers(scales)
                add("\(name)_scale", [scales.count], .float32, bytes.data)
            default: stored.numbers(array.values)
            }
            let isWhole = type == .int8 && !name.hasSuffix("/weight")
            add(name, array.shape, isWhole ? .float32 : type, stored.data)
        }
        var file = ByteWriter()
        file.number(UInt32(6))
        Self.write(specification, to: &file)
        file.number(UInt32(3))
        file.number(count)
        file.bytes(variables.data)
        file.number(UInt32(0))
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try file.data.write(to: folder.appending(path: "model.bin"))
        try tokenizer.write(to: folder.appending(path: "tokenizer.json"))
        if let configuration { try Data(configuration.utf8).write(to: folder.appending(path: "config.json")) }
    }

    private static func write(_ text: String, to writer: inout ByteWriter) {
        writer.number(UInt16(text.utf8.count + 1))
        writer.bytes(text.utf8)
        writer.number(UInt8(0))
    }
}
