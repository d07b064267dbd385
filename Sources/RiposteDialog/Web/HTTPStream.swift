import Foundation
import NIOCore
import RiposteCore
import Synchronization

/// The status of an answer that tells of an error.
private struct HTTPStatus: Error {
    var code: Int
}

extension RiposteError {
    /// The status by which a server told of this error; nil for any other.
    package var httpStatus: Int? { (underlying as? HTTPStatus)?.code }

    /// Whether a request failed before anybody can have done anything about it, so that it may be made again.
    var isBeforeAnything: Bool {
        if let status = httpStatus { return status == 429 || status == 503 }
        return underlying.map(HTTPConnections.isUnreached) ?? false
    }
}

/// A request over HTTP whose answer is taken as it comes, within bounds of time and length.
package struct HTTPStream: Sendable {
    package struct Limits: Sendable, Equatable {
        /// Seconds until the answer begins.
        package var first = 5.0
        /// Seconds between two pieces of it.
        package var idle = 5.0
        /// Seconds for all of it.
        package var total = 60.0
        /// Bytes of it.
        package var length = 4_000_000

        package init(first: Double = 5, idle: Double = 5, total: Double = 60, length: Int = 4_000_000) {
            (self.first, self.idle, self.total, self.length) = (first, idle, total, length)
        }
    }

    package var request: HTTPRequest
    package var limits = Limits()
    /// What errors say they happened in.
    package var stage = RiposteError.Stage.dialog

    package init(_ url: URL, json: Data, headers: [String: String] = [:], limits: Limits = .init()) {
        request = HTTPRequest(
            url, method: "POST", headers: headers.merging(["Content-Type": "application/json"]) { given, _ in given },
            body: json)
        self.limits = limits
    }

    package init(_ request: HTTPRequest, limits: Limits = .init(), stage: RiposteError.Stage) {
        (self.request, self.limits, self.stage) = (request, limits, stage)
    }

    /// The pieces of the answer. Whoever stops taking them ends the request.
    /// - Throws: `.network` where it cannot be reached or answers with an error; `.timedOut`; `.engineFailed` where the
    ///   answer is too long.
    package func pieces() -> AsyncThrowingStream<Data, any Error> {
        let (pieces, output) = AsyncThrowingStream<Data, any Error>.makeStream()
        let work = Task {
            do {
                try await run { output.yield($0) }
                output.finish()
            } catch {
                output.finish(throwing: error)
            }
        }
        output.onTermination = { _ in work.cancel() }
        return pieces
    }

    /// All of the answer at once.
    package func whole() async throws -> Data {
        var data = Data()
        for try await piece in pieces() { data += piece }
        return data
    }

    private var host: String { request.url.host() ?? "the server" }

    private func run(_ write: @escaping @Sendable (Data) -> Void) async throws {
        let watch = Watch(limits)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                do {
                    try await exchange(watch, write)
                } catch {
                    throw explained(error)
                }
            }
            group.addTask {
                try await watch.runOut()
                throw late
            }
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    private func exchange(_ watch: Watch, _ write: @Sendable (Data) -> Void) async throws {
        let response = try await HTTPConnections.send(request, within: limits.total)
        let status = Int(response.status.code)
        guard (200..<300).contains(status) else {
            throw RiposteError(
                .network, stage, "\(host) answered with the error \(status).", underlying: HTTPStatus(code: status))
        }
        var length = 0
        for try await bytes in response.body {
            watch.came()
            length += bytes.readableBytes
            guard length <= limits.length else {
                throw RiposteError(.engineFailed, stage, "The answer of \(host) is too long.")
            }
            write(Data(bytes.readableBytesView))
        }
    }

    private func explained(_ error: any Error) -> any Error {
        if error is RiposteError || error is CancellationError { return error }
        if HTTPConnections.isLate(error) { return late }
        return RiposteError(
            .network, stage, "\(host) cannot be reached, or stopped answering.", underlying: error)
    }

    private var late: RiposteError { RiposteError(.timedOut, stage, "\(host) took too long to answer.") }

    /// Knows until when the next piece has to come.
    private final class Watch: Sendable {
        private let end: Mutex<ContinuousClock.Instant>
        private let last: ContinuousClock.Instant
        private let idle: Duration

        init(_ limits: Limits) {
            let now = ContinuousClock.now
            last = now + .seconds(limits.total)
            idle = .seconds(limits.idle)
            end = Mutex(min(last, now + .seconds(limits.first)))
        }

        /// A piece has come.
        func came() { end.withLock { $0 = min(last, .now + idle) } }

        /// Returns when it is too late.
        func runOut() async throws {
            while true {
                let end = end.withLock { $0 }
                if end <= .now { return }
                try await Task.sleep(until: end, tolerance: .milliseconds(5), clock: .continuous)
            }
        }
    }
}
