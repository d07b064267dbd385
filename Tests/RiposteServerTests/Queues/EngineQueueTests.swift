import RiposteCore
import Synchronization
import Testing

@testable import RiposteServer

@Suite struct EngineQueueTests {
    private let final = EngineWork(.final, on: .transcription, for: 1)
    private let partial = EngineWork(.partial, on: .transcription, for: 2)

    /// Works until it is cancelled, or let go.
    private final class Engine: Sendable {
        let begun = Mutex(0)
        private let gate = AsyncStream.makeStream(of: Never.self)

        func work() async throws {
            begun.withLock { $0 += 1 }
            for await _ in gate.stream {}
            try Task.checkCancellation()
        }

        func letGo() { gate.continuation.finish() }

        func waitUntilBegun(_ count: Int = 1) async throws {
            while begun.withLock({ $0 < count }) { try await Task.sleep(for: .milliseconds(1)) }
        }
    }

    @Test(.timeLimit(.minutes(10))) func stopsAPartialTranscriptForAFinalOneAndMakesItAgain() async throws {
        let queue = EngineQueue(configuration: .init(patience: 30))
        let (slow, engine) = (Engine(), Engine())
        let tries = Mutex(0)
        let asking = Task { [partial] in
            try await queue.run(partial) {
                let number = tries.withLock { tries in
                    tries += 1
                    return tries
                }
                // The first try lasts until it is stopped.
                if number == 1 { try await slow.work() }
                return number
            }
        }
        try await slow.waitUntilBegun()
        let answering = Task { [final] in try await queue.run(final) { try await engine.work() } }
        try await engine.waitUntilBegun()
        #expect(tries.withLock { $0 } == 1)
        engine.letGo()
        try await answering.value
        #expect(try await asking.value == 2)
        #expect(queue.figures.left[.partial] == 1)
    }

    @Test(.timeLimit(.minutes(10))) func givesUpWhatHasToGiveWayTooLong() async throws {
        let queue = EngineQueue(configuration: .init(patience: 0.05))
        let engine = Engine()
        let answering = Task { [final] in try await queue.run(final) { try await engine.work() } }
        try await engine.waitUntilBegun()
        await #expect(throws: RiposteError.self) { try await queue.run(partial) {} }
        // What somebody waits for is not given up.
        let next = Task { [final] in try await queue.run(final) {} }
        try await Task.sleep(for: .milliseconds(150))
        #expect(queue.figures.waiting[.final] == 1)
        engine.letGo()
        try await answering.value
        try await next.value
        #expect(queue.figures.left[.partial] == 1)
    }

    @Test(.timeLimit(.minutes(10))) func letsGoOfWhoIsCancelled() async throws {
        let queue = EngineQueue()
        let engine = Engine()
        let running = Task { [final] in try await queue.run(final) { try await engine.work() } }
        try await engine.waitUntilBegun()
        let waiting = Task { [final] in try await queue.run(final) {} }
        while queue.figures.waiting[.final] != 1 { try await Task.sleep(for: .milliseconds(1)) }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
        running.cancel()
        engine.letGo()
        await #expect(throws: CancellationError.self) { try await running.value }
        // Nothing is left behind: the next one is let in at once.
        try await queue.run(final) {}
        #expect(queue.figures.waiting.values.allSatisfy { $0 == 0 })
    }

    @Test(.timeLimit(.minutes(10))) func refusesWhatIsTooMuch() async throws {
        let queue = EngineQueue(configuration: .init(longest: 1))
        let engine = Engine()
        let running = Task { [final] in try await queue.run(final) { try await engine.work() } }
        try await engine.waitUntilBegun()
        let waiting = Task { [final] in try await queue.run(final) {} }
        while queue.figures.waiting[.final] != 1 { try await Task.sleep(for: .milliseconds(1)) }
        await #expect(throws: RiposteError.self) { try await queue.run(final) {} }
        engine.letGo()
        try await running.value
        try await waiting.value
    }

    /// Counts how many ask it at once.
    private actor CountingDetector: TurnDetector {
        private var running = 0
        private(set) var most = 0
        private(set) var asked = 0

        func endOfTurnProbability(audio: ArraySlice<Float>, transcript: String) async throws -> Double {
            running += 1
            (most, asked) = (max(most, running), asked + 1)
            try await Task.sleep(for: .milliseconds(5))
            running -= 1
            return 0.5
        }
    }

    /// Pauses of many callers are weighed one after the other, each of them.
    @Test(.timeLimit(.minutes(10))) func weighsPausesInTurn() async throws {
        let detector = CountingDetector()
        var engines = NetworkConversationTests.engines()
        engines.turnDetector = detector
        try await withThrowingTaskGroup(of: Double?.self) { group in
            for _ in 0..<8 {
                let detector = engines.queued().turnDetector
                group.addTask { try await detector?.endOfTurnProbability(audio: [0], transcript: "") }
            }
            for try await probability in group { #expect(probability == 0.5) }
        }
        #expect(await detector.asked == 8)
        #expect(await detector.most == 1)
        #expect(engines.queue.figures.waiting.values.allSatisfy { $0 == 0 })
    }

    /// Many at once, of every kind: each is served or told why not, and the queue is empty in the end.
    @Test(.timeLimit(.minutes(10))) func endsWithNothingLeft() async throws {
        let queue = EngineQueue(configuration: .init(transcriptions: 2, patience: 0.02))
        let served = await withTaskGroup(of: Bool.self) { group in
            for number in 0..<400 { group.addTask { await Self.use(queue, number) } }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(served > 100)
        #expect(queue.figures.waiting.values.allSatisfy { $0 == 0 })
        try await queue.run(final) {}
    }

    /// - Returns: whether the work was done.
    private static func use(_ queue: EngineQueue, _ number: Int) async -> Bool {
        let engine = EngineWork.Engine.allCases[number / 5 % 3]
        let work = EngineWork(EngineWork.Urgency.allCases[number % 5], on: engine, for: number % 7)
        let task = Task { try await queue.run(work) { try await Task.sleep(for: .microseconds(300)) } }
        if number.isMultiple(of: 6) {
            try? await Task.sleep(for: .milliseconds(number % 13))
            task.cancel()
        }
        return (try? await task.value) != nil
    }
}
