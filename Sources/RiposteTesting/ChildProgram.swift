import Foundation
import RiposteCore
import Synchronization

/// A program that a test runs beside itself, without input or output.
///
/// Foundation's `Process` takes a program that closes its inherited files, as sound servers do, for ended,
/// and then waits for it for ever; hence this.
public final class ChildProgram: Sendable {
    private struct State {
        var exitStatus: Int32?
    }

    public let identifier: pid_t
    private let state = Mutex(State())

    /// Starts a program.
    /// - Parameters:
    ///   - name: looked up in `PATH`, unless it is a path.
    ///   - environment: added to ours.
    /// - Throws: `.libraryMissing` when there is no such program, `.engineFailed` when it does not start.
    public init(_ name: String, _ arguments: [String], environment: [String: String] = [:]) throws {
        guard let program = Self.find(name) else {
            throw RiposteError(.libraryMissing, .audio, "The program \(name) is not installed.")
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for descriptor: Int32 in 0...2 {
            posix_spawn_file_actions_addopen(&actions, descriptor, "/dev/null", O_RDWR, 0)
        }
        // Threads of a test may have signals blocked, which a child would inherit and then not end when asked to.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        let variables = ProcessInfo.processInfo.environment.merging(environment) { $1 }.map { "\($0)=\($1)" }
        let argumentPointers = ([program.path] + arguments).map { strdup($0) } + [nil]
        let variablePointers = variables.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + variablePointers { free(pointer) } }
        var identifier: pid_t = 0
        let code = posix_spawn(&identifier, program.path, &actions, &attributes, argumentPointers, variablePointers)
        guard code == 0 else {
            throw RiposteError(.engineFailed, .audio, "\(name) does not start: \(String(cString: strerror(code))).")
        }
        self.identifier = identifier
    }

    /// How it ended, 128 + the signal if by one; nil while it runs.
    public var exitStatus: Int32? {
        state.withLock { state in
            if state.exitStatus == nil {
                var status: Int32 = 0
                let result = waitpid(identifier, &status, WNOHANG)
                if result == identifier {
                    state.exitStatus = status & 0x7F == 0 ? (status >> 8) & 0xFF : 128 + (status & 0x7F)
                } else if result < 0, errno != EINTR {
                    state.exitStatus = -1
                }
            }
            return state.exitStatus
        }
    }

    public var isRunning: Bool { exitStatus == nil }

    /// Waits for its end.
    public func wait() async throws -> Int32 {
        while true {
            if let exitStatus { return exitStatus }
            try await Task.sleep(for: .milliseconds(5))
        }
    }

    /// Waits for its end, at most so many seconds.
    public func waitBlocking(_ seconds: Double = 5) -> Int32? {
        for _ in 0..<Int(seconds * 200) {
            if let exitStatus { return exitStatus }
            usleep(5000)
        }
        return exitStatus
    }

    /// Sends a signal, if it still runs.
    public func signal(_ number: Int32) { if isRunning { kill(identifier, number) } }

    /// Where a program is; nil when it is not installed.
    public static func find(_ name: String) -> URL? {
        if name.contains("/") {
            return FileManager.default.isExecutableFile(atPath: name) ? URL(fileURLWithPath: name) : nil
        }
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
        return path.split(separator: ":").map { URL(fileURLWithPath: "\($0)/\(name)") }
            .first { FileManager.default.isExecutableFile(atPath: $0.path) }
    }
}
