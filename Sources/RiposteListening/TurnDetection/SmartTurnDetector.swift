import Foundation
import RiposteCore
import RiposteInference

/// Tells the end of a turn from a pause by the sound of it: the smart-turn network on the last 8 s.
///
/// It hears intonation and broken-off words, not what is said; the transcript is not looked at. It is right about ends
/// (98 of 100 are called complete) and of less help inside a sentence, where many pauses sound like an end too:
/// ``EndOfTurnPolicy`` weighs it with what else is known. One run costs about 80 ms of one core.
///
/// ```swift
/// let detector = SmartTurnDetector(folder: try store.folder(of: "smart-turn"))
/// let probability = try await detector.endOfTurnProbability(audio: turn[...], transcript: "")
/// ```
public actor SmartTurnDetector: TurnDetector {
    public struct Configuration: Sendable, Equatable {
        /// Threads a run uses. Default 1: at a pause the recogniser wants the other core.
        public var threads = 1
        /// Whether what flows through the network is rounded to 8 bits, as it was published. Then a run takes 48 ms of
        /// one core instead of 80, but a millionth of difference in the sound can move the probability by 0.4, and ends
        /// are told from pauses less well (area under the curve 0.79 instead of 0.85 on spoken orders with a pause put
        /// in). Default false: only the weights are 8-bit numbers.
        public var roundsActivations = false

        public init() {}
    }

    private static let fileName = "smart-turn-v3.2-cpu.onnx"

    public nonisolated let configuration: Configuration

    private let folder: URL
    private var loaded: InferenceSession?
    private let features = SmartTurnFeatures()

    private let thread = InferenceThread(name: "turn")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter folder: of the model `smart-turn`; the network may lie anywhere in it.
    public init(folder: URL, configuration: Configuration = .init()) {
        self.folder = folder
        self.configuration = configuration
    }

    /// Loads the network and runs it once, so that the first pause is not slower than the others.
    /// - Throws: `RiposteError`: `.modelMissing`, `.corrupt`, `.libraryMissing`.
    public func load() async throws {
        guard loaded == nil else { return }
        _ = try await probability(of: [])
    }

    public func unload() { loaded = nil }

    /// - Parameters:
    ///   - audio: the sound of the turn so far, mono, 16 kHz, up to the pause and some tenths of a second into it;
    ///     the last 8 s are heard.
    ///   - transcript: not looked at.
    /// - Throws: as `load`; `.cancelled` when the task is cancelled, `.engineFailed` when the network fails.
    public func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double {
        try await probability(of: audio)
    }

    private func probability(of audio: ArraySlice<Float>) async throws -> Double {
        let session = try session()
        let input = try Tensor(
            features.values(of: audio), shape: [1, SmartTurnFeatures.melCount, SmartTurnFeatures.frameCount])
        let outputs = try await session.runUntilCancelled(["input_features": input], outputs: ["logits"])
        // It is called logits, but the network ends in a sigmoid.
        guard let probability = try outputs["logits"]?.floats().first, probability.isFinite else {
            throw RiposteError(.engineFailed, .turn, "The turn detection network gave no probability.")
        }
        return Double(probability)
    }

    private func session() throws -> InferenceSession {
        if let loaded { return loaded }
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        guard let model = files?.lazy.compactMap({ $0 as? URL }).first(where: { $0.lastPathComponent == Self.fileName })
        else {
            throw RiposteError(
                .modelMissing, .turn, "There is no \(Self.fileName) in \(folder.path): riposte models fetch smart-turn")
        }
        var options = InferenceSession.Configuration(threads: configuration.threads)
        if !configuration.roundsActivations {
            // Takes out the pairs that round and undo it, instead of fusing them into 8-bit operators.
            options.entries["session.disable_quant_qdq"] = "1"
            options.entries["session.enable_quant_qdq_cleanup"] = "1"
        }
        let session = try InferenceSession(model: model, configuration: options)
        guard session.inputs.contains(where: { $0.name == "input_features" }),
            session.outputs.contains(where: { $0.name == "logits" })
        else {
            throw RiposteError(.corrupt, .turn, "\(model.lastPathComponent) is no turn detection network of version 3.")
        }
        loaded = session
        return session
    }
}
