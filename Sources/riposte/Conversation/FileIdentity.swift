import Foundation

/// Which file a path leads to, whatever links and names lie on the way.
struct FileIdentity: Hashable {
    private let device: UInt64
    private let node: UInt64
    /// What is not there yet, by its path.
    private let path: String?

    /// - Returns: nil for what is no regular file, such as a terminal or /dev/null: several may share it.
    init?(_ path: String) {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & S_IFMT == S_IFREG else { return nil }
            (device, node, self.path) = (UInt64(status.st_dev), UInt64(status.st_ino), nil)
        } else {
            (device, node, self.path) = (0, 0, URL(fileURLWithPath: path).standardizedFileURL.path)
        }
    }
}
