import Foundation
import RiposteCore
import Synchronization

/// A server that a benchmark has started, or one that runs on this machine.
final class ServerProcess: Sendable {
    /// What a process has used.
    struct Usage: Sendable {
        /// Seconds of processors.
        var processorSeconds = 0.0
        /// Memory that is the process's own, in megabytes: what it has in the machine, without files.
        var megabytes = 0.0
        var threads = 0
        /// Files and connections that are open.
        var files = 0
    }

    let address: ServerAddress
    private let identifier: pid_t?
    private let process: Mutex<Process?>

    /// One that runs already; what it uses is known if its number is.
    init(at address: ServerAddress, identifier: pid_t? = nil) {
        self.address = address
        self.identifier = identifier
        process = Mutex(nil)
    }

    private init(_ process: sending Process, at address: ServerAddress) {
        self.address = address
        identifier = process.processIdentifier
        self.process = Mutex(process)
    }

    /// Starts this program as a server on a free port, and waits until it serves.
    /// - Throws: `.engineFailed` when it ends instead.
    static func start(_ arguments: [String]) async throws -> ServerProcess {
        let process = Process()
        guard let program = Bundle.main.executableURL else {
            throw RiposteError(.engineFailed, .session, "This program does not know where it lies.")
        }
        process.executableURL = program
        process.arguments = ["serve", "--port", "0", "--wyoming-port", "0"] + arguments
        let output = Pipe()
        process.standardOutput = output
        process.standardInput = FileHandle.nullDevice
        let (ports, found) = AsyncStream.makeStream(of: Int.self)
        let text = Mutex("")
        output.fileHandleForReading.readabilityHandler = { file in
            let data = file.availableData
            guard !data.isEmpty else {
                file.readabilityHandler = nil
                return found.finish()
            }
            text.withLock { text in
                text += String(decoding: data, as: UTF8.self)
                guard let match = text.firstMatch(of: /serving on \S+:(\d+)\n/), let port = Int(match.1) else { return }
                found.yield(port)
                text = ""
            }
        }
        try process.run()
        var iterator = ports.makeAsyncIterator()
        guard let port = await iterator.next(), let address = ServerAddress("127.0.0.1:\(port)") else {
            throw RiposteError(.engineFailed, .session, "The server did not start; what it says stands above.")
        }
        return ServerProcess(process, at: address)
    }

    /// nil for a server whose process is not known, or that is gone.
    var usage: Usage? {
        guard let identifier else { return nil }
        guard let stat = try? String(contentsOfFile: "/proc/\(identifier)/stat", encoding: .utf8),
            let status = try? String(contentsOfFile: "/proc/\(identifier)/status", encoding: .utf8),
            let end = stat.lastIndex(of: ")")
        else { return nil }
        // The name in brackets may hold spaces; after it the fields count from the third.
        let fields = stat[stat.index(after: end)...].split(separator: " ")
        guard fields.count > 12, let user = Double(fields[11]), let system = Double(fields[12]) else { return nil }
        var usage = Usage(processorSeconds: (user + system) / Double(sysconf(Int32(_SC_CLK_TCK))))
        usage.megabytes = Self.number("RssAnon:", in: status) / 1024
        usage.threads = Int(Self.number("Threads:", in: status))
        usage.files = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(identifier)/fd").count) ?? 0
        return usage
    }

    private static func number(_ key: String, in status: String) -> Double {
        let line = status.split(separator: "\n").first { $0.hasPrefix(key) }
        return line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Double($0) } ?? 0
    }

    var isRunning: Bool {
        process.withLock { $0?.isRunning } ?? true
    }

    /// Tells it to end, and waits until it has; one that doesn't is killed.
    /// - Returns: its exit status; nil for a server that was not started here, and one that had to be killed.
    func end() async -> Int32? {
        guard process.withLock({ $0 != nil }) else { return nil }
        process.withLock { $0?.terminate() }
        for _ in 0..<150 where isRunning { try? await Task.sleep(for: .milliseconds(100)) }
        guard !isRunning else {
            if let identifier { kill(identifier, SIGKILL) }
            return nil
        }
        return process.withLock { $0?.terminationStatus }
    }
}
