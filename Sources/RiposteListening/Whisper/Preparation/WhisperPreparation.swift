import Foundation
import RiposteCore
import RiposteInference

/// Turns a CTranslate2 Whisper model into graphs for ONNX Runtime.
public struct WhisperPreparation {
    /// Writes the graphs of the model in `unpacked` into `folder`.
    public static func prepare(unpacked: URL, into folder: URL, precision: WhisperPrecision) throws {
        let model = try CTranslate2File(parts: try modelParts(in: unpacked))
        guard model.specification == "WhisperSpec" else {
            throw RiposteError(.badInput, .models, "The model file is a \(model.specification), not a Whisper model.")
        }
        let dimensions = try WhisperDimensions(of: model)
        let file = try OnnxWeightFile(url: folder.appending(path: "weights.\(precision.rawValue).bin"))
        let weights = WhisperWeights(model: model, dimensions: dimensions, precision: precision, file: file)
        try WhisperEncoderGraph.build(weights).write(to: folder.appending(path: "encoder.\(precision.rawValue).onnx"))
        try WhisperDecoderGraph.build(weights).write(to: folder.appending(path: "decoder.\(precision.rawValue).onnx"))
        try file.close()
    }

    /// `model.bin` or its parts in order, wherever they lie in the folder.
    static func modelParts(in folder: URL) throws -> [URL] {
        let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        let files = (found?.allObjects as? [URL] ?? []).sorted { $0.lastPathComponent < $1.lastPathComponent }
        let whole = files.filter { $0.lastPathComponent == "model.bin" }
        let parts = files.filter { $0.lastPathComponent.hasPrefix("model.bin.part") }
        if whole.isEmpty && parts.isEmpty {
            throw RiposteError(.corrupt, .models, "There is no model.bin in \(folder.path).")
        }
        return whole.isEmpty ? parts : [whole[0]]
    }
}
