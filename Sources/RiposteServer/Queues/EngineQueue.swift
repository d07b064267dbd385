import Logging
import RiposteCore
import Synchronization

/// Lets the conversations use the shared engines in a fair order: see ``WorkOrder``.
///
/// Work that gives way to others waits only so long, and is then given up, so that a session notices how busy the
/// machine is and asks for less (`Workload`). It is also stopped while it runs when somebody waits for its engine, and
/// done again later.
final class EngineQueue: Sendable {
    struct Configuration: Sendable {
        /// Utterances that are recognised at once: as many as the recogniser has threads of its own. Default 1.
        var transcriptions = 1
        /// Work that waits; more is refused. Default 512.
        var longest = 512
        /// Seconds that work that gives way waits before it is given up. Default 1.2: a session takes a partial transcript
        /// that takes 0.9 s for a sign that the machine is busy.
        var patience = 1.2
    }

    private struct Entry {
        var since = ContinuousClock.now
        var begin: CheckedContinuation<Bool, Never>?
        var stop: (@Sendable () -> Void)?
        var isStopped = false
        /// Whom it is for, and how many seconds it waited.
        let turn = TurnIdentity.current
        var waited = 0.0
    }

    private struct State {
        var order: WorkOrder
        var entries: [Int: Entry] = [:]
        var lastClient = 0
        var clients: Set<Int> = []
        var figures = EngineFigures()
        var logger: Logger?
    }

    private let configuration: Configuration
    private let state: Mutex<State>

    init(configuration: Configuration = .init()) {
        self.configuration = configuration
        state = Mutex(State(order: WorkOrder(capacity: [.transcription: configuration.transcriptions])))
    }

    /// A number for whoever comes new.
    func newClient() -> Int {
        state.withLock { state in
            state.lastClient += 1
            state.clients.insert(state.lastClient)
            return state.lastClient
        }
    }

    func forget(client: Int) {
        state.withLock { state in
            state.clients.remove(client)
            state.order.forget(client: client)
        }
    }

    /// Clients that there are.
    var clientCount: Int { state.withLock { $0.clients.count } }

    /// What the engines do and have done.
    var figures: EngineFigures {
        state.withLock { state in
            var figures = state.figures
            for waiting in state.order.waiting { figures.waiting[waiting.work.urgency, default: 0] += 1 }
            return figures
        }
    }

    /// A recogniser has worked on sound: for its real-time factor.
    func transcribed(soundSeconds: Double, in seconds: Double) {
        state.withLock { $0.figures.transcribed(soundSeconds: soundSeconds, in: seconds) }
    }

    /// Has each piece of work written down, at the level `debug`.
    func write(to logger: Logger) { state.withLock { $0.logger = logger } }

    /// Works when it is this work's turn.
    /// - Throws: `.timedOut` when it had to give way too long, or too much waits; what `body` throws.
    func run<Value: Sendable>(_ work: EngineWork, _ body: @escaping @Sendable () async throws -> Value) async throws
        -> Value
    {
        let end = ContinuousClock.now + .seconds(configuration.patience)
        while true {
            let number = try await enter(work, until: end)
            let task = Task { try await body() }
            if stopping(number, { task.cancel() }) { task.cancel() }
            let result = await withTaskCancellationHandler {
                await task.result
            } onCancel: {
                task.cancel()
            }
            let wasStopped = leave(number)
            if case .failure = result, wasStopped, !Task.isCancelled { continue }
            return try result.get()
        }
    }

