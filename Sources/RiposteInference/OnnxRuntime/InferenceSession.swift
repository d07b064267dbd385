import COnnxRuntime
import Foundation
import RiposteCore

/// A model, loaded and ready to run.
///
/// A session may be used by several tasks at once; each run has its own memory. A run blocks its thread until it is
/// done, so engines run on an ``InferenceThread``, never on Swift's cooperative pool.
///
/// ```swift
/// let session = try InferenceSession(model: file)
/// let outputs = try session.run(["input": window, "state": state, "sr": rate], outputs: ["output", "stateN"])
/// ```
public final class InferenceSession: Sendable {
    private let library: OnnxRuntime
    private let handle: OnnxRuntime.Handle
    private let configuration: Configuration
    private let names: CNames

    /// What the model takes, in its own order.
    public let inputs: [TensorDescription]
    /// What the model gives, in its own order.
    public let outputs: [TensorDescription]

    /// Loads a model from a file (`.onnx` or `.ort`). Weights beside the file, if the model names any, are found there.
    ///
    /// - Throws: `storage` if the file cannot be read, `corrupt` if it is not a model; `libraryMissing` without
    ///   ONNX Runtime. The message holds the library's own.
    public convenience init(
        model: URL, configuration: Configuration = .init(), library: OnnxRuntime? = nil
    ) throws {
        try self.init(configuration: configuration, library: library) { library, options in
            var session: OpaquePointer?
            try OnnxRuntime.check(
                ortx_session_create(
                    library.handle.pointer, model.path, options, configuration.sharedWeights?.handle.pointer, &session),
                "The model \(model.lastPathComponent) could not be loaded")
            return session
        }
    }

    /// Loads a model from its bytes, which are not needed any more once this returns.
    ///
    /// - Throws: `corrupt` if they are not a model; `libraryMissing` without ONNX Runtime. `sharedWeights` works only
    ///   for models in files, and is refused here with `badInput`.
    public convenience init(
        bytes: Data, configuration: Configuration = .init(), library: OnnxRuntime? = nil
    ) throws {
        guard configuration.sharedWeights == nil else {
            throw RiposteError(.badInput, .inference, "Weights can be shared only by models loaded from a file.")
        }
        try self.init(configuration: configuration, library: library) { library, options in
            var session: OpaquePointer?
            let status = bytes.withUnsafeBytes { raw -> OrtxStatus in
                // An empty buffer has no address; the library then says itself that this is not a model.
                withUnsafePointer(to: UInt8(0)) { nothing in
                    ortx_session_create_from_bytes(
                        library.handle.pointer, raw.baseAddress ?? UnsafeRawPointer(nothing), raw.count, options,
                        &session)
                }
            }
            try OnnxRuntime.check(status, "The model could not be loaded")
            return session
        }
    }

    private init(
        configuration: Configuration, library: OnnxRuntime?,
        create: (OnnxRuntime, _ options: OpaquePointer) throws -> OpaquePointer?
    ) throws {
        let library = try library ?? OnnxRuntime.shared()
        let options = try configuration.makeOptions(library)
        defer { ortx_options_release(library.handle.pointer, options) }
        guard let session = try create(library, options) else {
            throw RiposteError(.engineFailed, .inference, "ONNX Runtime gave no session back.")
        }
        do {
            inputs = try Self.describe(session, outputs: false, library: library)
            outputs = try Self.describe(session, outputs: true, library: library)
        } catch {
            ortx_session_release(library.handle.pointer, session)
            throw error
        }
        self.library = library
        self.handle = OnnxRuntime.Handle(pointer: session)
        self.configuration = configuration
        names = CNames(inputs.map(\.name) + outputs.map(\.name))
    }

    deinit {
        ortx_session_release(library.handle.pointer, handle.pointer)
    }

    private static func describe(
        _ session: OpaquePointer, outputs: Bool, library: OnnxRuntime
    ) throws -> [TensorDescription] {
        let kind: Int32 = outputs ? 1 : 0
        var count = 0
        try OnnxRuntime.check(
            ortx_session_count(library.handle.pointer, session, kind, &count), "The model could not be described")
        return try (0..<count).map { index in
            var name: UnsafeMutablePointer<CChar>?
            var shape = OrtxShape()
            try OnnxRuntime.check(
                ortx_session_describe(library.handle.pointer, session, kind, index, &name, &shape),
                "The model could not be described")
            defer {
                ortx_free(name)
                ortx_shape_release(shape)
            }
            return TensorDescription(name: name.map { String(cString: $0) } ?? "", copying: shape)
        }
    }

    /// A value of the model's own metadata, or nil.
    public func metadata(_ key: String) throws -> String? {
        var value: UnsafeMutablePointer<CChar>?
        try OnnxRuntime.check(
            ortx_session_metadata(library.handle.pointer, handle.pointer, key, &value), "The metadata is unreadable")
        defer { ortx_free(value) }
        return value.map { String(cString: $0) }
    }
}

// MARK: Running

