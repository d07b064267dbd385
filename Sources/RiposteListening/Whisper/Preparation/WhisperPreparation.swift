import Foundation
import RiposteCore
import RiposteInference

/// Turns a CTranslate2 Whisper model into graphs for ONNX Runtime: an encoder and a decoder for each precision.
///
/// The folder gets `encoder.P.onnx`, `decoder.P.onnx` and `weights.P.bin` for each precision P, the model's
/// `config.json` and `tokenizer.json`, and `graphs.json` (a `WhisperManifest`). The same model gives the same bytes
/// each time on the same machine. It needs ONNX Runtime, to hear 30 s of silence once; see `SilenceMemory`.
public struct WhisperPreparation: ModelPreparer {
    public struct Configuration: Sendable {
        /// The graphs that are written.
        public var precisions: [WhisperPrecision] = [.int8]
        /// Positions of silence that one of them stands for. 32 is as accurate as all of them, 1, to within the
        /// noise of the transcripts.
        public var stride = 32
        /// Threads for the one pass over silence.
        public var threads = 2

        public init() {}
    }

    /// The name of the model, as "whisper-base".
    public let name: String
    /// Counts up when the result changes.
    public let version = WhisperManifest.currentVersion
    private let configuration: Configuration

    public init(name: String, configuration: Configuration = .init()) {
        self.name = name
        self.configuration = configuration
    }

    /// Writes the graphs of the checkpoint in `unpacked` into `folder`.
    ///
    /// - Parameter unpacked: has, at any depth, `model.bin` or its parts, `config.json` and `tokenizer.json`.
    /// Throws `.corrupt` or `.badInput` if the checkpoint is not one of Whisper's in half precision, `.storage` if the
    /// folder cannot be written, `.libraryMissing` without ONNX Runtime.
    public func prepare(unpacked: URL, into folder: URL, progress: (Double) -> Void) throws {
        let files = try CheckpointFiles(in: unpacked)
        let model = try CTranslate2File(parts: files.model)
        guard model.specification == "WhisperSpec" else {
            throw RiposteError(.badInput, .models, "The model file is a \(model.specification), not a Whisper model.")
        }
        let dimensions = try WhisperDimensions(of: model)
        let alignmentHeads = try files.alignmentHeads(dimensions)
        let scratch = folder.appending(path: "scratch")
        defer { try? FileManager.default.removeItem(at: scratch) }
        let recording = try recordSilence(model, dimensions, in: scratch)
        let steps = Double(configuration.precisions.count + 1)
        progress(1 / steps)
        for (index, precision) in configuration.precisions.enumerated() {
            try write(
                model, dimensions, precision, recording: recording, alignmentHeads: alignmentHeads, into: folder)
            progress(Double(index + 2) / steps)
        }
        try files.copyTexts(into: folder)
        try WhisperManifest(
            dimensions: dimensions, stride: configuration.stride, precisions: configuration.precisions
        ).write(to: folder)
    }

    /// The keys and values of 30 s of silence, by the names of `SilenceMemory`.
    private func recordSilence(
        _ model: CTranslate2File, _ dimensions: WhisperDimensions, in scratch: URL
    ) throws -> [String: Tensor] {
        do {
            try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
        } catch {
            throw RiposteError(.storage, .models, "Cannot write into \(scratch.path).", underlying: error)
        }
        let file = try OnnxWeightFile(url: scratch.appending(path: "weights.bin"))
        let weights = WhisperWeights(model: model, dimensions: dimensions, file: file)
        let graph = scratch.appending(path: "silence.onnx")
        try WhisperEncoderGraph.build(weights, form: .half, silence: .recorded).write(to: graph)
        try file.close()
        var options = InferenceSession.Configuration(threads: configuration.threads)
        options.keepsMemory = false
        let session = try InferenceSession(model: graph, configuration: options)
        let frames = 2 * dimensions.audioPositions
        let silence = try Tensor(
            [Float](repeating: SilenceMemory.level, count: dimensions.mels * frames),
            shape: [1, dimensions.mels, frames])
        let names = session.outputs.map(\.name).filter { $0 != WhisperGraphs.crossBias }
        return try session.run([WhisperGraphs.features: silence], outputs: names)
    }

    private func write(
        _ model: CTranslate2File, _ dimensions: WhisperDimensions, _ precision: WhisperPrecision,
        recording: [String: Tensor], alignmentHeads: [[Int]], into folder: URL
    ) throws {
        let file = try OnnxWeightFile(url: folder.appending(path: WhisperGraphs.weightsFile(precision)))
        let weights = WhisperWeights(model: model, dimensions: dimensions, file: file)
        let memory = try SilenceMemory(
            stride: configuration.stride, positions: dimensions.audioPositions, recording: recording, file: file)
        try WhisperEncoderGraph.build(weights, form: precision.encoderForm, silence: .remembered(memory))
            .write(to: folder.appending(path: WhisperGraphs.encoderFile(precision)))
        try WhisperDecoderGraph.build(weights, form: precision.decoderForm, alignmentHeads: alignmentHeads)
            .write(to: folder.appending(path: WhisperGraphs.decoderFile(precision)))
        try file.close()
    }
}
