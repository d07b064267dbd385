import Foundation
import RiposteCore
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

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
        let failures: [URLError.Code] = [.cannotConnectToHost, .cannotFindHost, .dnsLookupFailed]
        return (underlying as? URLError).map { failures.contains($0.code) } ?? false
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

    package var request: URLRequest
    package var limits = Limits()
    /// What errors say they happened in.
    package var stage = RiposteError.Stage.dialog

    package init(_ url: URL, json: Data, headers: [String: String] = [:], limits: Limits = .init()) {
        request = URLRequest(url: url)
        request.httpMethod = "POST"
        request.httpBody = json
        request.setValue("application/json", forHTTPHeaderField: "Content-Type")
        for (name, value) in headers { request.setValue(value, forHTTPHeaderField: name) }
        self.limits = limits
    }

    package init(_ request: URLRequest, limits: Limits = .init(), stage: RiposteError.Stage) {
        (self.request, self.limits, self.stage) = (request, limits, stage)
    }

    /// The pieces of the answer. Whoever stops taking them ends the request.
    /// - Throws: `.network` where it cannot be reached or answers with an error; `.timedOut`; `.engineFailed` where the
    ///   answer is too long.
    package func pieces() -> AsyncThrowingStream<Data, any Error> {
        let (pieces, output) = AsyncThrowingStream<Data, any Error>.makeStream()
        let exchange = Exchange(output, limits: limits, host: request.url?.host ?? "the server", stage: stage)
        let configuration = URLSessionConfiguration.ephemeral
        configuration.timeoutIntervalForRequest = max(limits.first, limits.idle) + 5
        configuration.timeoutIntervalForResource = limits.total + 5
        let session = URLSession(configuration: configuration, delegate: exchange, delegateQueue: nil)
        let task = session.dataTask(with: request)
        let watch = Task { await exchange.watch() }
        output.onTermination = { termination in
            watch.cancel()
            switch termination {
            case .cancelled: exchange.leave(task)
            default: if exchange.isGivenUp { task.cancel() }
            }
            session.finishTasksAndInvalidate()
        }
        task.resume()
        return pieces
    }

    /// All of the answer at once.
    package func whole() async throws -> Data {
        var data = Data()
        for try await piece in pieces() { data += piece }
        return data
    }

    /// Takes what the session gives.
    private final class Exchange: NSObject, URLSessionDataDelegate, Sendable {
        private struct State {
            var status: Int?
            var length = 0
            var begun = ContinuousClock.now
            var last: ContinuousClock.Instant?
            /// Whether the session has told that it is over.
            var isComplete = false
            /// Whether it is not waited for any longer.
            var isGivenUp = false
        }

        private let output: AsyncThrowingStream<Data, any Error>.Continuation
        private let limits: Limits
        private let host: String
        private let stage: RiposteError.Stage
        private let state = Mutex(State())

        init(
            _ output: AsyncThrowingStream<Data, any Error>.Continuation, limits: Limits, host: String,
            stage: RiposteError.Stage
        ) {
            self.output = output
            self.limits = limits
            self.host = host
            self.stage = stage
        }

        var isGivenUp: Bool { state.withLock { $0.isGivenUp } }

        /// Nobody takes the answer any more.
        ///
        /// Foundation ends the process when a task is cancelled at the moment it ends by itself, so one that is about to
        /// end is let: readers mostly leave at the last piece.
        func leave(_ task: URLSessionTask) {
            Task {
                try? await Task.sleep(for: .milliseconds(50))
                if !state.withLock({ $0.isComplete }) { task.cancel() }
            }
        }

        private func giveUp(_ error: RiposteError) {
            state.withLock { $0.isGivenUp = true }
            output.finish(throwing: error)
        }

        /// Ends the exchange when it takes too long.
        func watch() async {
            while (try? await Task.sleep(for: .milliseconds(20))) != nil {
                let (begun, last) = state.withLock { ($0.begun, $0.last) }
                let now = ContinuousClock.now
                let isLate =
                    now - begun > .seconds(limits.total)
                    || (last.map { now - $0 > .seconds(limits.idle) } ?? (now - begun > .seconds(limits.first)))
                guard isLate else { continue }
                return giveUp(RiposteError(.timedOut, stage, "\(host) took too long to answer."))
            }
        }

        func urlSession(
            _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
            completionHandler: @escaping @Sendable (URLSession.ResponseDisposition) -> Void
        ) {
            let status = (response as? HTTPURLResponse)?.statusCode ?? 0
            state.withLock { $0.status = status }
            guard (200..<300).contains(status) else {
                output.finish(
                    throwing: RiposteError(
                        .network, stage, "\(host) answered with the error \(status).",
                        underlying: HTTPStatus(code: status)))
                // What it writes about the error is short, and let come: see `leave`.
                return completionHandler(.allow)
            }
            completionHandler(.allow)
        }

        func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
            let (length, isOver) = state.withLock { state in
                state.last = .now
                state.length += data.count
                return (state.length, state.isGivenUp)
            }
            guard length <= limits.length else {
                if isOver { return }
                giveUp(RiposteError(.engineFailed, stage, "The answer of \(host) is too long."))
                return dataTask.cancel()
            }
            output.yield(data)
        }

        func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
            state.withLock { $0.isComplete = true }
            guard let error else { return output.finish() }
            output.finish(
                throwing: RiposteError(
                    .network, stage, "\(host) cannot be reached, or stopped answering.", underlying: error))
        }
    }
}
