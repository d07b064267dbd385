import Foundation
import RiposteCore
import RiposteInference

/// Trains an `IntentNetwork` in seconds, always the same from the same examples.
actor IntentTraining {
    /// Values were chosen by training on CLINC150's training part and counting on its validation part, once.
    struct Configuration: Sendable, Equatable {
        var hidden = 512
        var inputDropout: Float = 0.25
        var hiddenDropout: Float = 0.5
        /// The standard deviation of what is added to each component, whose own is 1.
        var noise: Float = 0.5
        /// How much of a label is spread over all intents, so that the network is never quite sure.
        var smoothing: Float = 0.1
        var weightDecay: Float = 0
        var learningRate: Float = 2e-3
        var epochs = 20
        /// With few examples, epochs are added until there are so many steps.
        var leastSteps = 300
        var batch = 64
        var seed = 1
        /// Threads a step uses.
        var threads = max(1, ProcessInfo.processInfo.activeProcessorCount)

        init() {}
    }

    /// What a network is trained on.
    struct Examples: Sendable {
        /// Of length 1.
        var vectors: VectorTable
        /// Of each row the number of its intent.
        var labels: [Int]
        /// Of each row how much it counts; usually 1.
        var importance: [Float]
        /// How many intents there are.
        var outputs: Int
    }

    private let configuration: Configuration
    private let thread = InferenceThread(name: "training")
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    init(_ configuration: Configuration = .init()) { self.configuration = configuration }

    /// - Parameter progress: told how much is done, 0–1.
    /// - Throws: `.cancelled` when the task is cancelled, `.libraryMissing` without ONNX Runtime.
    func train(_ examples: Examples, progress: (@Sendable (Double) -> Void)? = nil) async throws -> IntentNetwork {
        let dimension = examples.vectors.dimension
        let graph = IntentTrainingGraph(configuration: configuration, inputs: dimension, outputs: examples.outputs)
        let session = try InferenceSession(
            bytes: Data(graph.encoded()), configuration: .init(threads: configuration.threads))
        var chance = SeededChance(configuration.seed)
        let count = examples.labels.count
        let batch = min(configuration.batch, max(count, 1))
        let perEpoch = max(1, (count + batch - 1) / batch)
        let epochs = max(configuration.epochs, (configuration.leastSteps + perEpoch - 1) / perEpoch)
        var state = try start(graph.shapes, &chance)
        let fixed = try table(examples, &chance)
        var step = 0
        for _ in 0..<epochs {
            let order = (0..<count).shuffled(using: &chance)
            for start in stride(from: 0, to: count, by: batch) {
                try Task.checkCancellation()
                step += 1
                let rows = order[start..<min(start + batch, count)].map { Int64($0) }
                let noiseRows = rows.map { _ in Int64.random(in: 0..<Int64(Self.noiseRows), using: &chance) }
                var inputs = fixed.merging(state) { $1 }
                inputs["rows"] = try Tensor(rows)
                inputs["noiseRows"] = try Tensor(noiseRows)
                inputs["rate"] = try Tensor(rate(step, of: epochs * perEpoch))
                inputs["firstCorrection"] = try Tensor(Float(1 / (1 - pow(0.9, Double(step)))))
                inputs["secondCorrection"] = try Tensor(Float(1 / (1 - pow(0.999, Double(step)))))
                let outputs = try session.run(inputs, outputs: state.keys.map { "\($0)/next" })
                for name in state.keys { state[name] = outputs["\(name)/next"] }
            }
            progress?(Double(step) / Double(epochs * perEpoch))
        }
        return try network(state, dimension: dimension, outputs: examples.outputs)
    }

    private static let noiseRows = 1024

    /// What is the same in every step.
    private func table(_ examples: Examples, _ chance: inout SeededChance) throws -> [String: Tensor] {
        let dimension = examples.vectors.dimension
        let scale = IntentNetwork.scale(dimension: dimension)
        var noise = [Float](repeating: 0, count: Self.noiseRows * dimension)
        for index in noise.indices { noise[index] = configuration.noise * chance.normal() }
        return [
            "examples": try Tensor(
                examples.vectors.values.map { $0 * scale }, shape: [examples.labels.count, dimension]),
            "labels": try Tensor(examples.labels.map { Int64($0) }),
            "importance": try Tensor(examples.importance),
            "noise": try Tensor(noise, shape: [Self.noiseRows, dimension]),
        ]
    }

    /// Weights of the usual size for their layer (He et al., 2015), and moments of zero.
    private func start(_ shapes: [[Int]], _ chance: inout SeededChance) throws -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (index, shape) in shapes.enumerated() {
            let count = shape.reduce(1, *)
            let deviation = shape.count == 2 ? (index == 0 ? 2 / Float(shape[0]) : 1 / Float(shape[0])).squareRoot() : 0
            let values = (0..<count).map { _ in deviation > 0 ? deviation * chance.normal() : 0 }
            let zeros = [Float](repeating: 0, count: count)
            state[IntentTrainingGraph.weights[index]] = try Tensor(values, shape: shape)
            state[IntentTrainingGraph.first[index]] = try Tensor(zeros, shape: shape)
            state[IntentTrainingGraph.second[index]] = try Tensor(zeros, shape: shape)
        }
        return state
    }

    /// Up over the first tenth, then down to nothing by a cosine.
    private func rate(_ step: Int, of steps: Int) -> Float {
        let part = Float(step) / Float(steps)
        return configuration.learningRate * min(1, part * 10) * 0.5 * (1 + cos(.pi * part))
    }

    private func network(
        _ state: [String: Tensor], dimension: Int, outputs: Int
    ) throws -> IntentNetwork {
        let values = try IntentTrainingGraph.weights.map { try state[$0]?.floats() ?? [] }
        guard values.allSatisfy({ $0.allSatisfy(\.isFinite) }) else {
            throw RiposteError(.engineFailed, .dialog, "Training gave numbers that are none.")
        }
        return IntentNetwork(
            inputs: dimension, hidden: configuration.hidden, outputs: outputs, layers: (values[0], values[1]),
            output: (values[2], values[3]))
    }
}
