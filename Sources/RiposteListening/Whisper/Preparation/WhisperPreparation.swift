import Foundation
import RiposteCore
import RiposteInference

/// Turns a Whisper model of CTranslate2 or whisper.cpp into graphs for ONNX Runtime: an encoder and a decoder for each precision.
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
        /// Threads for the one pass over silence. With 1 the same model always gives the same bytes; several share the
        /// work by who happens to be free, which moves the last digits of sums.
        public var threads = 1

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

    /// Writes the graphs of a checkpoint into `folder`.
    ///
    /// - Parameter unpacked: a folder that has, at any depth, `model.bin` or its parts and `tokenizer.json`, and maybe
    ///   `config.json`; or a file of whisper.cpp.
    /// - Throws: `.corrupt` or `.badInput` if the checkpoint is not one of Whisper's, `.storage` if the folder cannot be
    ///   written, `.libraryMissing` without ONNX Runtime.
    public func prepare(unpacked: URL, into folder: URL, progress: (Double) -> Void) throws {
        try prepare(WhisperSource(unpacked), into: folder, progress: progress)
    }

    func prepare(_ source: WhisperSource, into folder: URL, progress: (Double) -> Void) throws {
        let dimensions = source.dimensions
        let tokenizer = try source.writeTokenizer(into: folder)
        let settings = try source.settings(tokenizer: tokenizer)
        try settings.write(into: folder)
        let steps = Double(configuration.precisions.count + 1)
        let recording = SilenceRecording(
            model: source.checkpoint, dimensions: dimensions,
            positions: SilenceMemory.middles(stride: configuration.stride, positions: dimensions.audioPositions),
            threads: configuration.threads, scratch: folder.appending(path: "scratch"))
        let rows = try recording.rows { progress($0 / steps) }
        var vocabularies: [String: VocabularyTable.Place] = [:]
        for (index, precision) in configuration.precisions.enumerated() {
            vocabularies[precision.rawValue] = try write(
                source, precision, recording: rows, alignmentHeads: settings.alignmentHeads ?? [], into: folder)
            progress(Double(index + 2) / steps)
        }
        try WhisperManifest(
            dimensions: dimensions, stride: configuration.stride, precisions: configuration.precisions,
            vocabularies: vocabularies
        ).write(to: folder)
    }

    /// - Returns: where the exact vocabulary lies, if the graph's is coarse.
    private func write(
        _ source: WhisperSource, _ precision: WhisperPrecision, recording: [String: [Float]], alignmentHeads: [[Int]],
        into folder: URL
    ) throws -> VocabularyTable.Place? {
        let file = try OnnxWeightFile(url: folder.appending(path: WhisperGraphs.weightsFile(precision)))
        let dimensions = source.dimensions
        let weights = WhisperWeights(model: source.checkpoint, dimensions: dimensions, file: file)
        let memory = try SilenceMemory(
            stride: configuration.stride, positions: dimensions.audioPositions, recording: recording, file: file)
        try WhisperEncoderGraph.build(weights, form: precision.encoderForm, silence: .remembered(memory))
            .write(to: folder.appending(path: WhisperGraphs.encoderFile(precision)))
        try WhisperDecoderGraph.build(weights, precision, alignmentHeads: alignmentHeads)
            .write(to: folder.appending(path: WhisperGraphs.decoderFile(precision)))
        let vocabulary =
            precision.vocabularyForm == .coarseBlocks
            ? try VocabularyTable.Place(weights.matrix("decoder/embeddings", form: .blocks)) : nil
        try file.close()
        return vocabulary
    }
}
