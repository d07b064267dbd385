import RiposteCore

/// Decides which of several engines is asked: which one first, whether again, and when the next one's turn is.
///
/// A pure value without a clock: it is told the time, in seconds of any clock that does not go back. The engines are
/// numbered in the order they are preferred in; the last one is always there to be asked.
///
/// An engine that fails again and again is left alone for a while (its circuit is open). After that a probe finds out
/// whether it is back; each probe that fails doubles the time to the next, and so does an answer that fails after one that
/// did not.
///
///     var policy = FailoverPolicy(engineCount: 2)
///     let first = policy.begin(at: 0)                                   // engine 0
///     policy.failed(first, mayRecover: true, at: 0.2)                   // .ask(engine 0 again, after: 0.1)
///     policy.failed(first.next, mayRecover: true, at: 0.4)              // .ask(engine 1, after: 0)
public struct FailoverPolicy: Sendable {
    public struct Configuration: Sendable, Equatable {
        /// Seconds that an engine has for an answer somebody waits for, further attempts included. The last engine has
        /// all the time it takes. Default 2: with what the local engine then needs, an answer is late, but comes.
        public var deadline = 2.0
        /// How often an engine is asked for one answer. Default 2.
        public var attempts = 2
        /// Seconds before the second attempt; each further wait is twice as long. Default 0.1.
        public var backoff = 0.1
        /// The longest wait, in seconds. Default 1.
        public var backoffLimit = 1.0
        /// How much of a wait is left to chance, 0 … 1, so that many clients do not come back at once. Default 0.5.
        public var jitter = 0.5
        /// Failed answers in a row after which an engine is left alone. Default 2.
        public var failuresToOpen = 2
        /// Requests in a row that an engine has not taken, after which it is left alone. Default 3.
        public var refusalsToOpen = 3
        /// Seconds until the first probe. Default 5.
        public var rest = 5.0
        /// The longest time between two probes, in seconds. Default 120.
        public var restLimit = 120.0

        public init() {}
    }

    /// An engine that is asked.
    public struct Attempt: Sendable, Equatable {
        public var engine: Int
        /// Counted from 1.
        public var number: Int
        /// Since when somebody waits for this engine's answer.
        public var start: Double
    }

    public enum Decision: Sendable, Equatable {
        /// The attempt is to be made, after so many seconds.
        case ask(Attempt, after: Double)
        /// No engine is left.
        case giveUp
    }

    /// What is known of an engine.
    private struct Circuit {
        var failures = 0
        var refusals = 0
        /// Until when the engine is left alone; nil: it is asked.
        var openUntil: Double?
        var rest = 0.0
        var isProbing = false
    }

    public let configuration: Configuration
    private var circuits: [Circuit]
    private var generator: SeededGenerator

    /// - Parameters:
    ///   - engineCount: at least 1.
    ///   - seed: of the chance in the waits.
    public init(engineCount: Int, configuration: Configuration = .init(), seed: UInt64 = .random(in: 0 ... .max)) {
        self.configuration = configuration
        circuits = Array(repeating: Circuit(), count: max(1, engineCount))
        generator = SeededGenerator(seed: seed)
    }

    private var last: Int { circuits.count - 1 }

    /// The engine for a new answer.
    public func begin(at now: Double) -> Attempt {
        Attempt(engine: admitted(from: 0), number: 1, start: now)
    }

    /// Until when an attempt may take; nil: as long as it likes.
    public func deadline(of attempt: Attempt) -> Double? {
        attempt.engine < last ? attempt.start + configuration.deadline : nil
    }

    /// An engine has answered: what it did before is forgotten.
    public mutating func succeeded(_ attempt: Attempt) {
        circuits[attempt.engine] = Circuit()
    }

    /// An engine has not answered.
    /// - Parameter mayRecover: whether it could go better another time; not so with a key that is refused.
    public mutating func failed(_ attempt: Attempt, mayRecover: Bool, at now: Double) -> Decision {
        if mayRecover, attempt.number < configuration.attempts, isClosed(attempt.engine) {
            let wait = wait(before: attempt.number + 1)
            if deadline(of: attempt).map({ now + wait < $0 }) ?? true {
                let next = Attempt(engine: attempt.engine, number: attempt.number + 1, start: attempt.start)
                return .ask(next, after: wait)
            }
        }
        count(attempt.engine, mayRecover: mayRecover, at: now)
        guard attempt.engine < last else { return .giveUp }
        return .ask(Attempt(engine: admitted(from: attempt.engine + 1), number: 1, start: now), after: 0)
    }

    /// An engine does not take this one request, and is none the worse for it: the next one is asked. One that takes none at
    /// all is left alone.
    public mutating func declined(_ attempt: Attempt, at now: Double) -> Decision {
        guard attempt.engine < last else { return .giveUp }
        circuits[attempt.engine].refusals += 1
        if isClosed(attempt.engine), circuits[attempt.engine].refusals >= configuration.refusalsToOpen {
            open(attempt.engine, at: now)
        }
        return .ask(Attempt(engine: admitted(from: attempt.engine + 1), number: 1, start: now), after: 0)
    }

    /// Whether an engine is asked at all, or left alone.
    public func isClosed(_ engine: Int) -> Bool { circuits[engine].openUntil == nil }

    /// When the next probe is due, and of which engine; nil while all are asked or being probed.
    public var nextProbe: (engine: Int, time: Double)? {
        circuits.indices.compactMap { index in
            circuits[index].isProbing ? nil : circuits[index].openUntil.map { (engine: index, time: $0) }
        }.min { $0.time < $1.time }
    }

    /// A probe is on its way.
    public mutating func beginProbe(of engine: Int) { circuits[engine].isProbing = true }

    /// What a probe has found.
    public mutating func probed(_ engine: Int, answers: Bool, at now: Double) {
        circuits[engine].isProbing = false
        guard circuits[engine].openUntil != nil else { return }
        if answers {
            // On trial: a probe asks for less than people do. One that answers those too late is left alone again after one
            // failure, and for longer.
            circuits[engine].openUntil = nil
            circuits[engine].failures = max(0, configuration.failuresToOpen - 1)
            circuits[engine].refusals = max(0, configuration.refusalsToOpen - 1)
        } else {
            open(engine, at: now)
        }
    }

    /// The first engine from this one on that is not left alone.
    private func admitted(from engine: Int) -> Int { (engine..<last).first(where: isClosed) ?? last }

    private mutating func wait(before number: Int) -> Double {
        var wait = configuration.backoff
        for _ in 2..<max(2, number) { wait = min(2 * wait, configuration.backoffLimit) }
        let chance = Double.random(in: 0...1, using: &generator)
        return min(wait, configuration.backoffLimit) * (1 - configuration.jitter * chance)
    }

    /// Counts a failed answer. What cannot recover is left alone at once.
    private mutating func count(_ engine: Int, mayRecover: Bool, at now: Double) {
        guard engine < last else { return }
        circuits[engine].failures += 1
        guard isClosed(engine), !mayRecover || circuits[engine].failures >= configuration.failuresToOpen else { return }
        open(engine, at: now)
    }

    private mutating func open(_ engine: Int, at now: Double) {
        let rest = circuits[engine].rest
        circuits[engine].rest = rest == 0 ? configuration.rest : min(2 * rest, configuration.restLimit)
        circuits[engine].openUntil = now + circuits[engine].rest
    }
}
