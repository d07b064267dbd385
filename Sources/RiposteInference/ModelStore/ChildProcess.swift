import Foundation
import RiposteCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program run to its end, with what it writes kept in a file.
struct ChildProcess {
    var arguments: [String]
    var folder: URL
    /// Added to this process's own environment.
    var environment: [String: String] = [:]

    struct Result {
        var status: Int32
        /// Both output streams, as they came.
        var output: String
    }

    /// Runs the program, and asks it to end when the caller has been cancelled.
    ///
    /// - Parameter whileRunning: Called ten times a second.
    /// - Throws: `libraryMissing` if there is no such program, `cancelled` if the caller was.
    func run(isCancelled: () -> Bool, whileRunning: () -> Void) throws -> Result {
        let log = folder.appending(path: "output-\(UUID().uuidString).txt")
        guard FileManager.default.createFile(atPath: log.path, contents: nil) else {
            throw storageError("\(log.path) could not be written", code: errno)
        }
        defer { try? FileManager.default.removeItem(at: log) }
        do {
            let output = try FileHandle(forWritingTo: log)
            defer { try? output.close() }
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = arguments
            process.currentDirectoryURL = folder
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { _, added in added }
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = output
            try Self.start(process)
            var ending = 0
            while process.isRunning {
                Thread.sleep(forTimeInterval: 0.1)
                if isCancelled() {
                    ending += 1
                    // Asked once, and made to after three seconds.
                    if ending == 1 { process.terminate() }
                    if ending == 30 { kill(process.processIdentifier, SIGKILL) }
                }
                whileRunning()
            }
            if ending > 0 { throw RiposteError(.cancelled, .models, "The fetch was cancelled.") }
            let text = String(decoding: (try? Data(contentsOf: log)) ?? Data(), as: UTF8.self)
            return Result(status: process.terminationStatus, output: text)
        } catch {
            throw storageError("\(arguments.first ?? "A program") could not be run", error)
        }
    }

    /// Starts a process that signals can reach.
    ///
    /// A child inherits the signals its parent's thread holds back, and the threads of Swift's pool, with all that
    /// they start, hold back every one: neither Ctrl-C nor being asked to end would end the child.
    private static func start(_ process: Process) throws {
        var none = sigset_t()
        var previous = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &previous)
        defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }
        try process.run()
    }
}
