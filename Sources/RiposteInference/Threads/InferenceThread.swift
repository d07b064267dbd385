import Dispatch
import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// An operating system thread of its own for engines that block while they compute.
///
/// Swift's cooperative pool has as many threads as there are cores: on two cores, two models that run there stop
/// everything else. An engine is an actor whose executor is such a thread:
///
/// ```swift
/// actor Engine {
///     private let thread = InferenceThread(name: "transcription")
///     nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }
/// }
/// ```
///
/// Several engines may share a thread; they then take turns. The thread ends when nobody holds this object any more.
public final class InferenceThread: SerialExecutor, Sendable {
    /// What the thread has to do. It is an object of its own, so that the waiting thread does not keep the executor.
    private final class Queue: Sendable {
        struct Work: Sendable {
            let job: UnownedJob
            // Keeps the executor until the job has run.
            let executor: InferenceThread
        }

        private struct State {
            var waiting: [Work] = []
            var isClosed = false
        }

        private let state = Mutex(State())
        private let available = DispatchSemaphore(value: 0)

        func add(_ work: Work) {
            state.withLock { $0.waiting.append(work) }
            available.signal()
        }

        func close() {
            state.withLock { $0.isClosed = true }
            available.signal()
        }

        /// Waits for the next work; nil when there will be none.
        func next() -> Work? {
            available.wait()
            return state.withLock { $0.waiting.isEmpty ? nil : $0.waiting.removeFirst() }
        }
    }

    private let queue: Queue

    /// - Parameters:
    ///   - name: Shown by debuggers and `top -H`; Linux keeps the first 15 bytes.
    ///   - niceness: How far the thread steps back for others when the machine is short of time: 0, the default, is as
    ///     everybody, 19 is last. Linux only.
    public init(name: String, niceness: Int = 0) {
        let queue = Queue()
        self.queue = queue
        let thread = Thread {
            #if os(Linux)
                // Foundation sets the name the system sees only if it wins a race with the thread's own start.
                try? Data(name.utf8.prefix(15)).write(to: URL(filePath: "/proc/thread-self/comm"))
                // On Linux the priority is a thread's own, and 0 is the calling one. If it is refused, the thread
                // runs as everybody does, which is right, only less considerate.
                if niceness != 0 { setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, Int32(niceness)) }
            #endif
            while let work = queue.next() {
                work.job.runSynchronously(on: work.executor.asUnownedSerialExecutor())
            }
        }
        thread.name = name
        // Deep graphs are walked recursively while they are loaded.
        thread.stackSize = 8 << 20
        thread.start()
    }

    deinit {
        queue.close()
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        queue.add(Queue.Work(job: UnownedJob(job), executor: self))
    }

    public func asUnownedSerialExecutor() -> UnownedSerialExecutor {
        UnownedSerialExecutor(ordinary: self)
    }
}
