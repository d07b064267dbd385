import RiposteCore
import Synchronization

/// Several engines of one role in the order they are preferred in, and what is known of each. The last one is local.
final class EngineOrder<Engine: Sendable>: Sendable {
    struct Member: Sendable {
        let engine: Engine
        let name: String
        /// Whether the service answers; nil: the engine is no service.
        let probe: (@Sendable () async throws -> Void)?
    }

    let members: [Member]
    let stage: RiposteError.Stage
    let usage: CloudUsage?
    private let policy: Mutex<FailoverPolicy>
    private let probing = Mutex<Task<Void, Never>?>(nil)
    private let onChange: @Sendable (String) -> Void
    private let begun = ContinuousClock.now

    /// - Parameters:
    ///   - members: not empty.
    ///   - onChange: is told, in words, when an engine is left alone and when it is back.
    init(
        _ members: [Member], stage: RiposteError.Stage, configuration: FailoverPolicy.Configuration,
        usage: CloudUsage?, onChange: @escaping @Sendable (String) -> Void
    ) {
        self.members = members
        self.stage = stage
        self.usage = usage
        self.onChange = onChange
        policy = Mutex(FailoverPolicy(engineCount: members.count, configuration: configuration))
    }

    deinit { probing.withLock { $0?.cancel() } }

    /// Seconds since the order was made: the clock of its policy.
    var now: Double { (ContinuousClock.now - begun) / .seconds(1) }

    func engine(of attempt: FailoverPolicy.Attempt) -> Engine { members[attempt.engine].engine }
    func name(of attempt: FailoverPolicy.Attempt) -> String { members[attempt.engine].name }

    func begin() -> FailoverPolicy.Attempt { policy.withLock { $0.begin(at: now) } }

    func succeeded(_ attempt: FailoverPolicy.Attempt) { policy.withLock { $0.succeeded(attempt) } }

    /// Tells of a failure and waits as long as the policy wants.
    /// - Returns: what is to be asked now.
    /// - Throws: the failure, when nothing is left.
    func next(after attempt: FailoverPolicy.Attempt, _ error: any Error) async throws -> FailoverPolicy.Attempt {
        let (next, wait) = try decide(after: attempt, error)
        if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
        return next
    }

    /// Tells of a failure.
    /// - Returns: what is to be asked, and after how many seconds.
    /// - Throws: the failure, when nothing is left.
    func decide(after attempt: FailoverPolicy.Attempt, _ error: any Error) throws
        -> (attempt: FailoverPolicy.Attempt, wait: Double)
    {
        let error = error as? RiposteError ?? RiposteError(.engineFailed, stage, "\(error)", underlying: error)
        let now = now
        let (decision, wasClosed, isClosed) = policy.withLock { policy in
            let before = policy.isClosed(attempt.engine)
            let decision =
                error.underlying is RequestRefusal
                ? policy.declined(attempt, at: now)
                : policy.failed(attempt, mayRecover: error.code != .badInput, at: now)
            return (decision, before, policy.isClosed(attempt.engine))
        }
        if members[attempt.engine].probe != nil { usage?.failed(name(of: attempt), error.message) }
        if wasClosed, !isClosed {
            onChange("\(error.message) It is left alone for a while; \(members.last?.name ?? "") answers meanwhile.")
            probe()
        }
        guard case .ask(let next, let wait) = decision else { throw error }
        return (next, wait)
    }

    /// Loads the last engine, and the others as far as they can be reached: one that cannot is tried again later.
    func load(_ load: @escaping @Sendable (Engine) async throws -> Void) async throws {
        for (index, member) in members.enumerated().dropLast() {
            var attempt = FailoverPolicy.Attempt(engine: index, number: 1, start: now)
            while attempt.engine == index {
                do {
                    try await limited(attempt) { try await load(member.engine) }
                    break
                } catch {
                    try Task.checkCancellation()
                    attempt = try await next(after: attempt, error)
                }
            }
        }
        if let last = members.last { try await load(last.engine) }
    }

    /// Does something within the time that is left to an attempt. What ignores being cancelled is left to itself.
    /// - Throws: `.timedOut`; `CancellationError` when the caller is cancelled.
    func limited<Value: Sendable>(
        _ attempt: FailoverPolicy.Attempt, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        guard let deadline = policy.withLock({ $0.deadline(of: attempt) }) else { return try await work() }
        let late = RiposteError(.timedOut, stage, "\(name(of: attempt)) took too long to answer.")
        return try await Self.limited(seconds: max(0, deadline - now), late, work)
    }

    private static func limited<Value: Sendable>(
        seconds: Double, _ late: RiposteError, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (answers, output) = AsyncThrowingStream<Value, any Error>.makeStream()
        let working = Task {
            do {
                output.yield(try await work())
                output.finish()
            } catch {
                output.finish(throwing: error)
            }
        }
        let alarm = Task {
            try await Task.sleep(for: .seconds(seconds))
            output.finish(throwing: late)
        }
        defer {
            working.cancel()
            alarm.cancel()
        }
        for try await answer in answers { return answer }
        throw CancellationError()
    }

    /// Asks the engines that are left alone, now and then, until all are back.
    private func probe() {
        probing.withLock { task in
            guard task == nil else { return }
            // Detached: what it costs is not that of the conversation which has noticed the failure.
            task = Task.detached { [weak self] in
                while let wait = self?.nextProbe(), !Task.isCancelled {
                    let left = wait.time - (self?.now ?? 0)
                    guard left <= 0 else {
                        // Another engine's turn may come earlier meanwhile.
                        try? await Task.sleep(for: .seconds(min(left, 1)))
                        continue
                    }
                    await self?.probe(wait.engine)
                }
            }
        }
    }

    /// nil ends the probing.
    private func nextProbe() -> (engine: Int, time: Double)? {
        // Under both locks, so that whoever opens a circuit now finds the probing ended, or is seen by it.
        probing.withLock { task in
            let next = policy.withLock { $0.nextProbe }
            if next == nil { task = nil }
            return next
        }
    }

    private func probe(_ engine: Int) async {
        policy.withLock { $0.beginProbe(of: engine) }
        let member = members[engine]
        let late = RiposteError(.timedOut, stage, "\(member.name) does not answer.")
        let answers = (try? await Self.limited(seconds: 10, late) { try await member.probe?() }) != nil
        let now = now
        policy.withLock { $0.probed(engine, answers: answers, at: now) }
        if answers { onChange("\(member.name) answers again.") }
    }
}
