import Dispatch
import Foundation
import RiposteCore
import RiposteInference
import Testing

// Skipped when ONNX Runtime is not on the machine.
@Suite(.enabled(if: hasOnnxRuntime, "ONNX Runtime is missing: riposte models fetch onnxruntime"))
struct InferenceSessionTests {
    private func floats(_ values: [Float], _ shape: [Int]) throws -> Tensor { try Tensor(values, shape: shape) }

    @Test func readsNamesTypesAndSymbolicShapes() throws {
        let session = try InferenceSession(bytes: ModelBytes.addition.data)
        #expect(
            session.inputs == [
                .init(name: "left", elementType: .float32, shape: [.symbolic("batch"), .fixed(3)]),
                .init(name: "right", elementType: .float32, shape: [.symbolic("batch"), .fixed(3)]),
            ])
        #expect(session.outputs.map(\.description) == ["sum: float32 [batch, 3]", "count: int64 []"])
        #expect(try session.metadata("language") == "en")
        #expect(try session.metadata("voice") == nil)
    }

    @Test func addsAndFeedsOutputsBack() throws {
        let session = try InferenceSession(bytes: ModelBytes.addition.data)
        let one = try floats([1, 2, 3, 4, 5, 6], [2, 3])
        var outputs = try session.run(["left": one, "right": one], outputs: ["sum", "count"])
        #expect(try outputs["sum"]?.floats() == [2, 4, 6, 8, 10, 12])
        #expect(outputs["sum"]?.shape == [2, 3])
        #expect(try outputs["count"]?.int64s() == [6])
        #expect(outputs["count"]?.shape == [])
        let sum = try #require(outputs["sum"])
        outputs = try session.run(["left": sum, "right": sum], outputs: ["sum"])
        #expect(try outputs["sum"]?.floats() == [4, 8, 12, 16, 20, 24])
        #expect(outputs.count == 1)
    }

    @Test func outputsOutliveTheirSession() throws {
        let one = try floats([1, 2, 3], [1, 3])
        let sum = try InferenceSession(bytes: ModelBytes.addition.data)
            .run(["left": one, "right": one], outputs: ["sum"])["sum"]
        #expect(try sum?.floats() == [2, 4, 6])
    }

    @Test func takesEmptyTensors() throws {
        let session = try InferenceSession(bytes: ModelBytes.addition.data)
        let none = try floats([], [0, 3])
        let outputs = try session.run(["left": none, "right": none], outputs: ["sum", "count"])
        #expect(outputs["sum"]?.shape == [0, 3])
        #expect(try outputs["sum"]?.floats() == [])
        #expect(try outputs["count"]?.int64s() == [0])
    }

    @Test func badCallsComeBackInTheLibrarysWords() throws {
        let session = try InferenceSession(bytes: ModelBytes.addition.data)
        let good = try floats([1, 2, 3], [1, 3])
        let calls: [([String: Tensor], [String], RiposteError.Code, String)] = [
            (["left": good, "wrong": good], ["sum"], .badInput, "Invalid input name: wrong"),
            (["left": good, "right": good], ["wrong"], .badInput, "Invalid output name: wrong"),
            (["left": good], ["sum"], .badInput, "Missing Input: right"),
            (["left": good, "right": try floats([1, 2], [1, 2])], ["sum"], .badInput, "Got: 2 Expected: 3"),
            (["left": good, "right": try floats([1, 2, 3], [3])], ["sum"], .badInput, "Invalid rank"),
            (
                ["left": good, "right": try Tensor([Int64(1), 2, 3], shape: [1, 3])], ["sum"], .badInput,
                "Actual: (tensor(int64)) , expected: (tensor(float))"
            ),
            (
                [
                    "left": try floats([1, 2, 3, 4, 5, 6], [2, 3]),
                    "right": try floats(.init(repeating: 0, count: 9), [3, 3]),
                ],
                ["sum"], .engineFailed, "2 by 3"
            ),
        ]
        for (inputs, outputs, code, message) in calls {
            let error = #expect(throws: RiposteError.self) { try session.run(inputs, outputs: outputs) }
            #expect(error?.code == code, "\(error?.message ?? "")")
            #expect(error?.stage == .inference)
            #expect(error?.message.contains(message) == true, "\(error?.message ?? "")")
        }
        // A session survives all of that.
        #expect(try session.run(["left": good, "right": good], outputs: ["sum"])["sum"]?.floats() == [2, 4, 6])
    }

    @Test func whatIsNoModelIsRefused() throws {
        let folder = try TemporaryFolder()
        let missing = folder.url.appending(path: "missing.onnx")
        var error = #expect(throws: RiposteError.self) { try InferenceSession(model: missing) }
        #expect(error?.code == .storage)
        #expect(error?.message.contains("File doesn't exist") == true, "\(error?.message ?? "")")

        let text = folder.url.appending(path: "text.onnx")
        try Data("this is not a model".utf8).write(to: text)
        error = #expect(throws: RiposteError.self) { try InferenceSession(model: text) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains("text.onnx") == true)

        #expect(throws: RiposteError.self) { try InferenceSession(bytes: Data()) }
        var cut = ModelBytes.addition.data
        cut.removeLast(10)
        error = #expect(throws: RiposteError.self) { try InferenceSession(bytes: cut) }
        #expect(error?.code == .corrupt)
        var unknown = ModelBytes.addition
        unknown.nodes[0].type = "Addd"
        error = #expect(throws: RiposteError.self) { try InferenceSession(bytes: unknown.data) }
        #expect(error?.message.contains("Addd") == true, "\(error?.message ?? "")")
    }

    @Test func everyConfigurationComputesTheSame() throws {
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "linear.onnx")
        let weights = (0..<64 * 32).map { Float($0 % 7) - 3 }
        try ModelBytes.linear(rows: 64, columns: 32, weights: weights).data.write(to: model)
        let input = try floats((0..<64).map { Float($0) / 8 }, [1, 64])
        let expected = (0..<32).map { (column: Int) -> Float in
            (0..<64).reduce(into: Float(0)) { (sum: inout Float, row: Int) in
                sum += Float(row) / 8 * weights[row * 32 + column]
            }
        }
        var configurations = [InferenceSession.Configuration(), .init(threads: 2)]
        var lean = InferenceSession.Configuration()
        lean.optimisation = .off
        lean.keepsMemory = false
        lean.plansMemory = false
        lean.prepacksWeights = false
        lean.dimensions = ["n": 1]
        configurations.append(lean)
        var shared = InferenceSession.Configuration()
        shared.sharedWeights = try .init()
        configurations += [shared, shared]
        var saving = InferenceSession.Configuration()
        saving.optimisedModel = folder.url.appending(path: "optimised.onnx")
        saving.optimisation = .basic
        configurations.append(saving)
        let sessions = try configurations.map { try InferenceSession(model: model, configuration: $0) }
        for session in sessions + [try InferenceSession(model: folder.url.appending(path: "optimised.onnx"))] {
            let result = try session.run(["input": input], outputs: ["result"])["result"]?.floats() ?? []
            #expect(result.count == 32)
            #expect(zip(result, expected).allSatisfy { abs($0 - $1) < 1e-3 })
        }
        #expect(sessions[2].inputs[0].shape == [.fixed(1), .fixed(64)])
    }

    @Test func initializersCanBeReplaced() throws {
        let folder = try TemporaryFolder()
        let model = folder.url.appending(path: "linear.onnx")
        try ModelBytes.linear(rows: 2, columns: 1, weights: [1, 1]).data.write(to: model)
        var configuration = InferenceSession.Configuration()
        configuration.initializers = ["weights": try floats([10, 100], [2, 1])]
        let session = try InferenceSession(model: model, configuration: configuration)
        let result = try session.run(["input": floats([1, 2], [1, 2])], outputs: ["result"])["result"]
        #expect(try result?.floats() == [210])
    }

    @Test func badConfigurationIsRefused() throws {
        var error = #expect(throws: RiposteError.self) {
            try InferenceSession(bytes: ModelBytes.addition.data, configuration: .init(threads: 0))
        }
        #expect(error?.code == .badInput)
        var configuration = InferenceSession.Configuration()
        configuration.optimisedModel = URL(filePath: "/nowhere/at/all.onnx")
        error = #expect(throws: RiposteError.self) {
            try InferenceSession(bytes: ModelBytes.addition.data, configuration: configuration)
        }
        #expect(error?.message.isEmpty == false)
    }
}

