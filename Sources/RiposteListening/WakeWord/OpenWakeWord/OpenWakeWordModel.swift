import Foundation
import RiposteCore
import RiposteInference

/// One word of openWakeWord's: a small network over the latest vectors.
struct OpenWakeWordModel: Sendable {
    let word: String
    private let session: InferenceSession
    private let input: String
    /// Vectors it looks back at.
    private let length: Int

    /// - Throws: `.corrupt` for what is no word model of that project.
    init(file: URL) throws {
        word = Self.word(of: file)
        session = try InferenceSession(model: file)
        guard session.inputs.count == 1, let input = session.inputs.first, input.shape.count == 3,
            let length = input.shape[1].size, input.shape[2].size == OpenWakeWordFeatures.width,
            (1...120).contains(length)
        else {
            throw RiposteError(
                .corrupt, .wakeWord, "\(file.lastPathComponent) is no wake word model of openWakeWord's.")
        }
        (self.input, self.length) = (input.name, length)
    }

    /// "hey_jarvis_v0.1.onnx" is "hey jarvis".
    static func word(of file: URL) -> String {
        let name = file.deletingPathExtension().lastPathComponent
        return name.replacing(/_v[0-9.]+$/, with: "").replacing("_", with: " ")
    }

    /// How likely the word ends in the latest vector, 0 … 1. Of a model that tells several phrases apart, the likeliest
    /// of them; its first output stands for none of them.
    func score(_ vectors: [Float]) throws -> Float {
        let tensor = try Tensor(
            vectors.suffix(length * OpenWakeWordFeatures.width), shape: [1, length, OpenWakeWordFeatures.width])
        guard let output = try session.run([input: tensor], outputs: [session.outputs[0].name]).values.first else {
            throw RiposteError(.engineFailed, .wakeWord, "The wake word model '\(word)' gave no result.")
        }
        let scores = try output.floats()
        return scores.count == 1 ? scores[0] : scores.dropFirst().max() ?? 0
    }
}
