import Foundation
import Testing

/// A client in Python, with the packages that `make test-clients` prepares.
enum PythonClient {
    /// Python with the packages: what `RIPOSTE_CLIENTS` names, else `.build/clients`; nil if it was not prepared.
    static let executable: URL? = {
        let named = ProcessInfo.processInfo.environment["RIPOSTE_CLIENTS"]
        let file = URL(fileURLWithPath: named ?? ".build/clients").appending(path: "bin/python")
        return FileManager.default.isExecutableFile(atPath: file.path) ? file : nil
    }()

    /// Runs a script, which has to go well.
    /// - Returns: the lines it printed.
    static func run(_ script: String, _ arguments: [String]) async throws -> [String] {
        let (process, output) = (Process(), Pipe())
        let python: URL = try #require(executable)
        process.executableURL = python
        process.arguments = ["-c", script] + arguments
        process.standardOutput = output
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        #expect(process.terminationStatus == 0)
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        return text.split(separator: "\n").map(String.init)
    }
}