    /// Waits until it is the work's turn. Whoever was let in has to `leave`.
    /// - Throws: as `run`; `CancellationError`.
    func enter(_ work: EngineWork, until end: ContinuousClock.Instant? = nil) async throws -> Int {
        let number: Int? = state.withLock { state in
            guard state.order.waiting.count < configuration.longest else { return nil }
            let number = state.order.add(work)
            state.entries[number] = Entry()
            return number
        }
        guard let number else {
            throw RiposteError(.timedOut, .inference, "Too much waits to be done; try again in a moment.")
        }
        work.whenMoreUrgent { [weak self] in self?.goOn() }
        let patience = work.urgency.givesWay ? end.map { giveUp(number, at: $0) } : nil
        defer { patience?.cancel() }
        let isIn = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    // Cancelled before it began to wait, or begun by somebody else's leaving.
                    guard state.entries[number] != nil else { return false }
                    if state.order.running[number] != nil { return true }
                    state.entries[number]?.begin = continuation
                    return nil
                }
                if let answer { continuation.resume(returning: answer) } else { goOn() }
            }
        } onCancel: {
            drop(number)
        }
        guard isIn else {
            try Task.checkCancellation()
            throw RiposteError(.timedOut, .inference, "The machine is busy with what is more urgent.")
        }
        return number
    }

    /// Makes room for others. A second time does nothing.
    /// - Returns: whether the work was stopped for others.
    @discardableResult
    func leave(_ number: Int) -> Bool {
        let (left, logger) = state.withLock { state -> ((entry: Entry, work: EngineWork?, seconds: Double)?, Logger?) in
            guard let entry = state.entries.removeValue(forKey: number) else { return (nil, nil) }
            let seconds = (ContinuousClock.now - entry.since) / .seconds(1)
            let work = state.order.finish(number, after: seconds)
            if let work { state.figures.worked(work.urgency, for: seconds, wasStopped: entry.isStopped) }
            return ((entry, work, seconds), state.logger)
        }
        goOn()
        guard let left else { return false }
        if let work = left.work { logger?.debug("an engine worked", metadata: about(work, left.entry, left.seconds)) }
        return left.entry.isStopped
    }

    private func about(_ work: EngineWork, _ entry: Entry, _ seconds: Double) -> Logger.Metadata {
        var about: Logger.Metadata = [
            "engine": .string(work.engine.rawValue), "work": .string(work.urgency.rawValue),
            "waitedMs": .stringConvertible(entry.waited * 1_000), "ms": .stringConvertible(seconds * 1_000),
        ]
        if entry.isStopped { about["stopped"] = .stringConvertible(true) }
        if let turn = entry.turn {
            about["turn"] = .string(turn.description)
            about["conversation"] = .string(turn.conversation)
        }
        return about
    }

    /// - Returns: whether it is to stop at once.
    private func stopping(_ number: Int, _ stop: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { state in
            guard state.entries[number] != nil else { return false }
            state.entries[number]?.stop = stop
            return state.entries[number]?.isStopped == true
        }
    }

    private func giveUp(_ number: Int, at end: ContinuousClock.Instant) -> Task<Void, Never> {
        Task { [weak self] in
            try? await Task.sleep(until: end, clock: .continuous)
            if !Task.isCancelled { self?.drop(number) }
        }
    }

    private func drop(_ number: Int) {
        let begin: CheckedContinuation<Bool, Never>? = state.withLock { state in
            let work = state.order.waiting.first { $0.number == number }?.work
            guard let work, state.order.remove(number) else { return nil }
            state.figures.gaveUp(work.urgency)
            return state.entries.removeValue(forKey: number)?.begin
        }
        begin?.resume(returning: false)
        // What waited for it to be begun may go on now.
        goOn()
    }

    /// Begins what can be begun, and stops what is in the way.
    private func goOn() {
        let (begun, stopped) = state.withLock { state in
            let numbers = state.order.begin()
            var begun: [CheckedContinuation<Bool, Never>] = []
            for number in numbers {
                guard var entry = state.entries[number] else { continue }
                let now = ContinuousClock.now
                entry.waited = (now - entry.since) / .seconds(1)
                if let work = state.order.running[number] {
                    state.figures.waited(work.urgency, for: entry.waited)
                }
                if let begin = entry.begin { begun.append(begin) }
                (entry.since, entry.begin) = (now, nil)
                state.entries[number] = entry
            }
            var stopped: [@Sendable () -> Void] = []
            for number in state.order.inTheWay where state.entries[number]?.isStopped == false {
                state.entries[number]?.isStopped = true
                if let stop = state.entries[number]?.stop { stopped.append(stop) }
            }
            return (begun, stopped)
        }
        for begin in begun { begin.resume(returning: true) }
        for stop in stopped { stop() }
    }
}
