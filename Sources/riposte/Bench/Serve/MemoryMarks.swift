import Synchronization

/// How much memory there was after so many conversations.
final class MemoryMarks: Sendable {
    private let marks = Mutex<[Int: Double]>([:])

    func note(_ done: Int, _ megabytes: Double) {
        marks.withLock { if done > 0, $0[done] == nil { $0[done] = megabytes } }
    }

    var all: [(Int, Double)] { marks.withLock { $0.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } } }
}
