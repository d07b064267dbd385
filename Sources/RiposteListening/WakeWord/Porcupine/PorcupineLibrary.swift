import CPorcupine
import Foundation
import RiposteCore
import Synchronization

/// Porcupine's C library, opened once in a process.
struct PorcupineLibrary: Sendable {
    // Immutable once it is open, and never closed.
    nonisolated(unsafe) private let handle: OpaquePointer

    /// By path.
    private static let libraries = Mutex<[String: PorcupineLibrary]>([:])

    /// The library of a file: opened when it is asked for the first time.
    /// - Throws: `.libraryMissing` when it is not there or is for another machine, `.corrupt` when it is something else
    ///   or another version than 1.9.
    static func opened(_ file: URL) throws -> PorcupineLibrary {
        try libraries.withLock { libraries in
            if let known = libraries[file.path] { return known }
            let library = try PorcupineLibrary(contentsOf: file)
            libraries[file.path] = library
            return library
        }
    }

    private init(contentsOf file: URL) throws {
        var library: OpaquePointer?
        try Self.check(porc_open(file.path, &library), "\(file.path)")
        guard let library else { throw RiposteError(.engineFailed, .wakeWord, "Porcupine gave no library back.") }
        handle = library
    }

    /// - Throws: `.modelMissing` when a file is not there, `.corrupt` when one is not what it should be.
    func detector(model: URL, keywords: [URL], sensitivities: [Float]) throws -> PorcupineHandle {
        let paths = keywords.map { strdup($0.path) }
        defer { for path in paths { free(path) } }
        var detector: OpaquePointer?
        let status = paths.map { UnsafePointer($0) }.withUnsafeBufferPointer { paths in
            porc_create(
                handle, model.path, Int32(keywords.count), paths.baseAddress, sensitivities, &detector)
        }
        try Self.check(status, ([model] + keywords).map(\.lastPathComponent).joined(separator: ", "))
        guard let detector else { throw RiposteError(.engineFailed, .wakeWord, "Porcupine gave no detector back.") }
        return PorcupineHandle(detector)
    }

    static func check(_ status: Int32, _ subject: String) throws {
        switch Int(status) {
        case PORC_OK: return
        case PORC_NO_LIBRARY:
            throw RiposteError(
                .libraryMissing, .wakeWord,
                "Porcupine's library cannot be opened (\(subject)). Get it with: riposte models fetch porcupine")
        case PORC_UNUSABLE:
            throw RiposteError(
                .corrupt, .wakeWord,
                "\(subject) is not Porcupine's library. Repair it with: riposte models fetch porcupine")
        case PORC_OTHER_VERSION:
            throw RiposteError(
                .corrupt, .wakeWord,
                "\(subject) is another version of Porcupine's library; 1.9 is needed. "
                    + "Get it with: riposte models fetch porcupine")
        case PORC_NO_FILE:
            throw RiposteError(
                .modelMissing, .wakeWord,
                "A file of Porcupine's cannot be read (\(subject)). Get it with: riposte models fetch porcupine")
        case PORC_BAD_ARGUMENT:
            throw RiposteError(
                .corrupt, .wakeWord,
                "Porcupine refuses what it is given (\(subject)): keyword files must be for this platform and version 1.9."
            )
        case PORC_NO_MEMORY:
            throw RiposteError(.engineFailed, .wakeWord, "There is not enough memory for Porcupine.")
        default:
            throw RiposteError(.engineFailed, .wakeWord, "Porcupine failed (\(subject)).")
        }
    }
}

/// A detector of the C library. It is freed with the last reference.
///
/// Unchecked, because the library's object is used by one caller at a time: the actor that holds it.
final class PorcupineHandle: @unchecked Sendable {
    private let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) { self.pointer = pointer }

    deinit { porc_release(pointer) }

    /// - Returns: the index of the keyword heard in a frame, or nil.
    func process(_ samples: [Int16]) throws -> Int? {
        var keyword: Int32 = -1
        try PorcupineLibrary.check(porc_process(pointer, samples, &keyword), "a frame of sound")
        return keyword < 0 ? nil : Int(keyword)
    }
}
