import Foundation
import RiposteCore
import RiposteInference

/// Lets the encoder hear 30 s of silence, one layer at a time, so that it takes no more memory than a layer does.
struct SilenceRecording {
    let model: any WhisperCheckpoint
    let dimensions: WhisperDimensions
    /// The positions whose keys and values are kept.
    let positions: [Int]
    let threads: Int
    /// For graphs and weights that are removed again.
    let scratch: URL

    /// The rows of the kept positions, by the names of `SilenceMemory`.
    /// - Parameter progress: is told how much is done, from 0 to 1.
    func rows(progress: (Double) -> Void) throws -> [String: [Float]] {
        do {
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        } catch {
            throw RiposteError(.storage, .models, "Cannot write into \(scratch.path).", underlying: error)
        }
        defer { try? FileManager.default.removeItem(at: scratch) }
        let frames = 2 * dimensions.audioPositions
        let silence = try Tensor(
            [Float](repeating: SilenceMemory.level, count: dimensions.mels * frames),
            shape: [1, dimensions.mels, frames])
        var hidden = try run(.stem, [WhisperGraphs.features: silence])
        var rows: [String: [Float]] = [:]
        let stages =
            (0..<dimensions.encoderLayers).map(WhisperEncoderGraph.Stage.layer)
            + (0..<dimensions.decoderLayers).map(WhisperEncoderGraph.Stage.cross)
        for (index, stage) in stages.enumerated() {
            guard let x = hidden[WhisperEncoderGraph.next] else { break }
            let outputs = try run(stage, [WhisperEncoderGraph.hidden: x])
            for (name, tensor) in outputs where name != WhisperEncoderGraph.next { rows[name] = try kept(tensor) }
            if outputs[WhisperEncoderGraph.next] != nil { hidden = outputs }
            progress(Double(index + 1) / Double(stages.count))
        }
        return rows
    }

    private func run(_ stage: WhisperEncoderGraph.Stage, _ inputs: [String: Tensor]) throws -> [String: Tensor] {
        let file = try OnnxWeightFile(url: scratch.appending(path: "weights.bin"))
        let weights = WhisperWeights(model: model, dimensions: dimensions, file: file)
        let graph = scratch.appending(path: "silence.onnx")
        try WhisperEncoderGraph.build(stage, weights).write(to: graph)
        try file.close()
        var options = InferenceSession.Configuration(threads: threads)
        options.keepsMemory = false
        let session = try InferenceSession(model: graph, configuration: options)
        return try session.run(inputs, outputs: session.outputs.map(\.name))
    }

    /// The kept rows of [1, positions, width].
    private func kept(_ tensor: Tensor) throws -> [Float] {
        let width = tensor.shape.last ?? 0
        let rows = try tensor.withFloats { values in
            positions.flatMap { values[($0 * width)..<(($0 + 1) * width)] }
        }
        try WeightCheck.requireFinite(rows, in: "What the encoder makes of silence")
        return rows
    }
}
