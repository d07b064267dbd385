import Foundation
import RiposteCore

/// The graph as an ONNX file (`ModelProto`). The field numbers are those of `onnx.proto`.
extension OnnxGraph {
    /// The operator set the graphs are written for: the first with all they use, known to every ONNX Runtime
    /// from 1.14 on.
    static let operatorSet = 17
    /// The file format that goes with it.
    static let formatVersion = 8

    /// Writes the graph. Its weight files are looked for beside it. Throws `.storage`.
    public func write(to url: URL) throws {
        do {
            try Data(encoded()).write(to: url)
        } catch {
            throw RiposteError(.storage, .models, "Cannot write \(url.path).", underlying: error)
        }
    }

    /// The bytes of the ONNX file. The same graph gives the same bytes.
    public func encoded() -> [UInt8] {
        var model = ProtobufEncoder()
        model.integer(1, Self.formatVersion)
        model.string(2, "riposte")
        model.message(7) { encode(into: &$0) }
        for (domain, version) in [("", Self.operatorSet), (Self.contributed, 1)] {
            model.message(8) {
                $0.string(1, domain)
                $0.integer(2, version)
            }
        }
        return model.bytes
    }

    private func encode(into graph: inout ProtobufEncoder) {
        for node in nodes { graph.message(1) { node.encode(into: &$0) } }
        graph.string(2, name)
        for constant in constants { graph.message(5) { constant.encode(into: &$0) } }
        for value in inputs { graph.message(11) { value.encode(into: &$0) } }
        for value in outputs { graph.message(12) { value.encode(into: &$0) } }
    }

    fileprivate func encodeBody(into graph: inout ProtobufEncoder) {
        encode(into: &graph)
    }
}

extension OnnxGraph.Node {
    func encode(into node: inout ProtobufEncoder) {
        for input in inputs { node.string(1, input) }
        for output in outputs { node.string(2, output) }
        node.string(3, outputs.first ?? operation)
        node.string(4, operation)
        for attribute in attributes {
            node.message(5) { encode(attribute.value, named: attribute.name, into: &$0) }
        }
        node.string(7, domain)
    }

    private func encode(_ value: OnnxGraph.Attribute, named name: String, into attribute: inout ProtobufEncoder) {
        attribute.string(1, name)
        let kind: Int
        switch value {
        case .number(let number):
            attribute.float(2, number)
            kind = 1
        case .integer(let number):
            attribute.integer(3, number)
            kind = 2
        case .text(let text):
            attribute.string(4, text)
            kind = 3
        case .graph(let body):
            attribute.message(6) { body.encodeBody(into: &$0) }
            kind = 5
        case .integers(let numbers):
            for number in numbers { attribute.integer(8, number) }
            kind = 7
        }
        attribute.integer(20, kind)
    }
}

extension OnnxGraph.Value {
    func encode(into value: inout ProtobufEncoder) {
        value.string(1, name)
        value.message(2) { type in
            type.message(1) { tensor in
                tensor.integer(1, self.type.rawValue)
                tensor.message(2) { shape in
                    for dimension in self.shape {
                        shape.message(1) {
                            switch dimension {
                            case .fixed(let size): $0.integer(1, size)
                            case .symbolic(let name): $0.string(2, name)
                            }
                        }
                    }
                }
            }
        }
    }
}

extension OnnxGraph.Constant {
    func encode(into tensor: inout ProtobufEncoder) {
        for size in shape { tensor.integer(1, size) }
        tensor.integer(2, type.rawValue)
        tensor.string(8, name)
        switch content {
        case .inline(let bytes):
            tensor.data(9, bytes)
        case .external(let region):
            let entries = [
                ("location", region.file), ("offset", String(region.offset)), ("length", String(region.length)),
            ]
            for (key, value) in entries {
                tensor.message(13) {
                    $0.string(1, key)
                    $0.string(2, value)
                }
            }
            tensor.integer(14, 1)
        }
    }
}
