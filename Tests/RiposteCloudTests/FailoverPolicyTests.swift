import Testing

@testable import RiposteCloud

/// The decisions alone: no clock runs here but the numbers.
@Suite struct FailoverPolicyTests {
    private func policy(_ engines: Int = 3, _ change: (inout FailoverPolicy.Configuration) -> Void = { _ in })
        -> FailoverPolicy
    {
        var configuration = FailoverPolicy.Configuration()
        configuration.jitter = 0
        change(&configuration)
        return FailoverPolicy(engineCount: engines, configuration: configuration, seed: 1)
    }

    private func attempt(_ decision: FailoverPolicy.Decision) throws -> (FailoverPolicy.Attempt, after: Double) {
        guard case .ask(let attempt, let wait) = decision else { throw NoAttempt() }
        return (attempt, wait)
    }

    private struct NoAttempt: Error {}

    @Test func asksAgainThenTheNext() throws {
        var policy = policy()
        let first = policy.begin(at: 10)
        #expect(first == .init(engine: 0, number: 1, start: 10))
        #expect(policy.deadline(of: first) == 12)
        let (second, wait) = try attempt(policy.failed(first, mayRecover: true, at: 10.2))
        #expect(second == .init(engine: 0, number: 2, start: 10))
        #expect(wait == 0.1)
        let (third, noWait) = try attempt(policy.failed(second, mayRecover: true, at: 10.4))
        #expect(third == .init(engine: 1, number: 1, start: 10.4))
        #expect(noWait == 0)
    }

    @Test func theLastEngineHasNoDeadlineAndNothingComesAfterIt() throws {
        var policy = policy(2) { $0.attempts = 1 }
        let (local, _) = try attempt(policy.failed(policy.begin(at: 0), mayRecover: true, at: 1))
        #expect(local.engine == 1)
        #expect(policy.deadline(of: local) == nil)
        #expect(policy.failed(local, mayRecover: true, at: 2) == .giveUp)
        #expect(policy.isClosed(1), "the last engine is always asked")
    }

    @Test func whatCannotRecoverIsNotAskedAgain() throws {
        var policy = policy(2)
        let (next, _) = try attempt(policy.failed(policy.begin(at: 0), mayRecover: false, at: 0.1))
        #expect(next.engine == 1)
        #expect(!policy.isClosed(0))
        #expect(policy.begin(at: 1).engine == 1)
    }

    /// There is no second attempt where its answer could only come too late.
    @Test func retriesStayWithinTheDeadline() throws {
        var policy = policy(2)
        let (next, _) = try attempt(policy.failed(policy.begin(at: 0), mayRecover: true, at: 1.95))
        #expect(next.engine == 1)
    }

    @Test func opensRestsAndComesBack() throws {
        var policy = policy(2) { $0.attempts = 1 }
        for time in [0.0, 1] {
            #expect(policy.isClosed(0))
            _ = policy.failed(policy.begin(at: time), mayRecover: true, at: time)
        }
        #expect(!policy.isClosed(0))
        #expect(policy.begin(at: 2).engine == 1)
        // 5 s after it was opened, then twice as long each time, up to the limit.
        var time = 1.0
        for rest in [5.0, 10, 20, 40, 80, 120, 120] {
            let probe = try #require(policy.nextProbe)
            #expect(probe.engine == 0)
            #expect(probe.time == time + rest)
            policy.beginProbe(of: 0)
            #expect(policy.nextProbe == nil)
            time = probe.time
            policy.probed(0, answers: false, at: time)
            #expect(policy.begin(at: time).engine == 1)
        }
        policy.beginProbe(of: 0)
        policy.probed(0, answers: true, at: time)
        #expect(policy.begin(at: time).engine == 0)
        #expect(policy.nextProbe == nil)
    }