// Skipped when ONNX Runtime is not on the machine.
@Suite(.enabled(if: hasOnnxRuntime, "ONNX Runtime is missing: riposte models fetch onnxruntime"))
struct InferenceCancellationTests {
    /// A model that takes many seconds, and its input.
    private static func slow() throws -> (InferenceSession, [String: Tensor]) {
        let session = try InferenceSession(bytes: ModelBytes.products(size: 1024, count: 400).data)
        let input = try Tensor(of: Float.self, shape: [1024, 1024]) { $0.update(repeating: 1e-3) }
        return (session, ["input": input])
    }

    @Test func aHandleEndsARun() async throws {
        let (session, inputs) = try Self.slow()
        let handle = try RunHandle()
        let canceller = Task.detached {
            try await Task.sleep(for: .milliseconds(100))
            handle.cancel()
        }
        let engine = Engine()
        let error = await #expect(throws: RiposteError.self) {
            try await engine.run(session, inputs, outputs: ["result"], handle: handle)
        }
        try await canceller.value
        #expect(error?.code == .cancelled)
        #expect(handle.isCancelled)
        // A handle stays cancelled; the session does not.
        #expect(throws: RiposteError.self) { try session.run(inputs, outputs: ["result"], handle: handle) }
    }

    @Test func aCancelledTaskEndsItsRun() async throws {
        let (session, inputs) = try Self.slow()
        let engine = Engine()
        let task = Task { try await engine.runUntilCancelled(session, inputs, outputs: ["result"]) }
        try await Task.sleep(for: .milliseconds(100))
        task.cancel()
        let error = await #expect(throws: RiposteError.self) { _ = try await task.value }
        #expect(error?.code == .cancelled)
    }
}

