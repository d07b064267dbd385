import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A file that is there as a whole or not at all: what is written has no name until it is finished. Nobody but its owner
/// may read it. Where a link leads is where it is written; what is no file, as a device or a pipe, is written to as it is.
public final class WholeFile {
    private let file: URL
    private let descriptor: Int32
    /// Whether it has to be given its name.
    private let isReplacing: Bool
    /// What it is called meanwhile, where the file system knows no files without a name.
    private var temporary: String?
    private var isOpen = true

    /// - Throws: `.storage` when nothing can be written there.
    public init(_ file: URL) throws {
        let file = file.resolvingSymlinksInPath()
        self.file = file
        var status = stat()
        if stat(file.path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
            isReplacing = false
            descriptor = open(file.path, O_WRONLY | O_CLOEXEC)
            guard descriptor >= 0 else { throw Self.error(file) }
            return
        }
        isReplacing = true
        let folder = file.deletingLastPathComponent().path
        #if os(Linux)
            // O_TMPFILE, which the C library's header has in a form that is not imported. The kernel forgets such a file
            // with the process that had it.
            let unnamed = open(folder, 0o20_000_000 | O_DIRECTORY | O_WRONLY | O_CLOEXEC, 0o600)
            if unnamed >= 0 {
                descriptor = unnamed
                return
            }
        #endif
        let name = folder + "/." + file.lastPathComponent + ".partial"
        unlink(name)
        descriptor = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.error(file) }
        temporary = name
    }

    deinit {
        if isOpen { close(descriptor) }
        if let temporary { unlink(temporary) }
    }

    public func write(_ data: Data) throws {
        do {
            try FileHandle(fileDescriptor: descriptor, closeOnDealloc: false).write(contentsOf: data)
        } catch {
            throw RiposteError(.storage, .dialog, "\(file.path) cannot be written: \(error)", underlying: error)
        }
    }

    /// Gives it its name, in the place of a file that had it. When this returns, it is on the disk.
    public func finish() throws {
        guard isReplacing else {
            isOpen = false
            guard close(descriptor) == 0 else { throw Self.error(file) }
            return
        }
        guard fsync(descriptor) == 0 else { throw Self.error(file) }
        let name = file.deletingLastPathComponent().path + "/." + file.lastPathComponent + ".partial"
        if temporary == nil {
            unlink(name)
            let source = "/proc/self/fd/\(descriptor)"
            guard linkat(AT_FDCWD, source, AT_FDCWD, name, AT_SYMLINK_FOLLOW) == 0 else { throw Self.error(file) }
            temporary = name
        }
        guard rename(name, file.path) == 0 else { throw Self.error(file) }
        temporary = nil
        isOpen = false
        close(descriptor)
        let folder = open(file.deletingLastPathComponent().path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 {
            fsync(folder)
            close(folder)
        }
    }

    private static func error(_ file: URL) -> RiposteError {
        RiposteError(.storage, .dialog, "\(file.path) cannot be written: \(String(cString: strerror(errno))).")
    }
}
