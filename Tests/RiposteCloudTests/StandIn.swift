import Foundation
import Testing

/// A stand-in for a service, in Python, of the protocol's own packages: one of the scripts in `Server`, in the environment
/// that `make test-clients` prepares.
final class StandIn {
    private let process = Process()
    private let folder: URL
    let port: Int

    /// nil if it was not prepared.
    static var python: URL? {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_CLIENTS"]
        let file = URL(filePath: named ?? ".build/clients").appending(path: "bin/python")
        return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
    }

    static let hint: Comment = "needs the protocols' own packages: make test-clients"

    /// - Parameters:
    ///   - name: of the file in `Server`.
    ///   - script: what the file says of it.
    init(_ name: String, _ script: [String: Any] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "riposte-stand-in-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Server/\(name)")
        let output = Pipe()
        process.executableURL = Self.python
        process.arguments = [
            "-u", file.path, folder.appending(path: "log").path,
            String(decoding: try JSONSerialization.data(withJSONObject: script), as: UTF8.self),
        ]
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let line = output.fileHandleForReading.availableData
        let told = try JSONSerialization.jsonObject(with: line) as? [String: Int]
        port = try #require(told?["port"])
    }

    deinit {
        end()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Kills it, as if the power were cut.
    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    /// What it has written down so far with a key, once there is so much of it.
    func entries(_ key: String, count: Int = 1) async throws -> [[String: Any]] {
        for _ in 0..<500 {
            let log = (try? String(contentsOf: folder.appending(path: "log"), encoding: .utf8)) ?? ""
            let entries = log.split(separator: "\n").compactMap {
                try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
            }
            let found = entries.filter { $0[key] != nil }
            if found.count >= count { return found }
            try await Task.sleep(for: .milliseconds(20))
        }
        Issue.record("the stand-in has not written down \(count) times \(key)")
        return []
    }
}
