import Dispatch
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
        // More blocked engines than the pool here has threads. If they sat on it, nobody could open the gate, and the
        // engines would give up.
        let count = ProcessInfo.processInfo.activeProcessorCount + 2
        let engines = (0..<count).map { _ in Engine() }
        let gate = DispatchSemaphore(value: 0)
        let arrived = DispatchSemaphore(value: 0)
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for engine in engines {
                group.addTask { await engine.wait(arrived: arrived, gate: gate, seconds: 20) }
            }
            group.addTask {
                // All of them are blocked at once, none after the other.
                for _ in 0..<count {
                    while arrived.wait(timeout: .now()) == .timedOut { try await Task.sleep(for: .milliseconds(10)) }
                }
                for _ in 0..<count { gate.signal() }
                return true
            }
            for try await opened in group { #expect(opened) }
        }
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
            // The kernel's listing may pass one over while other threads come and go: look again before judging.
            for _ in 0..<20 where threads() < 10 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(threads() == 10)
            workers = []
            for _ in 0..<100 where threads() > 0 { try await Task.sleep(for: .milliseconds(20)) }
            #expect(threads() == 0)
        }
    #endif
}
