import Foundation
import RiposteCore
import RiposteDialog

/// What a server says of itself at `/metrics`.
struct ServerMetrics: Sendable {
    private let values: [String: Double]

    /// - Throws: where it does not answer.
    init(of address: ServerAddress) async throws {
        guard let url = URL(string: "http://\(address.host):\(address.port)/metrics") else {
            throw RiposteError(.badInput, .configuration, "\(address.host) is no host.")
        }
        var request = HTTPRequest(url)
        if let token = address.token { request.headers["Authorization"] = "Bearer \(token)" }
        self.init(text: String(decoding: try await HTTPStream(request, stage: .session).whole(), as: UTF8.self))
    }

    /// - Parameter text: in the form that Prometheus reads.
    init(text: String) {
        values = text.split(separator: "\n").reduce(into: [:]) { values, line in
            guard !line.hasPrefix("#"), let space = line.lastIndex(of: " ") else { return }
            values[String(line[..<space])] = Double(line[line.index(after: space)...])
        }
    }

    /// By the name, with its labels as they are written; nil for what is not told.
    subscript(name: String) -> Double? { values[name] }
}

/// A server as it is at a moment, for whoever looks for what grows.
struct ServerReading: Sendable {
    /// Seconds since the beginning.
    var time: Double
    var usage: ServerProcess.Usage
    var metrics: ServerMetrics?

    init(_ server: ServerProcess, time: Double) async {
        self.time = time
        usage = server.usage ?? .init()
        metrics = try? await ServerMetrics(of: server.address)
    }

    /// Megabytes that the server's C library has given out.
    var used: Double? { metrics?[#"riposte_memory_bytes{state="used"}"#].map { $0 / 1_048_576 } }
    var openTurns: Double? { metrics?["riposte_turns_open"] }
    var begunTurns: Double? { metrics?["riposte_turns_begun_total"] }
    var sessions: Double? { metrics?["riposte_sessions"] }
    var errors: Double? {
        metrics.map { metrics in
            RiposteError.Stage.allCases.reduce(0) {
                $0 + (metrics["riposte_errors_total{stage=\"\($1.rawValue)\"}"] ?? 0)
            }
        }
    }

    var line: String {
        func figure(_ value: Double?) -> String { value.map { String(format: "%.0f", $0) } ?? "?" }
        return String(format: "%6.0f s  %.0f MB, ", time, usage.megabytes) + figure(used) + " MB of it given out; "
            + "\(usage.threads) threads, \(usage.files) files; \(figure(sessions)) sessions, "
            + "\(figure(openTurns)) of \(figure(begunTurns)) turns open, \(figure(errors)) errors"
    }
}
