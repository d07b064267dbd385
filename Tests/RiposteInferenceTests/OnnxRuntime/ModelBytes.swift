import Foundation
import RiposteInference

/// Writes small ONNX models, byte by byte, for tests: just enough of the format for a few nodes in a row.
struct ModelBytes {
    struct Value {
        var name: String
        var type: ElementType = .float32
        /// A name for a symbolic dimension, a number for a fixed one.
        var shape: [String]
    }

    struct Node {
        var type: String
        var inputs: [String]
        var outputs: [String]
    }

    var inputs: [Value]
    var outputs: [Value]
    var nodes: [Node]
    /// Constants of the graph: name, shape, values.
    var constants: [(String, [Int], [Float])] = []
    var metadata: [String: String] = [:]

    var data: Data {
        var graph = Message()
        for node in nodes { graph.add(1, encode(node)) }
        graph.add(2, "test")
        for (name, shape, values) in constants { graph.add(5, encode(name, shape, values)) }
        for value in inputs { graph.add(11, encode(value)) }
        for value in outputs { graph.add(12, encode(value)) }
        var opset = Message()
        opset.add(2, 17)
        var model = Message()
        model.add(1, 8)
        model.add(7, graph)
        model.add(8, opset)
        for (key, value) in metadata {
            var entry = Message()
            entry.add(1, key)
            entry.add(2, value)
            model.add(14, entry)
        }
        return model.bytes
    }

    private func encode(_ node: Node) -> Message {
        var message = Message()
        for input in node.inputs { message.add(1, input) }
        for output in node.outputs { message.add(2, output) }
        message.add(4, node.type)
        return message
    }

    private func encode(_ name: String, _ shape: [Int], _ values: [Float]) -> Message {
        var message = Message()
        for size in shape { message.add(1, UInt64(size)) }
        message.add(2, UInt64(ElementType.float32.rawValue))
        message.add(8, name)
        message.add(9, values.withUnsafeBytes { Data($0) })
        return message
    }

    private func encode(_ value: Value) -> Message {
        var shape = Message()
        for size in value.shape {
            var dimension = Message()
            if let fixed = UInt64(size) { dimension.add(1, fixed) } else { dimension.add(2, size) }
            shape.add(1, dimension)
        }
        var tensor = Message()
        tensor.add(1, UInt64(value.type.rawValue))
        tensor.add(2, shape)
        var type = Message()
        type.add(1, tensor)
        var message = Message()
        message.add(1, value.name)
        message.add(2, type)
        return message
    }
}

/// A protobuf message being written.
private struct Message {
    var bytes = Data()

    mutating func add(_ field: UInt64, _ value: UInt64) {
        varint(field << 3)
        varint(value)
    }

    mutating func add(_ field: UInt64, _ value: Data) {
        varint(field << 3 | 2)
        varint(UInt64(value.count))
        bytes.append(value)
    }

    mutating func add(_ field: UInt64, _ value: String) { add(field, Data(value.utf8)) }
    mutating func add(_ field: UInt64, _ value: Message) { add(field, value.bytes) }

    private mutating func varint(_ value: UInt64) {
        var rest = value
        while rest >= 0x80 {
            bytes.append(UInt8(rest & 0x7f | 0x80))
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

extension ModelBytes {
    /// `sum` = `left` + `right`, both [batch, 3], and the number of elements as `count`.
    static let addition = ModelBytes(
        inputs: [.init(name: "left", shape: ["batch", "3"]), .init(name: "right", shape: ["batch", "3"])],
        outputs: [.init(name: "sum", shape: ["batch", "3"]), .init(name: "count", type: .int64, shape: [])],
        nodes: [
            .init(type: "Add", inputs: ["left", "right"], outputs: ["sum"]),
            .init(type: "Size", inputs: ["sum"], outputs: ["count"]),
        ],
        metadata: ["language": "en"])

    /// `result` = `input` multiplied by itself as often as said: as slow as one likes.
    static func products(size: Int, count: Int) -> ModelBytes {
        ModelBytes(
            inputs: [.init(name: "input", shape: ["\(size)", "\(size)"])],
            outputs: [.init(name: "result", shape: ["\(size)", "\(size)"])],
            nodes: (0..<count).map { index in
                .init(
                    type: "MatMul", inputs: [index == 0 ? "input" : "product\(index)", "input"],
                    outputs: [index == count - 1 ? "result" : "product\(index + 1)"])
            })
    }

    /// `result` [1, columns] = `input` [1, rows] × a constant.
    static func linear(rows: Int, columns: Int, weights: [Float]) -> ModelBytes {
        ModelBytes(
            inputs: [.init(name: "input", shape: ["n", "\(rows)"])],
            outputs: [.init(name: "result", shape: ["n", "\(columns)"])],
            nodes: [.init(type: "MatMul", inputs: ["input", "weights"], outputs: ["result"])],
            constants: [("weights", [rows, columns], weights)])
    }
}

/// True if ONNX Runtime is on this machine: `riposte models fetch onnxruntime`, or `RIPOSTE_ONNXRUNTIME`.
let hasOnnxRuntime = (try? OnnxRuntime.shared()) != nil
