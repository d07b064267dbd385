import Foundation
import RiposteCore

/// Bytes in order: a file, a pipe, or a buffer in memory.
protocol ByteSource {
    /// Up to `count` bytes into `buffer`; fewer only at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
    /// The size in bytes, when it is known beforehand.
    var size: Int? { get }
}

/// A file that is open for reading; closed when it is let go.
final class FileBytes: ByteSource {
    let size: Int?
    private let descriptor: Int32
    private let name: String

    /// - Throws: `.badInput` for what is no file, `.storage` for what cannot be opened.
    init(_ url: URL) throws {
        name = url.lastPathComponent
        descriptor = open(url.path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.failure("\(url.path) cannot be opened", errno) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            let code = errno
            close(descriptor)
            throw Self.failure("\(url.path) cannot be read", code)
        }
        let kind = status.st_mode & S_IFMT
        guard kind != S_IFDIR else {
            close(descriptor)
            throw RiposteError(.badInput, .audio, "\(url.path) is a folder, not a sound file.")
        }
        size = kind == S_IFREG ? Int(status.st_size) : nil
    }

    deinit { close(descriptor) }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard let base = buffer.baseAddress else { return 0 }
        var filled = 0
        while filled < buffer.count {
            let count = Foundation.read(descriptor, base + filled, buffer.count - filled)
            if count == 0 { break }
            if count > 0 {
                filled += count
            } else if errno != EINTR {
                throw Self.failure("\(name) cannot be read any further", errno)
            }
        }
        return filled
    }

    /// The system's error as ours.
    static func failure(_ what: String, _ code: Int32) -> RiposteError {
        let missing = code == ENOENT || code == ENOTDIR || code == EISDIR
        return RiposteError(missing ? .badInput : .storage, .audio, "\(what): \(reason(code)).")
    }

    static func reason(_ code: Int32) -> String {
        switch code {
        case ENOENT: "there is no such file"
        case ENOTDIR: "a part of the path is not a folder"
        case EACCES, EPERM: "permission denied"
        case ENOSPC, EDQUOT: "the disk is full"
        case EROFS: "the file system is read-only"
        case EISDIR: "it is a folder"
        default: String(cString: strerror(code))
        }
    }
}

/// A buffer in memory.
final class MemoryBytes: ByteSource {
    private let data: Data
    private var position = 0

    init(_ data: Data) { self.data = data }

    var size: Int? { data.count }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, data.count - position)
        guard count > 0 else { return 0 }
        let start = data.startIndex + position
        data.copyBytes(to: buffer, from: start..<start + count)
        position += count
        return count
    }
}