    /// A probe asks for less than people do: what answers it and then is late again is left alone for longer each time.
    @Test func aServiceThatIsReachableAndTooLateIsAskedEverMoreRarely() throws {
        var policy = policy(2)
        var (time, late) = (0.0, 0)
        while time < 600 {
            let attempt = policy.begin(at: time)
            if attempt.engine == 0 {
                late += 1
                time += 2
                _ = policy.failed(attempt, mayRecover: true, at: time)
            }
            time += 6
            while let probe = policy.nextProbe, probe.time <= time {
                policy.beginProbe(of: 0)
                policy.probed(0, answers: true, at: probe.time)
            }
        }
        #expect((3...12).contains(late), "\(late) of about a hundred answers were late")
        policy.succeeded(.init(engine: 0, number: 1, start: time))
        _ = policy.failed(policy.begin(at: time), mayRecover: true, at: time + 2)
        #expect(policy.isClosed(0), "an answer makes good what was before")
    }

    /// One request that is not taken says nothing of others; three in a row do.
    @Test func aRequestThatIsNotTakenGoesToTheNextEngine() throws {
        var policy = policy(2)
        for time in [0.0, 1] {
            let (next, wait) = try attempt(policy.declined(policy.begin(at: time), at: time))
            #expect(next == .init(engine: 1, number: 1, start: time) && wait == 0)
        }
        policy.succeeded(policy.begin(at: 2))
        for time in [3.0, 4] { _ = policy.declined(policy.begin(at: time), at: time) }
        #expect(policy.isClosed(0))
        _ = policy.declined(policy.begin(at: 5), at: 5)
        #expect(!policy.isClosed(0))
        #expect(policy.declined(.init(engine: 1, number: 1, start: 5), at: 5) == .giveUp)
    }

    @Test func anAnswerForgetsEarlierFailures() {
        var policy = policy(2) { $0.attempts = 1 }
        for _ in 0..<10 {
            let attempt = policy.begin(at: 0)
            #expect(attempt.engine == 0)
            _ = policy.failed(attempt, mayRecover: true, at: 0)
            policy.succeeded(policy.begin(at: 0))
        }
    }

    @Test func waitsGrowAndAreLeftToChanceInPart() throws {
        var waits: [Set<Double>] = [[], [], [], [], []]
        for seed in 0..<50 {
            var configuration = FailoverPolicy.Configuration()
            (configuration.attempts, configuration.deadline) = (6, 100)
            var policy = FailoverPolicy(engineCount: 2, configuration: configuration, seed: UInt64(seed))
            var current = policy.begin(at: 0)
            for index in waits.indices {
                let (next, wait) = try attempt(policy.failed(current, mayRecover: true, at: 0))
                waits[index].insert(wait)
                current = next
            }
        }
        for (index, longest) in [0.1, 0.2, 0.4, 0.8, 1.0].enumerated() {
            #expect(waits[index].count > 25)
            #expect(waits[index].allSatisfy { (longest / 2...longest).contains($0) })
        }
    }

    /// Whatever happens, some engine is asked within so many attempts, or all have been.
    @Test(arguments: 0..<200) func everyAnswerEnds(seed: Int) {
        var generator = SystemRandomNumberGenerator()
        var policy = policy(Int.random(in: 1...4, using: &generator)) { $0.attempts = 1 + seed % 3 }
        var now = 0.0
        for _ in 0..<50 {
            var current = policy.begin(at: now)
            var asked = 0
            while true {
                asked += 1
                now += Double.random(in: 0...3, using: &generator)
                if Bool.random(using: &generator) {
                    policy.succeeded(current)
                    break
                }
                let decision = policy.failed(current, mayRecover: .random(using: &generator), at: now)
                guard case .ask(let next, let wait) = decision else { break }
                #expect(next.engine > current.engine || next.number == current.number + 1)
                now += wait
                current = next
            }
            #expect(asked <= 12)
            if let probe = policy.nextProbe, probe.time <= now {
                policy.beginProbe(of: probe.engine)
                policy.probed(probe.engine, answers: .random(using: &generator), at: now)
            }
        }
    }
}
