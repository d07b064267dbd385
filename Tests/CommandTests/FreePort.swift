import Foundation
import Testing

/// A port that nobody listens at just now: for Wyoming, 0 means that it is not served.
enum FreePort {
    static func find() throws -> UInt16 {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let isBound = withUnsafeMutableBytes(of: &address) { bytes in
            guard let pointer = bytes.baseAddress?.assumingMemoryBound(to: sockaddr.self) else { return false }
            return bind(descriptor, pointer, size) == 0 && getsockname(descriptor, pointer, &size) == 0
        }
        try #require(isBound)
        return UInt16(bigEndian: address.sin_port)
    }
}

extension CommandRun {
    /// Starts `riposte serve`, and waits until Wyoming's clients can come.
    static func servingWyoming(_ options: [String] = [], in folder: URL) async throws -> (CommandRun, port: UInt16) {
        let port = try FreePort.find()
        let server = try CommandRun(["serve", "--port", "0", "--wyoming-port", "\(port)"] + options, in: folder)
        try #require(try await server.hasSaid("serving Wyoming on", within: 120), "\(server.standardError)")
        return (server, port)
    }
}
