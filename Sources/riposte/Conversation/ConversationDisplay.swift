import Foundation
import RiposteConversation
import RiposteCore

/// Shows a conversation on the terminal as it goes: who says what, and where the time went.
struct ConversationDisplay {
    private let isTerminal = isatty(STDOUT_FILENO) != 0
    private var hasPartial = false
    private let showsPartials: Bool
    /// Latencies of all answers so far, in milliseconds.
    private(set) var latencies: [Double] = []

    init(showsPartials: Bool = true) { self.showsPartials = showsPartials }

    mutating func show(_ event: SessionEvent) {
        switch event {
        case .ready(let duration):
            line("  ready after \(Self.seconds(duration)) s")
        case .woke(let word):
            line("  *        \(word): listening")
        case .asleep:
            line("  *        asleep until the wake word")
        case .partial(let text) where showsPartials && isTerminal:
            write("\r\u{1B}[K  \u{1B}[2myou      \(text.suffix(100))…\u{1B}[0m")
            hasPartial = true
        case .transcript(let transcript):
            let confidence = Int((transcript.confidence * 100).rounded())
            line(
                "\n  you      \(transcript.text.isEmpty ? "(nothing understood)" : transcript.text)  [\(confidence) %]")
        case .turnEnded(let report):
            ended(report)
        case .workload(.full):
            line("  !        The machine has time again.")
        case .workload(.fewerPartials):
            line("  !        The machine is busy: less is shown of what you are saying.")
        case .workload(.noSpeculation):
            line("  !        The machine is busy: answers are prepared only when you are done.")
        case .deviceLost(let error):
            line("  !        \(error.message) Waiting for it to come back; the conversation is kept.")
        case .deviceBack:
            line("  !        The device is back.")
        case .failure(let error):
            line("  !        \(error.message)")
        case .takenBack:
            line("           (you go on: that answer is taken back)")
        case .listening, .speechStarted, .turnBegan, .reply, .speaking, .alarm, .partial:
            break
        }
    }

    private mutating func ended(_ report: TurnReport) {
        switch report.outcome {
        case .answered, .reprompted:
            line("  riposte  \(report.heard)")
        case .interrupted where report.heard.isEmpty:
            line("  riposte  (interrupted before a word was heard)")
        case .interrupted:
            line("  riposte  \(report.heard) — (interrupted)")
        case .dropped:
            if let error = report.error { line("  !        nothing said: \(error)") }
        }
        guard let latency = report.responseLatencyMs else { return }
        latencies.append(latency)
        line("           \(Self.waterfall(report))")
    }

    /// "722 ms ▕endpoint 702▕transcript 0▕…": the parts add up to the total.
    static func waterfall(_ report: TurnReport) -> String {
        let total = Int((report.responseLatencyMs ?? 0).rounded())
        let parts = report.stages.map { "\($0.name) \(Int($0.ms.rounded()))" }.joined(separator: " · ")
        return "\(total) ms from your last sound to the first of the answer: \(parts)"
    }

    private mutating func line(_ text: String) {
        if hasPartial { write("\r\u{1B}[K") }
        hasPartial = false
        write(text + "\n")
    }

    /// A line that belongs to no turn.
    static func note(_ text: String) { FileHandle.standardOutput.write(Data("  \(text)\n".utf8)) }

    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }

    static func seconds(_ duration: Duration) -> String {
        String(format: "%.1f", duration / .seconds(1))
    }

    /// "median 722 ms, worst 810 ms"; nil before the first answer.
    var summary: String? {
        let sorted = latencies.sorted()
        guard let worst = sorted.last else { return nil }
        let median = sorted[sorted.count / 2]
        return "\(sorted.count) answers, median \(Int(median.rounded())) ms, worst \(Int(worst.rounded())) ms"
            + " from the true end of speech to the first sound"
    }
}
