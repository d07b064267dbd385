import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The command as a user runs it: a process with arguments and an environment.
final class CommandRun {
    private let process = Process()
    private let output: URL
    private let errors: URL

    /// The command beside the tests; nil if it was not built.
    static var executable: URL? {
        let folder = Bundle.main.executableURL?.resolvingSymlinksInPath().deletingLastPathComponent()
        let file = folder?.appending(path: "riposte")
        return file.flatMap { FileManager.default.isExecutableFile(atPath: $0.path) ? $0 : nil }
    }

    /// Starts it. What it writes is kept in the folder.
    init(_ arguments: [String], environment: [String: String] = [:], in folder: URL) throws {
        output = folder.appending(path: "output-\(UUID().uuidString)")
        errors = folder.appending(path: "errors-\(UUID().uuidString)")
        for file in [output, errors] { try Data().write(to: file) }
        process.executableURL = Self.executable
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, given in given }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: errors)
        try process.run()
    }

    deinit {
        // A test that gave up leaves nothing running.
        if process.isRunning { kill() }
    }

    /// Ends it as `kill -9` does.
    func kill() { send(SIGKILL) }

    /// Ctrl-C.
    func interrupt() { send(SIGINT) }

    /// What a terminal sends that is closed, and a service manager to have the configuration read again.
    func hangUp() { send(SIGHUP) }

    private func send(_ signal: Int32) {
        #if canImport(Glibc)
            _ = Glibc.kill(process.processIdentifier, signal)
        #elseif canImport(Musl)
            _ = Musl.kill(process.processIdentifier, signal)
        #else
            _ = Darwin.kill(process.processIdentifier, signal)
        #endif
    }

    /// Waits for its end.
    func wait() async throws {
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
    }

    /// Waits until it has written a text to its standard error stream, as often as this.
    func hasReported(_ text: String, times: Int = 1, within seconds: Double) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while standardError.components(separatedBy: text).count <= times {
            guard process.isRunning, .now < end else { return false }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// Waits until it has written a text to its standard output.
    /// - Returns: false when it ended without, or so many seconds went by.
    func hasSaid(_ text: String, within seconds: Double) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while !standardOutput.contains(text) {
            guard process.isRunning, .now < end else { return standardOutput.contains(text) }
            try await Task.sleep(for: .milliseconds(20))
        }
        return true
    }

    /// The number of its process.
    var identifier: Int32 { process.processIdentifier }
    var isRunning: Bool { process.isRunning }
    var status: Int32 { process.terminationStatus }
    var standardOutput: String { (try? String(contentsOf: output, encoding: .utf8)) ?? "" }
    var errorLines: [Substring] { standardError.split(separator: "\n") }
    var standardError: String { (try? String(contentsOf: errors, encoding: .utf8)) ?? "" }
}

/// A folder that is there as long as this object.
final class TemporaryFolder: Sendable {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory.appending(path: "riposte-tests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(at: url)
    }
}
