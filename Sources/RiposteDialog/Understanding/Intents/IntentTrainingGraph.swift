import RiposteInference

/// One step of training an `IntentNetwork`, as a graph: ONNX Runtime multiplies matrices many times as fast as a loop.
///
/// Forward through noise and dropout, the gradients of the smoothed cross-entropy, and a step of AdamW. The examples lie
/// in one table; a step is told the rows it is of. What is random has a seed, so the same examples give the same network.
struct IntentTrainingGraph {
    /// The names of the four groups of weights, in their order.
    static let weights = ["w1", "b1", "w2", "b2"]
    static let updated = weights.map { "\($0)/next" }
    static let first = weights.map { "\($0)/first" }
    static let second = weights.map { "\($0)/second" }

    let configuration: IntentTraining.Configuration
    let inputs: Int
    let outputs: Int

    /// The bytes of the graph.
    func encoded() -> [UInt8] {
        var graph = OnnxGraph(name: "step")
        let sizes = shapes
        let examples = graph.input("examples", .float, ["n", .fixed(inputs)])
        let labels = graph.input("labels", .int64, ["n"])
        let importance = graph.input("importance", .float, ["n"])
        let rows = graph.input("rows", .int64, ["b"])
        let noise = graph.input("noise", .float, ["m", .fixed(inputs)])
        let noiseRows = graph.input("noiseRows", .int64, ["b"])
        let rate = graph.input("rate", .float, [])
        let corrections = ["firstCorrection", "secondCorrection"].map { graph.input($0, .float, []) }
        let values = zip(Self.weights, sizes).map { graph.input($0, .float, $1.map { .fixed($0) }) }
        let first = zip(Self.first, sizes).map { graph.input($0, .float, $1.map { .fixed($0) }) }
        let second = zip(Self.second, sizes).map { graph.input($0, .float, $1.map { .fixed($0) }) }

        let plain = graph.apply("Gather", [examples, rows])
        let noisy = graph.apply("Add", [plain, graph.apply("Gather", [noise, noiseRows])])
        let dropped = dropout(noisy, configuration.inputDropout, seed: 1, &graph)
        let sum = graph.apply("Add", [graph.apply("MatMul", [dropped.value, values[0]]), values[1]])
        let layer = dropout(graph.apply("Relu", [sum]), configuration.hiddenDropout, seed: 2, &graph)
        let scores = graph.apply("Add", [graph.apply("MatMul", [layer.value, values[2]]), values[3]])
        let error = self.error(of: scores, labels: labels, importance: importance, rows: rows, &graph)

        let back = graph.apply("MatMul", [error, transposed(values[2], &graph)])
        let active = graph.apply("Cast", [graph.apply("Greater", [sum, scalar(0, &graph)])], ["to": .integer(1)])
        let hiddenError = graph.apply("Mul", [graph.apply("Mul", [back, layer.factor]), active])
        let gradients = [
            graph.apply("MatMul", [transposed(dropped.value, &graph), hiddenError]),
            graph.apply("ReduceSum", [hiddenError, graph.integers([0])], ["keepdims": .integer(0)]),
            graph.apply("MatMul", [transposed(layer.value, &graph), error]),
            graph.apply("ReduceSum", [error, graph.integers([0])], ["keepdims": .integer(0)]),
        ]
        for index in Self.weights.indices {
            let moments = Moments(first: first[index], second: second[index], corrections: corrections)
            step(index, values[index], gradients[index], moments, rate, &graph)
        }
        return graph.encoded()
    }

    /// Of the weights, in their order.
    var shapes: [[Int]] {
        [[inputs, configuration.hidden], [configuration.hidden], [configuration.hidden, outputs], [outputs]]
    }

    private func scalar(_ value: Float, _ graph: inout OnnxGraph) -> String { graph.floats([value], shape: []) }

    private func transposed(_ value: String, _ graph: inout OnnxGraph) -> String {
        graph.apply("Transpose", [value], ["perm": .integers([1, 0])])
    }

    /// The value with some of it taken out, and what each of its numbers was multiplied with.
    private func dropout(
        _ value: String, _ ratio: Float, seed: Int, _ graph: inout OnnxGraph
    ) -> (value: String, factor: String) {
        let random = graph.apply(
            "RandomUniformLike", [value], ["seed": .number(Float(configuration.seed * 10 + seed))])
        let kept = graph.apply("GreaterOrEqual", [random, scalar(ratio, &graph)])
        let factor = graph.apply(
            "Mul", [graph.apply("Cast", [kept], ["to": .integer(1)]), scalar(1 / (1 - ratio), &graph)])
        return (graph.apply("Mul", [value, factor]), factor)
    }

    /// The gradient of the loss by the scores.
    private func error(
        of scores: String, labels: String, importance: String, rows: String, _ graph: inout OnnxGraph
    ) -> String {
        let share = configuration.smoothing / Float(outputs)
        let meant = graph.apply(
            "OneHot",
            [
                graph.apply("Gather", [labels, rows]), graph.integers([outputs], shape: []),
                graph.floats([share, 1 - configuration.smoothing + share]),
            ], ["axis": .integer(1)])
        let difference = graph.apply(
            "Sub", [graph.apply("Softmax", [scores], ["axis": .integer(1)]), meant])
        let weight = graph.apply("Unsqueeze", [graph.apply("Gather", [importance, rows]), graph.integers([1])])
        let count = graph.apply("Cast", [graph.apply("Size", [rows])], ["to": .integer(1)])
        return graph.apply("Mul", [difference, graph.apply("Div", [weight, count])])
    }

    private struct Moments {
        var first: String
        var second: String
        var corrections: [String]
    }

    /// AdamW with the usual decays of 0.9 and 0.999 (Kingma and Ba, 2015; Loshchilov and Hutter, 2019).
    private func step(
        _ index: Int, _ value: String, _ gradient: String, _ moments: Moments, _ rate: String,
        _ graph: inout OnnxGraph
    ) {
        func blend(_ old: String, _ new: String, _ decay: Float) -> String {
            graph.apply(
                "Add",
                [
                    graph.apply("Mul", [old, scalar(decay, &graph)]),
                    graph.apply("Mul", [new, scalar(1 - decay, &graph)]),
                ])
        }
        let first = blend(moments.first, gradient, 0.9)
        let second = blend(moments.second, graph.apply("Mul", [gradient, gradient]), 0.999)
        let size = graph.apply(
            "Add",
            [
                graph.apply("Sqrt", [graph.apply("Mul", [second, moments.corrections[1]])]), scalar(1e-8, &graph),
            ])
        var change = graph.apply("Div", [graph.apply("Mul", [first, moments.corrections[0]]), size])
        if index == 0 || index == 2, configuration.weightDecay > 0 {
            change = graph.apply(
                "Add", [change, graph.apply("Mul", [value, scalar(configuration.weightDecay, &graph)])])
        }
        let next = graph.apply("Sub", [value, graph.apply("Mul", [change, rate])])
        let shape = shapes[index].map { OnnxDimension.fixed($0) }
        graph.output(next, as: Self.updated[index], .float, shape)
        graph.output(first, as: "\(Self.first[index])/next", .float, shape)
        graph.output(second, as: "\(Self.second[index])/next", .float, shape)
    }
}
