import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A lock between processes on a file, which the system lets go when the process ends, however it ends.
final class FileLock: Sendable {
    private let descriptor: Int32

    /// Waits until the lock is free.
    ///
    /// - Parameters:
    ///   - file: Is made if it is not there, and stays: removing it would give two processes two locks.
    ///   - waiting: Called once if the lock is not free at first.
    ///   - isCancelled: Asked now and then; ends the wait with `cancelled`.
    init(_ file: URL, waiting: () -> Void, isCancelled: () -> Bool) throws {
        // Not to be inherited: a child that outlives this process must not keep the lock.
        let descriptor = open(file.path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw storageError("\(file.path) could not be opened", code: errno) }
        var hasWaited = false
        while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
            let code = errno
            let cancelled = isCancelled()
            if cancelled || (code != EWOULDBLOCK && code != EINTR) {
                close(descriptor)
                throw cancelled
                    ? RiposteError(.cancelled, .models, "The fetch was cancelled.")
                    : storageError("\(file.path) could not be locked", code: code)
            }
            if !hasWaited { waiting() }
            hasWaited = true
            usleep(50_000)
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}

/// A failure of the file system in the system's own words.
func storageError(_ message: String, code: Int32) -> RiposteError {
    RiposteError(.storage, .models, "\(message): \(String(cString: strerror(code))).")
}

/// A failure of the file system that Foundation reports, in words that say what to do.
func storageError(_ message: String, _ error: any Error) -> RiposteError {
    if let error = error as? RiposteError { return error }
    var inner: (any Error)? = error
    while let current = inner {
        let bridged = current as NSError
        if bridged.domain == NSPOSIXErrorDomain {
            return storageError(message, code: Int32(bridged.code))
        }
        if bridged.domain == NSCocoaErrorDomain, bridged.code == CocoaError.Code.fileWriteOutOfSpace.rawValue {
            return storageError(message, code: ENOSPC)
        }
        inner = bridged.userInfo[NSUnderlyingErrorKey] as? any Error
    }
    return RiposteError(.storage, .models, "\(message).", underlying: error)
}
