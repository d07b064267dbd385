import RiposteConversation
import RiposteCore
import RiposteInference
import Synchronization

/// What the server does and has done, for whoever watches it.
final class ServerFigures: Sendable {
    /// Why a client was hung up on.
    enum Cut: String, CaseIterable {
        /// It did not read what it was told.
        case stalled
        /// It said nothing for too long.
        case idle
        /// It sent what is no message.
        case garbage
    }

    private struct State {
        var responses: [Int: Int] = [:]
        var active = 0
        var entered = 0
        var refused = 0
        var tooFast = 0
        var cuts: [Cut: Int] = [:]
        var begun = 0
        var turns: [TurnOutcome: Int] = [:]
        var latency = Histogram()
        var stages: [String: Histogram] = [:]
        var errors: [RiposteError.Stage: Int] = [:]
        var missingSeconds = 0.0
        var droppedMessages = 0
        var workload: [Workload.Level: Int] = [:]
    }

    private let state = Mutex(State())
    private static let usualStatuses = [200, 400, 401, 403, 404, 413, 429, 500, 503]

    func count(status: Int) { state.withLock { $0.responses[status, default: 0] += 1 } }

    func entered() {
        state.withLock { state in
            state.active += 1
            state.entered += 1
        }
    }

    func left() { state.withLock { $0.active -= 1 } }
    /// Somebody came when it was full.
    func refused() { state.withLock { $0.refused += 1 } }
    /// Somebody asked too often.
    func slowedDown() { state.withLock { $0.tooFast += 1 } }
    func hungUp(_ reason: Cut) { state.withLock { $0.cuts[reason, default: 0] += 1 } }
    func failed(_ stage: RiposteError.Stage) { state.withLock { $0.errors[stage, default: 0] += 1 } }
    /// A client sent nothing where sound should have come: silence took its place.
    func missed(soundSeconds: Double) { state.withLock { $0.missingSeconds += soundSeconds } }
    /// What a client did not read was thrown away.
    func dropped(messages: Int) { state.withLock { $0.droppedMessages += messages } }
    /// A session does less, or everything again.
    func works(_ level: Workload.Level) { state.withLock { $0.workload[level, default: 0] += 1 } }

    func began() { state.withLock { $0.begun += 1 } }

    func ended(_ report: TurnReport) {
        state.withLock { state in
            state.turns[report.outcome, default: 0] += 1
            guard let latency = report.responseLatencyMs else { return }
            state.latency.add(latency / 1000)
            for stage in report.stages { state.stages[stage.name, default: Histogram()].add(stage.ms / 1000) }
        }
    }

    /// In the text form that Prometheus reads.
    /// - Parameters:
    ///   - memory: what becomes of what is kept in a store; nil where there is none.
    ///   - capacity: how much of the server is taken.
    func prometheus(
        _ engines: EngineFigures, _ memory: PendingEntries.Figures? = nil, capacity: Admission.Capacity? = nil
    ) -> String {
        let state = state.withLock { $0 }
        var lines: [String] = []
        func counter(_ name: String, _ value: some Numeric) { lines += ["# TYPE \(name) counter", "\(name) \(value)"] }
        func counters(_ name: String, _ label: String, _ values: [(String, Int)]) {
            lines.append("# TYPE \(name) counter")
            for (key, value) in values { lines.append("\(name){\(label)=\"\(key)\"} \(value)") }
        }
        lines += ["# TYPE riposte_sessions gauge", "riposte_sessions \(state.active)"]
        if let capacity {
            lines += ["# TYPE riposte_sessions_limit gauge", "riposte_sessions_limit \(capacity.limit)"]
        }
        counter("riposte_sessions_total", state.entered)
        counter("riposte_sessions_refused_total", state.refused)
        counter("riposte_requests_slowed_down_total", state.tooFast)
        counters(
            "riposte_responses_total", "status",
            // The first of a kind is to be an increase.
            state.responses.merging(Self.usualStatuses.map { ($0, 0) }) { known, _ in known }
                .sorted { $0.key < $1.key }.map { ("\($0.key)", $0.value) })
        counters("riposte_hung_up_total", "reason", Cut.allCases.map { ($0.rawValue, state.cuts[$0] ?? 0) })
        counter("riposte_turns_begun_total", state.begun)
        // Of conversations that are over, none may stay open.
        lines += [
            "# TYPE riposte_turns_open gauge", "riposte_turns_open \(state.begun - state.turns.values.reduce(0, +))",
        ]
        let outcomes: [TurnOutcome] = [.answered, .reprompted, .dropped, .interrupted]
        counters("riposte_turns_total", "outcome", outcomes.map { ($0.rawValue, state.turns[$0] ?? 0) })
        counters(
            // All of them from the start: the first error of a stage is to be an increase.
            "riposte_errors_total", "stage",
            RiposteError.Stage.allCases.map { ($0.rawValue, state.errors[$0] ?? 0) })
        counters(
            "riposte_workload_changes_total", "level",
            Workload.Level.allCases.map { ($0.rawValue, state.workload[$0] ?? 0) })
        counter("riposte_input_missing_seconds_total", state.missingSeconds)
        counter("riposte_output_dropped_messages_total", state.droppedMessages)
        if let memory {
            lines += ["# TYPE riposte_memory_waiting gauge", "riposte_memory_waiting \(memory.waiting)"]
            counter("riposte_memory_written_total", memory.written)
            counter("riposte_memory_failures_total", memory.failures)
            counter("riposte_memory_lost_total", memory.lost)
        }
        lines.append("# TYPE riposte_response_latency_seconds histogram")
        lines += state.latency.lines("riposte_response_latency_seconds")
        lines.append("# TYPE riposte_stage_seconds histogram")
        for stage in ["endpoint", "transcript", "reply", "synthesis", "playback"] {
            lines += (state.stages[stage] ?? Histogram()).lines("riposte_stage_seconds", "stage=\"\(stage)\"")
        }
        if let memory = ProcessMemory.use {
            lines += ["# TYPE riposte_memory_bytes gauge", "riposte_memory_bytes{state=\"used\"} \(memory.used)"]
            lines.append("riposte_memory_bytes{state=\"kept\"} \(memory.kept)")
        }
        return (lines + engines.prometheus).joined(separator: "\n") + "\n"
    }
}