extension InferenceSession {
    /// Runs the model and waits for its outputs.
    ///
    /// Inputs are read where they are, outputs stay where the library put them: nothing is copied.
    /// - Parameters:
    ///   - inputs: A tensor for each input, by name.
    ///   - outputs: The names of the outputs that are wanted; what only the others need is still computed.
    ///   - handle: Cancels the run from another thread. Default: none.
    /// - Throws: `badInput` if a name, a type or a shape is not what the model takes, `cancelled` if the handle was
    ///   cancelled, `engineFailed` if the model itself fails. The message holds the library's own.
    public func run(
        _ inputs: [String: Tensor], outputs: [String], handle: RunHandle? = nil
    ) throws -> [String: Tensor] {
        let inputNames = Array(inputs.keys)
        let extra = CNames((inputNames + outputs).filter { names[$0] == nil })
        func pointer(_ name: String) throws -> UnsafePointer<CChar> {
            guard let pointer = names[name] ?? extra[name] else {
                throw RiposteError(.badInput, .inference, "'\(name)' cannot be a name.")
            }
            return pointer
        }
        let inputPointers = try inputNames.map(pointer)
        let outputPointers = try outputs.map(pointer)
        let values = inputNames.compactMap { inputs[$0]?.value.pointer }
        var results = [OpaquePointer?](repeating: nil, count: outputs.count)
        let status = withExtendedLifetime((inputs, extra, handle)) {
            ortx_session_run(
                library.handle.pointer, self.handle.pointer, handle?.options.pointer, inputPointers, values,
                values.count, outputPointers, outputs.count, &results)
        }
        if status.code != 0, let handle, handle.isCancelled {
            _ = OnnxRuntime.takeMessage(status)
            throw RiposteError(.cancelled, .inference, "The run was cancelled.")
        }
        if status.code != 0, let missing = self.inputs.first(where: { inputs[$0.name] == nil }) {
            // The library finds a missing input only when an operator asks for it, and then blames the operator.
            throw RiposteError(
                .badInput, .inference, "Missing Input: \(missing.name). \(OnnxRuntime.takeMessage(status))")
        }
        try OnnxRuntime.check(status, "The model could not be run")
        return try adopt(results, names: outputs)
    }

    private func adopt(_ results: [OpaquePointer?], names: [String]) throws -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        var failure: (any Error)?
        for (name, value) in zip(names, results) {
            guard let value else { continue }
            // Each value is taken over even after a failure, so that none is lost.
            do {
                tensors[name] = try Tensor(adopting: value, name: name, library: library)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return tensors
    }

    /// Runs the model like `run`, and ends the run soon after the current task is cancelled.
    ///
    /// It blocks the thread it is called on all the same: call it from an actor on an ``InferenceThread``.
    /// - Throws: `cancelled` if the task was cancelled; else as `run`.
    public func runUntilCancelled(
        _ inputs: [String: Tensor], outputs: [String], isolation: isolated (any Actor)? = #isolation
    ) async throws -> [String: Tensor] {
        let handle = try RunHandle(library: library)
        return try await withTaskCancellationHandler {
            // Capturing it keeps the closure on the caller's actor; it would block the cooperative pool otherwise.
            _ = isolation
            return try run(inputs, outputs: outputs, handle: handle)
        } onCancel: {
            handle.cancel()
        }
    }
}

/// Ends a run from another thread.
///
/// A handle is for one run, or for several that are to end together; once cancelled it stays so.
public final class RunHandle: Sendable {
    let library: OnnxRuntime
    let options: OnnxRuntime.Handle
    private let cancelled = CancellationFlag()

    public init(library: OnnxRuntime? = nil) throws {
        let library = try library ?? OnnxRuntime.shared()
        var created: OpaquePointer?
        try OnnxRuntime.check(ortx_run_options_create(library.handle.pointer, &created), "A run could not be prepared")
        guard let created else {
            throw RiposteError(.engineFailed, .inference, "ONNX Runtime gave no run options.")
        }
        self.library = library
        options = OnnxRuntime.Handle(pointer: created)
    }

    /// Runs in `body` give back what they needed of memory. Else it is kept for the next one, which is faster; for a run
    /// that is rare and large, that is a waste.
    public func returningMemory<Result>(_ body: () throws -> Result) throws -> Result {
        try setShrinkage("cpu:0")
        let result = Swift.Result(catching: body)
        try setShrinkage("")
        return try result.get()
    }

    private func setShrinkage(_ arenas: String) throws {
        try OnnxRuntime.check(
            ortx_run_options_set(
                library.handle.pointer, options.pointer, "memory.enable_memory_arena_shrinkage", arenas),
            "A run could not be prepared")
    }

    deinit {
        ortx_run_options_release(library.handle.pointer, options.pointer)
    }

    public var isCancelled: Bool { cancelled.isSet }

    /// The run ends after the operator it is in; one that has not begun will fail at once.
    public func cancel() {
        cancelled.set()
        let status = ortx_run_options_terminate(library.handle.pointer, options.pointer)
        if status.code != 0 { _ = OnnxRuntime.takeMessage(status) }
    }
}
