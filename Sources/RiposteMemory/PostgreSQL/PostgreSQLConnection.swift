import CPostgreSQL
import Dispatch
import Foundation
import Synchronization

/// A statement that a connection prepares the first time it runs it.
struct PostgreSQLStatement: Sendable {
    let name: String
    let sql: String
}

/// What a statement gives: rows of texts, nil where there is no value.
typealias PostgreSQLRow = [String?]

/// A connection to a database. It blocks while it waits, so it has a queue of its own; what is asked for at once is done in
/// turn.
final class PostgreSQLConnection: Sendable {
    /// Used on the connection's queue only, and closed when nobody has the connection any more: hence unchecked.
    private struct Handle: @unchecked Sendable {
        let pointer: OpaquePointer
    }

    private let handle: Handle
    private let queue: DispatchQueue
    private let prepared = Mutex<Set<String>>([])

    private init(_ handle: Handle, _ queue: DispatchQueue) {
        self.handle = handle
        self.queue = queue
    }

    deinit {
        let handle = handle
        queue.async { riposte_pq_close(handle.pointer) }
    }

    /// Connects, within so many seconds.
    /// - Throws: `PostgreSQLFailure`.
    static func open(_ address: String, within seconds: Double) async throws -> PostgreSQLConnection {
        let queue = DispatchQueue(label: "riposte.postgresql")
        let milliseconds = milliseconds(seconds)
        let handle = try await perform(on: queue) {
            var pointer: OpaquePointer?
            var failure = riposte_pq_failure()
            let status = riposte_pq_connect(address, milliseconds, &pointer, &failure)
            if let failure = PostgreSQLFailure(status, failure) { throw failure }
            guard let pointer else { throw CancellationError() }
            return Handle(pointer: pointer)
        }
        return PostgreSQLConnection(handle, queue)
    }

    /// Runs statements without parameters, one after the other.
    /// - Throws: `PostgreSQLFailure`.
    func script(_ sql: String, within seconds: Double) async throws {
        let milliseconds = Self.milliseconds(seconds)
        try await Self.perform(on: queue) { [handle] in
            var failure = riposte_pq_failure()
            let status = riposte_pq_script(handle.pointer, sql, milliseconds, &failure)
            if let failure = PostgreSQLFailure(status, failure) { throw failure }
        }
    }

    /// Does things in one transaction: all of them, or none.
    /// - Parameter first: what is said in it first.
    /// - Throws: `PostgreSQLFailure`; what `body` throws.
    func transaction<Result: Sendable>(
        _ first: String = "", within seconds: Double, _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            try await script("BEGIN; " + first, within: seconds)
            let result = try await body()
            try await script("COMMIT", within: seconds)
            return result
        } catch {
            try? await script("ROLLBACK", within: seconds)
            throw error
        }
    }

    /// Runs a statement, prepared beforehand where it was not yet.
    /// - Parameter seconds: for each of the two.
    /// - Throws: `PostgreSQLFailure`.
    func run(_ statement: PostgreSQLStatement, _ values: [String?], within seconds: Double) async throws
        -> [PostgreSQLRow]
    {
        let milliseconds = Self.milliseconds(seconds)
        return try await Self.perform(on: queue) { [self] in
            var failure = riposte_pq_failure()
            if !prepared.withLock({ $0.contains(statement.name) }) {
                let status = riposte_pq_prepare(
                    handle.pointer, statement.name, statement.sql, milliseconds, &failure)
                if let failure = PostgreSQLFailure(status, failure) { throw failure }
                prepared.withLock { _ = $0.insert(statement.name) }
            }
            var result: OpaquePointer?
            let texts = values.map { $0.flatMap { strdup($0) } }
            defer { for text in texts { free(text) } }
            let pointers = texts.map { UnsafePointer<CChar>($0) }
            let status = riposte_pq_run(
                handle.pointer, statement.name, pointers, Int32(pointers.count), milliseconds, &result, &failure)
            if let failure = PostgreSQLFailure(status, failure) { throw failure }
            defer { riposte_pq_release(result) }
            return (0..<riposte_pq_rows(result)).map { row in
                (0..<riposte_pq_columns(result)).map { column in
                    riposte_pq_value(result, row, column).map { String(cString: $0) }
                }
            }
        }
    }

    private static func milliseconds(_ seconds: Double) -> Int32 { Int32(max(1, min(seconds * 1_000, 1e9))) }

    private static func perform<Result: Sendable>(
        on queue: DispatchQueue, _ work: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            queue.async { continuation.resume(with: Swift.Result { try work() }) }
        }
    }
}
