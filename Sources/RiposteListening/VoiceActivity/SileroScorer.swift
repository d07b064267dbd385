import Foundation
import RiposteCore
import RiposteInference

/// Silero's voice activity: the probability that a window of 32 ms has speech in it.
///
/// Copies share the weights and go on independently, so one scorer is loaded and copied for each stream. A window takes
/// about 0.13 ms, and the decision comes about 40 ms after the sound.
///
/// ```swift
/// var scorer = try SileroScorer(folder: store.folder(of: "silero-vad"))
/// let probability = try scorer.score(samples[0..<512])
/// ```
public struct SileroScorer: WindowScorer {
    /// 512 samples, 32 ms.
    public let windowLength = 512

    /// Samples before the window that the network sees as well.
    private static let contextLength = 64
    private static let sampleRate: Int64 = 16_000
    private static let stateShape = [2, 1, 128]
    private static let fileName = "silero_vad_16k_op15.onnx"

    private let session: InferenceSession
    private let rate: Tensor
    private let silentState: Tensor
    private var state: Tensor
    private var context = [Float](repeating: 0, count: Self.contextLength)

    /// Loads the network from its model folder, wherever in it the file lies.
    /// - Throws: `RiposteError`: `.modelMissing` when the file is not there, `.corrupt` when it is no model,
    ///   `.libraryMissing` without ONNX Runtime.
    public init(folder: URL) throws {
        let files = FileManager.default.enumerator(
            at: folder.resolvingSymlinksInPath(), includingPropertiesForKeys: nil)
        guard let model = files?.lazy.compactMap({ $0 as? URL }).first(where: { $0.lastPathComponent == Self.fileName })
        else {
            throw RiposteError(
                .modelMissing, .voiceActivity,
                "There is no \(Self.fileName) in \(folder.path): riposte models fetch silero-vad")
        }
        try self.init(model: model)
    }

    /// Loads the network (the 16 kHz one, of opset 15) from its file.
    public init(model: URL) throws {
        session = try InferenceSession(model: model, configuration: .init(threads: 1))
        rate = try Tensor(Self.sampleRate)
        silentState = try Tensor([Float](repeating: 0, count: Self.stateShape.reduce(1, *)), shape: Self.stateShape)
        state = silentState
    }

    /// - Throws: `.badInput` when the window has not 512 samples.
    public mutating func score(_ window: ArraySlice<Float>) throws -> Float {
        guard window.count == windowLength else {
            throw RiposteError(
                .badInput, .voiceActivity,
                "Voice activity takes windows of \(windowLength) samples, not \(window.count).")
        }
        let input = try Tensor(context + window, shape: [1, Self.contextLength + windowLength])
        let outputs = try session.run(["input": input, "state": state, "sr": rate], outputs: ["output", "stateN"])
        guard let output = outputs["output"], let next = outputs["stateN"] else {
            throw RiposteError(.engineFailed, .voiceActivity, "The voice activity network gave no result.")
        }
        state = next
        context = Array(window.suffix(Self.contextLength))
        return try output.withFloats { $0.first ?? 0 }
    }

    public mutating func reset() {
        state = silentState
        context = [Float](repeating: 0, count: Self.contextLength)
    }
}
