import Foundation
import RiposteCore
import Synchronization

/// A private PostgreSQL server in a folder of its own, reached by a socket there: for tests of what is kept in one.
///
/// ```swift
/// let server = try await PostgreSQLServer()
/// defer { server.remove() }
/// let store = try PostgreSQLConversationStore(server.address())
/// try await server.stop()   // and start() again, or pause() and resume()
/// ```
public final class PostgreSQLServer: Sendable {
    /// Where the server's programs are; nil without PostgreSQL. Debian keeps each version's apart.
    public static let programs: URL? = {
        let debian = (13...18).reversed().map { "/usr/lib/postgresql/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return (debian + path).map { URL(fileURLWithPath: $0, isDirectory: true) }.first { folder in
            ["initdb", "postgres", "psql"].allSatisfy {
                FileManager.default.isExecutableFile(atPath: folder.appending(path: $0).path)
            }
        }
    }()

    public static var isAvailable: Bool { programs != nil }

    private let folder: URL
    private let programs: URL
    private let running = Mutex<ChildProgram?>(nil)

    /// Makes a server and starts it.
    /// - Throws: `.libraryMissing` without PostgreSQL, `.engineFailed` when it does not start.
    public init() async throws {
        guard let programs = Self.programs else {
            throw RiposteError(.libraryMissing, .dialog, "PostgreSQL is not installed: `apt install postgresql`.")
        }
        self.programs = programs
        // A socket's path may have a hundred characters or so.
        folder = URL(fileURLWithPath: "/tmp/riposte-database-\(UUID().uuidString.prefix(8))", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o777])
        // The mask of the process may have taken something away.
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: folder.path)
        let data = folder.appending(path: "data").path
        let made = try await run(
            "initdb", ["-D", data, "-U", "riposte", "-A", "trust", "-N", "-E", "UTF8", "--locale=C"])
        guard made == 0 else { throw RiposteError(.engineFailed, .dialog, "initdb did not make \(data).") }
        try await start()
    }

    deinit { remove() }

    /// Where a database is found.
    public func address(database: String = "postgres") -> String {
        "postgresql://riposte@/\(database)?host=\(folder.path)"
    }

    /// Makes an empty database.
    public func makeDatabase(_ name: String) async throws {
        guard try await sql("CREATE DATABASE \(name)") else {
            throw RiposteError(.engineFailed, .dialog, "The database \(name) was not made.")
        }
    }

    /// Runs a statement.
    /// - Returns: whether it went well.
    public func sql(_ statement: String, in database: String = "postgres") async throws -> Bool {
        try await run("psql", ["-q", "-v", "ON_ERROR_STOP=1", "-d", address(database: database), "-c", statement]) == 0
    }

    /// Starts it, and waits until it answers.
    public func start() async throws {
        let data = folder.appending(path: "data").path
        let child = try program(
            "postgres", ["-D", data, "-k", folder.path, "-c", "listen_addresses=", "-c", "max_connections=50"])
        running.withLock { $0 = child }
        for _ in 0..<400 {
            if try await sql("SELECT 1") { return }
            guard child.isRunning else { break }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RiposteError(.engineFailed, .dialog, "The database server does not start.")
    }

    /// Ends it; whoever is connected is thrown out.
    public func stop() async throws {
        guard let child = running.withLock({ $0 }) else { return }
        child.signal(SIGINT)
        _ = try await child.wait()
    }

    /// Lets all of it stand still: it takes connections and says nothing.
    public func pause() { signalAll(SIGSTOP) }
    public func resume() { signalAll(SIGCONT) }

    /// Throws out whoever is connected.
    public func breakConnections() async throws {
        _ = try await sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()")
    }

    /// Ends it, and removes all it has.
    public func remove() {
        running.withLock { child in
            signalAll(SIGCONT, of: child)
            child?.signal(SIGQUIT)
            _ = child?.waitBlocking()
            child = nil
        }
        try? FileManager.default.removeItem(at: folder)
    }

    private func signalAll(_ number: Int32) { signalAll(number, of: running.withLock { $0 }) }

    /// The server has a process for each connection.
    private func signalAll(_ number: Int32, of child: ChildProgram?) {
        guard let child, child.isRunning else { return }
        let tasks = "/proc/\(child.identifier)/task/\(child.identifier)/children"
        let children = (try? String(contentsOfFile: tasks, encoding: .utf8))?.split(separator: " ") ?? []
        for identifier in [child.identifier] + children.compactMap({ pid_t($0) }) { kill(identifier, number) }
    }

    /// PostgreSQL does not run as root.
    private func program(_ name: String, _ arguments: [String]) throws -> ChildProgram {
        let path = programs.appending(path: name).path
        guard getuid() == 0 else { return try ChildProgram(path, arguments) }
        return try ChildProgram(
            "setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", path] + arguments)
    }

    private func run(_ name: String, _ arguments: [String]) async throws -> Int32 {
        try await program(name, arguments).wait()
    }
}
