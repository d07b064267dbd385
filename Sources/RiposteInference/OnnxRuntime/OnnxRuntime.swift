import COnnxRuntime
import Foundation
import RiposteCore
import Synchronization

/// ONNX Runtime, opened from a shared library at run time.
///
/// The project builds and starts without it; what needs it says so when it is used. `shared()` finds it in this order:
/// the file named by the environment variable `RIPOSTE_ONNXRUNTIME`, the model store's `onnxruntime`, and then
/// whatever the system's loader finds under the library's own name. A variable that is set and leads nowhere is an
/// error: a choice of the user's is not passed over in silence.
public final class OnnxRuntime: Sendable {
    /// A pointer that the C shim gave out. The library's environment, sessions and options may be used from any
    /// thread; what must not happen at once (release while in use) is ruled out by the classes that own the handles.
    struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    let handle: Handle

    /// The version the library reports, as "1.32.0".
    public let version: String

    /// Where it was opened: a file's path, or the name the system's loader was given.
    public let location: String

    private static let opened = Mutex<[String: OnnxRuntime]>([:])
    /// What `shared()` has found: every tensor asks for it, and looking for it reads the model's receipt.
    private static let found = Mutex<OnnxRuntime?>(nil)

    private init(opening name: String) throws {
        var library: OpaquePointer?
        let status = ortx_library_open(name, &library)
        guard status.code == 0, let library else {
            throw OnnxRuntime.openingError(status, name: name)
        }
        handle = Handle(pointer: library)
        version = String(cString: ortx_library_version(library))
        location = name
    }

    /// Opens the library in the given file, or where `shared()` looks if there is none.
    ///
    /// Opening the same file again gives the same object: the library is one for the process, and is never unloaded.
    /// - Throws: `libraryMissing` if there is no such library, `corrupt` if the file is not ONNX Runtime or too old.
    public static func load(from file: URL?) throws -> OnnxRuntime {
        guard let file else { return try shared() }
        return try open(file.path)
    }

    /// The library this process uses, opened the first time it is asked for.
    ///
    /// A failure is not remembered: after the library has been fetched, the next call finds it.
    public static func shared() throws -> OnnxRuntime {
        if let library = found.withLock({ $0 }) { return library }
        let library = try find()
        found.withLock { $0 = library }
        return library
    }

    private static func find() throws -> OnnxRuntime {
        if let path = ProcessInfo.processInfo.environment["RIPOSTE_ONNXRUNTIME"], !path.isEmpty {
            return try open(path)
        }
        if let file = try installedLibrary() {
            return try open(file.path)
        }
        for name in systemNames {
            if let library = try? open(name) { return library }
        }
        throw RiposteError(
            .libraryMissing, .inference,
            "ONNX Runtime is not on this machine. Get it with: riposte models fetch onnxruntime")
    }

    private static func open(_ name: String) throws -> OnnxRuntime {
        try opened.withLock { libraries in
            if let library = libraries[name] { return library }
            let library = try OnnxRuntime(opening: name)
            libraries[name] = library
            return library
        }
    }

    #if os(macOS)
        private static let systemNames = ["libonnxruntime.dylib"]
    #else
        private static let systemNames = ["libonnxruntime.so.1", "libonnxruntime.so"]
    #endif

    private static func openingError(_ status: OrtxStatus, name: String) -> RiposteError {
        let message = takeMessage(status)
        switch status.code {
        case Int32(OrtxCannotOpen):
            return RiposteError(
                .libraryMissing, .inference,
                "ONNX Runtime could not be opened: \(message). Get it with: riposte models fetch onnxruntime")
        case Int32(OrtxTooOld):
            return RiposteError(
                .corrupt, .inference,
                "\(name) is ONNX Runtime \(message), which is too old; 1.16 or later is needed. "
                    + "Get it with: riposte models fetch onnxruntime")
        case Int32(OrtxNotTheLibrary):
            return RiposteError(.corrupt, .inference, "\(name) is not ONNX Runtime: \(message)")
        default:
            return RiposteError(.engineFailed, .inference, "ONNX Runtime did not start: \(message)")
        }
    }
}
