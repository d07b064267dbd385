import COnnxRuntime
import Foundation
import RiposteCore

extension InferenceSession {
    /// How a model is loaded and run.
    public struct Configuration: Sendable {
        /// How far the graph is rewritten before it runs.
        public enum Optimisation: Int32, Sendable {
            case off = 0
            /// Rewrites that every machine can run.
            case basic = 1
            case extended = 2
            /// All of it, with the layout of this very processor.
            case all = 99
        }

        /// Threads that share one operator, the caller's among them. 1, the default, makes no thread: on two cores a
        /// conversation has other uses for the second one.
        public var threads = 1

        /// Default: `all`.
        public var optimisation = Optimisation.all

        /// Waiting threads burn their core to wake up faster. Off by default.
        public var spinsWhileWaiting = false

        /// Numbers too small for normal form (they make some filters and recurrent layers ten times slower in silence)
        /// count as zero. On by default.
        public var denormalsAreZero = true

        /// Keeps memory between runs for the next one; faster, and never gives any back. On by default. Off suits a
        /// model that runs once in a while, with inputs of many sizes.
        public var keepsMemory = true

        /// Plans memory by the first run's shapes. On by default; useless when every run has another shape.
        public var plansMemory = true

        /// Copies weights into the layout the kernels want: faster runs, and about twice the memory for the weights
        /// in question. On by default.
        public var prepacksWeights = true

        /// Layouts shared with other sessions of the same model. Default: none.
        public var sharedWeights: SharedWeights?

        /// Tensors that stand in for the model's initialisers of these names, shared by all sessions that are given
        /// them. A name the model does not have is passed over. Default: none.
        public var initializers: [String: Tensor] = [:]

        /// Sizes for symbolic dimensions, by their names, where they are known in advance. Default: none.
        public var dimensions: [String: Int] = [:]

        /// Where to write the optimised model, or nil. It is for this machine only unless `optimisation` is `basic`.
        public var optimisedModel: URL?

        /// Where to write a profile, or nil: a prefix for the file's name.
        public var profile: URL?

        /// Session configuration entries by the library's own keys, on top of the above.
        public var entries: [String: String] = [:]

        public init(threads: Int = 1) {
            self.threads = threads
        }
    }

    /// Weights in the layout the kernels want, made by the first session and used by the others of the same model.
    public final class SharedWeights: Sendable {
        let library: OnnxRuntime
        let handle: OnnxRuntime.Handle

        public init(library: OnnxRuntime? = nil) throws {
            let library = try library ?? OnnxRuntime.shared()
            var weights: OpaquePointer?
            try OnnxRuntime.check(
                ortx_weights_create(library.handle.pointer, &weights), "Weights could not be shared")
            guard let weights else {
                throw RiposteError(.engineFailed, .inference, "ONNX Runtime gave no container for weights.")
            }
            self.library = library
            handle = OnnxRuntime.Handle(pointer: weights)
        }

        deinit {
            ortx_weights_release(library.handle.pointer, handle.pointer)
        }
    }
}

extension InferenceSession.Configuration {
    /// The library's session options for this configuration; the caller releases them.
    func makeOptions(_ library: OnnxRuntime) throws -> OpaquePointer {
        let handle = library.handle.pointer
        var created: OpaquePointer?
        try OnnxRuntime.check(ortx_options_create(handle, &created), "Session options could not be made")
        guard let options = created else {
            throw RiposteError(.engineFailed, .inference, "ONNX Runtime gave no session options.")
        }
        do {
            try apply(to: options, of: handle)
        } catch {
            ortx_options_release(handle, options)
            throw error
        }
        return options
    }

    private func apply(to options: OpaquePointer, of handle: OpaquePointer) throws {
        guard threads > 0, threads <= 1024 else {
            throw RiposteError(.badInput, .inference, "A session runs on 1 thread or more, not \(threads).")
        }
        try OnnxRuntime.check(
            ortx_options_set_threads(handle, options, Int32(threads), 1), "The number of threads was refused")
        try OnnxRuntime.check(
            ortx_options_set_optimisation(handle, options, optimisation.rawValue), "The optimisation was refused")
        if !keepsMemory {
            try OnnxRuntime.check(ortx_options_disable_arena(handle, options), "The memory option was refused")
        }
        if !plansMemory {
            try OnnxRuntime.check(ortx_options_disable_memory_pattern(handle, options), "The memory option was refused")
        }
        var entries = [
            "session.intra_op.allow_spinning": spinsWhileWaiting ? "1" : "0",
            "session.inter_op.allow_spinning": spinsWhileWaiting ? "1" : "0",
            "session.set_denormal_as_zero": denormalsAreZero ? "1" : "0",
            "session.disable_prepacking": prepacksWeights ? "0" : "1",
        ]
        entries.merge(self.entries) { _, given in given }
        for (key, value) in entries {
            try OnnxRuntime.check(
                ortx_options_set_entry(handle, options, key, value), "The session option \(key) was refused")
        }
        for (name, size) in dimensions {
            try OnnxRuntime.check(
                ortx_options_fix_dimension(handle, options, name, Int64(size)), "Dimension \(name) was refused")
        }
        for (name, tensor) in initializers {
            try OnnxRuntime.check(
                ortx_options_add_initializer(handle, options, name, tensor.value.pointer),
                "Initialiser \(name) was refused")
        }
        if let optimisedModel {
            try OnnxRuntime.check(
                ortx_options_set_optimised_path(handle, options, optimisedModel.path),
                "The file for the optimised model was refused")
        }
        if let profile {
            try OnnxRuntime.check(
                ortx_options_enable_profiling(handle, options, profile.path), "The file for the profile was refused")
        }
    }
}
