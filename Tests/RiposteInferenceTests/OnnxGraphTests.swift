import Foundation
import Testing

@testable import RiposteInference

@Suite struct OnnxGraphTests {
    @Test func numbersAreWrittenAsProtocolBuffers() {
        var encoder = ProtobufEncoder()
        encoder.integer(1, 150)
        encoder.string(2, "testing")
        encoder.integer(3, -1)
        encoder.float(4, 1)
        let minusOne: [UInt8] = [0x18] + Array(repeating: 0xff, count: 9) + [0x01]
        #expect(
            encoder.bytes
                == [0x08, 0x96, 0x01, 0x12, 0x07] + Array("testing".utf8) + minusOne + [0x25, 0, 0, 0x80, 0x3f])
    }

    @Test func graphHoldsItsNodesInputsAndOutputs() throws {
        var graph = OnnxGraph(name: "double")
        let x = graph.input("x", .float, [1, "n"])
        graph.output(graph.apply("Add", [x, x]), as: "y", .float, [1, "n"])
        #expect(graph.nodes.map(\.operation) == ["Add", "Identity"])
        #expect(graph.nodes[0].inputs == ["x", "x"])
        #expect(graph.nodes[1].outputs == ["y"])
        #expect(graph.outputs.map(\.name) == ["y"])
        #expect(graph.encoded() == graph.encoded())
        // The file begins with its format version, and names its graph.
        #expect(graph.encoded().starts(with: [0x08, UInt8(OnnxGraph.formatVersion)]))
    }

    @Test func sameConstantIsMadeOnce() {
        var graph = OnnxGraph(name: "constants")
        #expect(graph.integers([1, 2]) == graph.integers([1, 2]))
        #expect(graph.integers([1, 2]) != graph.integers([1, 2], shape: [2, 1]))
        #expect(graph.integers([1]) != graph.floats([1]))
        let long = Array(repeating: Float(0.5), count: 100)
        #expect(graph.floats(long) != graph.floats(long.map { $0 + 1 }))
    }

    @Test func weightsLieOnPagesAndCacheLines() throws {
        let url = FileManager.default.temporaryDirectory.appending(path: "weights-\(UUID().uuidString).bin")
        defer { try? FileManager.default.removeItem(at: url) }
        let file = try OnnxWeightFile(url: url)
        let first = try file.append([UInt8](repeating: 1, count: 3))
        let second = try file.append([Float](repeating: 2, count: 4))
        let third = try file.append([UInt16](repeating: 0x0303, count: 3000))
        try file.close()
        #expect(first.offset == 0 && first.length == 3)
        #expect(second.offset == 64 && second.length == 16)
        #expect(third.offset == 4096 && third.length == 6000)
        let bytes = [UInt8](try Data(contentsOf: url))
        #expect(bytes.count == 4096 + 6000)
        #expect(bytes[0..<4] == [1, 1, 1, 0])
        #expect(bytes[4095] == 0 && bytes[4096...].allSatisfy { $0 == 3 })
    }
}
