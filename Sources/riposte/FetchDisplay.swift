import Foundation
import RiposteInference
import Synchronization

/// Shows how a fetch goes, on the standard error stream: a bar on a terminal, a line for each step elsewhere.
final class FetchDisplay: Sendable {
    private struct State {
        /// What the last line was about: a plain line is written only when this changes.
        var step = ""
        var hasOpenLine = false
    }

    private let state = Mutex(State())
    private let isTerminal: Bool

    init(isTerminal: Bool = isatty(STDERR_FILENO) != 0) {
        self.isTerminal = isTerminal
    }

    func show(_ progress: FetchProgress) {
        let text = Self.text(progress)
        state.withLock { state in
            if isTerminal {
                write("\r\u{1B}[K" + text + Self.bar(progress))
                state.hasOpenLine = true
                if Self.isLast(progress.phase) { closeLine(&state) }
            } else if state.step != text {
                write(text + "\n")
            }
            state.step = text
        }
    }

    /// Leaves the cursor at the start of a line.
    func finish() {
        state.withLock { closeLine(&$0) }
    }

    private func closeLine(_ state: inout State) {
        if state.hasOpenLine { write("\n") }
        state.hasOpenLine = false
    }

    private func write(_ text: String) {
        FileHandle.standardError.write(Data(text.utf8))
    }

    private static func isLast(_ phase: FetchProgress.Phase) -> Bool {
        switch phase {
        case .finished, .retrying: true
        default: false
        }
    }

    static func text(_ progress: FetchProgress) -> String {
        let model = progress.model
        switch progress.phase {
        case .waiting: return "\(model): another process is fetching it; waiting"
        case .downloading: return "\(model): downloading \(megabytes(progress.total)) MB"
        case .unpacking: return "\(model): unpacking"
        case .preparing: return "\(model): preparing"
        case .verifying: return "\(model): verifying"
        case .finished: return progress.total > 0 ? "\(model): ready" : "\(model): was there already"
        case .retrying(let reason): return "\(model): \(reason) Trying another source."
        }
    }

    /// " [=========>          ]  45 %", where something is counted.
    static func bar(_ progress: FetchProgress) -> String {
        guard progress.total > 0, !isLast(progress.phase) else { return "" }
        let width = 24
        let fraction = Double(progress.completed) / Double(progress.total)
        let filled = min(width, Int(fraction * Double(width)))
        let line = String(repeating: "=", count: filled) + String(repeating: " ", count: width - filled)
        return " [\(line)] \(Int(fraction * 100)) %"
    }

    private static func megabytes(_ bytes: Int) -> Int {
        (bytes + 500_000) / 1_000_000
    }
}
