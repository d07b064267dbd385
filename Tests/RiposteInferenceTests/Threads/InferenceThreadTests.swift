import Foundation
import RiposteInference
import Testing

@Suite struct InferenceThreadTests {
    @Test func anActorStaysOnItsThread() async {
        let engine = Engine()
        for _ in 0..<20 { await engine.noteThread() }
        #expect(await engine.threadNames == ["engine"])
    }

    @Test func blockedEnginesLeaveTheCooperativePoolAlone() async throws {
        // More blocked engines than any pool here has threads: if they sat on it, the sleeps below could not end first.
        let count = ProcessInfo.processInfo.activeProcessorCount + 2
        let engines = (0..<count).map { _ in Engine() }
        let clock = ContinuousClock()
        let start = clock.now
        try await withThrowingTaskGroup(of: Void.self) { group in
            for engine in engines { group.addTask { await engine.block(for: 1.5) } }
            try await Task.sleep(for: .milliseconds(100))
            #expect(clock.now - start < .seconds(1.2))
            try await group.waitForAll()
        }
        // Side by side, not one after the other.
        #expect(clock.now - start < .seconds(1.5 * Double(count)))
    }

    @Test func workIsDoneInOrderAndNoneIsLost() async {
        actor Log {
            let thread = InferenceThread(name: "log")
            nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
            var count = 0
            func add() { count += 1 }
        }
        let log = Log()
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<1000 { group.addTask { await log.add() } }
        }
        #expect(await log.count == 1000)
    }

    #if os(Linux)
        @Test func theThreadEndsWithItsExecutor() async throws {
            func threads() -> Int {
                let tasks = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/task")) ?? []
                return tasks.count { kernelFile("/proc/self/task/\($0)/comm") == "short-lived\n" }
            }
            actor Worker {
                let thread = InferenceThread(name: "short-lived")
                nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
                func work() {}
            }
            var workers = (0..<10).map { _ in Worker() }
            for worker in workers { await worker.work() }
            #expect(threads() == 10)
            workers = []
            for _ in 0..<100 where threads() > 0 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(threads() == 0)
        }
    #endif
}
