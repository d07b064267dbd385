import Foundation
import RiposteCore
import RiposteInference

/// Turns the package's weights of all-MiniLM-L6-v2 into a graph in 8 bits: `sentences.onnx` with `weights.bin`, beside
/// `vocab.txt`.
public struct MiniLMPreparation: ModelPreparer {
    public let name = "minilm"
    public let version = 1

    static let graph = "sentences.onnx"
    static let vocabulary = "vocab.txt"
    private static let weights = "weights.bin"

    public init() {}

    /// - Parameter unpacked: a folder with `model.safetensors` and `vocab.txt`.
    /// - Throws: `.corrupt` if they are not what they should be, `.storage` if a file cannot be written.
    public func prepare(unpacked: URL, into folder: URL, progress: (Double) -> Void) throws {
        let file = try OnnxWeightFile(url: folder.appending(path: Self.weights))
        var builder = MiniLMGraph(
            source: try SafetensorsFile(unpacked.appending(path: "model.safetensors")), file: file)
        let graph = try builder.build(progress: progress)
        try graph.write(to: folder.appending(path: Self.graph))
        try file.close()
        do {
            try FileManager.default.copyItem(
                at: unpacked.appending(path: Self.vocabulary).resolvingSymlinksInPath(),
                to: folder.appending(path: Self.vocabulary))
        } catch {
            throw RiposteError(.storage, .models, "\(Self.vocabulary) could not be copied.", underlying: error)
        }
        progress(1)
    }
}
