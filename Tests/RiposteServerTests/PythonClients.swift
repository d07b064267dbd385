import Foundation
import Testing

/// The reference clients of the protocols: Python packages in an environment that `make test-clients` prepares.
enum PythonClients {
    /// Python with the packages: what `RIPOSTE_CLIENTS` names, else `.build/clients`; nil if it was not prepared.
    static var executable: URL? {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_CLIENTS"]
        let file = URL(fileURLWithPath: named ?? ".build/clients").appending(path: "bin/python")
        return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
    }

    /// Runs a script that is given the port of a server.
    /// - Returns: the lines it printed.
    static func run(_ script: String, port: Int) async throws -> [String] {
        let process = Process()
        let (output, errors) = (Pipe(), Pipe())
        let python: URL = try #require(executable)
        process.executableURL = python
        process.arguments = ["-c", script, String(port)]
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        let trouble = String(decoding: errors.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        #expect(process.terminationStatus == 0, "\(trouble)")
        return text.split(separator: "\n").map(String.init)
    }

    /// Runs a short script, and waits.
    /// - Returns: 0 if it went well.
    static func status(of script: String, with python: URL) throws -> Int32 {
        let process = Process()
        process.executableURL = python
        process.arguments = ["-c", script]
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
