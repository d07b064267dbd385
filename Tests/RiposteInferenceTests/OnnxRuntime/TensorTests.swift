import Foundation
import RiposteCore
import RiposteInference
import Testing

// Skipped when ONNX Runtime is not on the machine.
@Suite(.enabled(if: hasOnnxRuntime, "ONNX Runtime is missing: riposte models fetch onnxruntime"))
struct TensorTests {
    @Test func keepsEveryElementType() throws {
        func roundTrip<Element: TensorElement & Equatable>(_ values: [Element]) throws {
            let tensor = try Tensor(values, shape: [1, values.count])
            #expect(tensor.elementType == Element.elementType)
            #expect(try tensor.elements(of: Element.self) == values)
            #expect(MemoryLayout<Element>.stride == Element.elementType.byteCount)
            #expect(tensor.withBytes { $0.count } == values.count * MemoryLayout<Element>.stride)
        }
        try roundTrip([Float(-1.5), 0, .infinity])
        try roundTrip([Double(-1.5), 0, .pi])
        try roundTrip([UInt8(0), 255])
        try roundTrip([Int8(-128), 127])
        try roundTrip([UInt16(0), .max])
        try roundTrip([Int16.min, .max])
        try roundTrip([UInt32.max])
        try roundTrip([Int32.min])
        try roundTrip([UInt64.max])
        try roundTrip([Int64.min])
        try roundTrip([true, false])
        #if !(os(macOS) && arch(x86_64))
            try roundTrip([Float16(0.5)])
        #endif
    }

    @Test func makesScalarsAndSlicesAndFills() throws {
        let scalar = try Tensor(Int64(16000))
        #expect(scalar.shape == [])
        #expect(try scalar.int64s() == [16000])
        let samples: [Float] = [0, 1, 2, 3, 4]
        #expect(try Tensor(samples[1...3], shape: [1, 3]).floats() == [1, 2, 3])
        let filled = try Tensor(of: Float.self, shape: [2, 2]) { buffer in
            #expect(Array(buffer) == [0, 0, 0, 0])
            buffer[3] = 7
        }
        #expect(try filled.floats() == [0, 0, 0, 7])
    }

    @Test func refusesWhatDoesNotFit() throws {
        for shape in [[2, 3], [0], [-1, 5], [Int.max, 2]] {
            let error = #expect(throws: RiposteError.self) { try Tensor([Float](repeating: 0, count: 5), shape: shape) }
            #expect(error?.code == .badInput)
        }
        let tensor = try Tensor([Float(1)])
        #expect(throws: RiposteError.self) { try tensor.int64s() }
        #expect(throws: RiposteError.self) { try tensor.withElements(of: Double.self) { _ in } }
    }

    @Test func borrowsMemoryAndKeepsItsOwner() throws {
        final class Owner: Sendable {
            nonisolated(unsafe) let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: 16, alignment: 16)
            deinit { bytes.deallocate() }
        }
        var owner: Owner? = Owner()
        weak let witness = owner
        let bytes = try #require(owner?.bytes)
        bytes.storeBytes(of: 2.5, toByteOffset: 4, as: Float.self)
        let raw = UnsafeRawBufferPointer(bytes)
        var tensor: Tensor? = try Tensor(bytes: raw, elementType: .float32, shape: [4], owner: try #require(owner))
        owner = nil
        #expect(witness != nil)
        #expect(try tensor?.withFloats { $0[1] } == 2.5)
        #expect(throws: RiposteError.self) {
            try Tensor(bytes: raw, elementType: .float32, shape: [5], owner: 0)
        }
        let odd = UnsafeRawBufferPointer(rebasing: raw[1..<5])
        #expect(throws: RiposteError.self) { try Tensor(bytes: odd, elementType: .float32, shape: [1], owner: 0) }
        tensor = nil
        #expect(witness == nil)
    }
}

@Suite struct OnnxRuntimeTests {
    @Test(.enabled(if: hasOnnxRuntime, "ONNX Runtime is missing: riposte models fetch onnxruntime"))
    func isOneForTheProcess() throws {
        let library = try OnnxRuntime.shared()
        #expect(library.version.split(separator: ".").count == 3)
        #expect(try OnnxRuntime.load(from: nil) === library)
    }

    @Test func aMissingLibraryIsNamed() throws {
        let file = URL(filePath: "/nowhere/libonnxruntime.so")
        let error = #expect(throws: RiposteError.self) { try OnnxRuntime.load(from: file) }
        #expect(error?.code == .libraryMissing)
        #expect(error?.message.contains("/nowhere/libonnxruntime.so") == true)
        #expect(error?.message.contains("riposte models fetch onnxruntime") == true)
    }

    @Test func aFileThatIsNoLibraryIsRefused() throws {
        let folder = try TemporaryFolder()
        let file = folder.url.appending(path: "libonnxruntime.so")
        try Data("not a library".utf8).write(to: file)
        let error = #expect(throws: RiposteError.self) { try OnnxRuntime.load(from: file) }
        #expect(error?.code == .libraryMissing)
        #expect(
            error?.message.contains("invalid ELF header") == true || error?.message.contains("file too short") == true)
    }

    #if os(Linux)
        @Test func anotherLibraryIsRefused() throws {
            // Of the shared libraries this process has opened, any but ONNX Runtime will do.
            let maps = kernelFile("/proc/self/maps")
            let path = try #require(
                maps.split(separator: "\n").compactMap { $0.split(separator: " ").last }
                    .first { $0.contains("/libc.so") || $0.contains("/libm.so") })
            let error = #expect(throws: RiposteError.self) { try OnnxRuntime.load(from: URL(filePath: String(path))) }
            #expect(error?.code == .corrupt)
            #expect(error?.message.contains("is not ONNX Runtime") == true)
        }
    #endif
}
