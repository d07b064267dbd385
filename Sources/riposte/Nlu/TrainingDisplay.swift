import Foundation
import Synchronization

/// Shows how training goes, on the standard error stream of a terminal.
final class TrainingDisplay: Sendable {
    private let shown = Mutex(-1)
    private let isTerminal = isatty(STDERR_FILENO) != 0

    func show(_ done: Double) {
        guard isTerminal else { return }
        let percent = Int(done * 100)
        shown.withLock { shown in
            guard percent > shown else { return }
            shown = percent
            FileHandle.standardError.write(Data("\r\u{1B}[Ktraining \(percent) %".utf8))
        }
    }

    /// Leaves the cursor at the start of an empty line.
    func finish() {
        guard isTerminal else { return }
        FileHandle.standardError.write(Data("\r\u{1B}[K".utf8))
    }
}
