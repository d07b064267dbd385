import Foundation
import RiposteInference
import Testing

@testable import RiposteListening

/// What the NumPy forward pass gave for the first seconds of a recording.
struct GraphFixture: Decodable {
    struct Row: Decodable {
        let best: Int
        let largest: Float
        /// Of the best.
        let probability: Float
        /// Logits at indices evenly spread over the vocabulary.
        let sampled: [Float]
    }

    struct Model: Decodable {
        let tokens: [Int]
        /// With the window of 30 s, and with the silence remembered.
        let full: [Row]
        let remembered: [Row]
    }

    let frames: Int
    /// [80, frames] as base64 of bytes b for b / 64 − 1.
    let features: String
    let models: [String: Model]

    static func load() throws -> GraphFixture {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Fixtures/whisper-graphs.json")
        return try JSONDecoder().decode(GraphFixture.self, from: Data(contentsOf: file))
    }

    /// The features of the utterance alone.
    var utterance: [Float] {
        (Data(base64Encoded: features) ?? Data()).map { Float($0) / 64 - 1 }
    }

    /// The same in 30 s of silence.
    var fullWindow: [Float] {
        let utterance = utterance
        return (0..<80).flatMap { mel in
            utterance[(mel * frames)..<((mel + 1) * frames)]
                + Array(repeating: SilenceMemory.level, count: 3000 - frames)
        }
    }
}

extension [GraphFixture.Row] {
    private func differences(from logits: [[Float]]) -> [Float] {
        guard logits.count == count else { return [.infinity] }
        var all: [Float] = []
        for (row, logits) in zip(self, logits) {
            let last = row.sampled.count - 1
            for (index, value) in row.sampled.enumerated() {
                all.append(abs(logits[index * (logits.count - 1) / last] - value))
            }
            all.append(abs((logits.max() ?? .infinity) - row.largest))
        }
        return all
    }

    func largestError(of logits: [[Float]]) -> Float { differences(from: logits).max() ?? .infinity }

    /// The largest difference in the probability of a token that was the most probable.
    func largestShift(in logits: [[Float]]) -> Float {
        let shifts = zip(self, logits).map { row, logits in
            let largest = logits.max() ?? 0
            let total = logits.reduce(0) { $0 + exp($1 - largest) }
            return abs(exp(logits[row.best] - largest) / total - row.probability)
        }
        return shifts.max() ?? .infinity
    }

    /// Rows with another most probable token.
    func differingBest(in logits: [[Float]]) -> Int {
        zip(self, logits).count { row, logits in
            logits.indices.max { logits[$0] < logits[$1] } != row.best
        }
    }
}

/// Runs a pair of prepared graphs.
struct GraphRunner {
    let encoder: InferenceSession
    let decoder: InferenceSession
    private let layers: Int
    private let heads: Int
    private let table: VocabularyTable?

    init(folder: URL, precision: WhisperPrecision) throws {
        let manifest = try WhisperManifest(folder: folder)
        let dimensions = manifest.dimensions
        table = try manifest.vocabularies[precision.rawValue].map { try VocabularyTable($0, folder: folder) }
        encoder = try InferenceSession(model: folder.appending(path: WhisperGraphs.encoderFile(precision)))
        decoder = try InferenceSession(model: folder.appending(path: WhisperGraphs.decoderFile(precision)))
        layers = dimensions.decoderLayers
        heads = dimensions.heads
    }

    func encode(_ features: [Float], mels: Int) throws -> [String: Tensor] {
        let tensor = try Tensor(features, shape: [1, mels, features.count / mels])
        return try encoder.run([WhisperGraphs.features: tensor], outputs: encoder.outputs.map(\.name))
    }

    func decode(
        _ tokens: [Int], batch: Int = 1, past: [String: Tensor]? = nil, memory: [String: Tensor]
    ) throws -> (logits: [[Float]], past: [String: Tensor]) {
        let present = (0..<layers).flatMap {
            [
                (WhisperGraphs.presentKey($0), WhisperGraphs.pastKey($0)),
                (WhisperGraphs.presentValue($0), WhisperGraphs.pastValue($0)),
            ]
        }
        let inputs = try inputs(tokens, batch: batch, past: past, memory: memory)
        let outputs = try decoder.run(inputs, outputs: [WhisperGraphs.logits, WhisperGraphs.state] + present.map(\.0))
        let state = try #require(outputs[WhisperGraphs.state])
        let tensor = try #require(outputs[WhisperGraphs.logits])
        let logits = WhisperLogits(
            tensor: tensor, refinement: table.map { (state, $0) }, vocabularySize: tensor.shape[2])
        let mask = [Float](repeating: 0, count: logits.vocabularySize)
        let rows = try mask.withUnsafeBufferPointer { mask in
            try (0..<tokens.count).map { try logits.withRow($0, mask: mask) { Array($0.logits) } }
        }
        var next: [String: Tensor] = [:]
        for (output, input) in present { next[input] = outputs[output] }
        return (rows, next)
    }

    func alignment(_ tokens: [Int], wanted: Bool?, memory: [String: Tensor]) throws -> Tensor {
        var inputs = try inputs(tokens, batch: 1, past: nil, memory: memory)
        if let wanted { inputs[WhisperGraphs.wantsAlignment] = try Tensor(wanted) }
        return try #require(try decoder.run(inputs, outputs: [WhisperGraphs.alignment])[WhisperGraphs.alignment])
    }

    private func inputs(
        _ tokens: [Int], batch: Int, past: [String: Tensor]?, memory: [String: Tensor]
    ) throws -> [String: Tensor] {
        var inputs = memory
        inputs[WhisperGraphs.tokens] = try Tensor(tokens.map(Int64.init), shape: [batch, tokens.count / batch])
        for layer in 0..<layers {
            for name in [WhisperGraphs.pastKey(layer), WhisperGraphs.pastValue(layer)] {
                inputs[name] = try past?[name] ?? Tensor([Float](), shape: [batch, heads, 0, 64])
            }
        }
        return inputs
    }
}