/// An engine as the project's own are: an actor on a thread of its own.
actor Engine {
    private let thread = InferenceThread(name: "engine", niceness: 1)
    nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
    private(set) var threadNames: Set<String> = []

    func run(
        _ session: InferenceSession, _ inputs: [String: Tensor], outputs: [String], handle: RunHandle? = nil
    ) throws -> [String: Tensor] {
        try session.run(inputs, outputs: outputs, handle: handle)
    }

    func runUntilCancelled(
        _ session: InferenceSession, _ inputs: [String: Tensor], outputs: [String]
    ) async throws -> [String: Tensor] {
        try await session.runUntilCancelled(inputs, outputs: outputs)
    }

    func noteThread() async {
        threadNames.insert(threadName())
        await Task.yield()
        threadNames.insert(threadName())
    }

    private func threadName() -> String { currentThreadName() }

    /// Blocks the engine's thread until the gate opens, and tells whether it did in time.
    func wait(arrived: DispatchSemaphore, gate: DispatchSemaphore, seconds: Double) -> Bool {
        arrived.signal()
        return gate.wait(timeout: .now() + seconds) == .success
    }
}

func currentThreadName() -> String {
    #if os(Linux)
        return kernelFile("/proc/thread-self/comm").trimmingCharacters(in: .newlines)
    #else
        return Thread.current.name ?? ""
    #endif
}

/// A file of the kernel's, whose size is not known before it is read.
func kernelFile(_ path: String) -> String {
    guard let file = FileHandle(forReadingAtPath: path) else { return "" }
    defer { try? file.close() }
    var data = Data()
    while let more = try? file.read(upToCount: 4096), !more.isEmpty { data.append(more) }
    return String(decoding: data, as: UTF8.self)
}
