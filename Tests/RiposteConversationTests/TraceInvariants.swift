import Foundation

@testable import RiposteConversation

/// What must hold of a turn's line in the trace, however the turn went.
enum TraceInvariants {
    /// Keys that programs read, of any turn and of one that was answered.
    private static let always: Set<String> = ["turn", "outcome", "transcript", "reply", "heard"]
    private static let answered: Set<String> = [
        "confidence", "speechStartMs", "speechEndMs", "endpointMs", "transcriptMs", "replyMs", "firstSoundMs",
        "responseLatencyMs",
    ]

    static func problems(_ report: TurnReport) -> [String] {
        guard let line = try? report.json(), !line.contains("\n"),
            let object = try? JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
        else { return ["turn \(report.turn) is no line of JSON"] }
        var problems: [String] = []
        let isAnswer = report.outcome == .answered && report.speechStartMs != nil
        let missing = always.union(isAnswer ? answered : []).subtracting(object.keys)
        if !missing.isEmpty { problems.append("turn \(report.turn) (\(report.outcome)) lacks \(missing.sorted())") }
        // The parts of the waterfall are whole and add up.
        if let latency = report.responseLatencyMs {
            let sum = report.stages.map(\.ms).reduce(0, +)
            if abs(sum - latency) > 0.1 { problems.append("turn \(report.turn): \(report.stages) is not \(latency)") }
            if let sound = report.firstSoundMs, let end = report.speechEndMs, abs(sound - end - latency) > 0.1 {
                problems.append("turn \(report.turn): \(sound) − \(end) is not \(latency)")
            }
        } else if !report.stages.isEmpty {
            problems.append("turn \(report.turn) has parts without a whole")
        }
        // What was heard is the beginning of what was to be said.
        if !report.heard.isEmpty, !words(report.reply).starts(with: words(report.heard)) {
            problems.append("turn \(report.turn): heard \"\(report.heard)\" of \"\(report.reply)\"")
        }
        return problems
    }

    private static func words(_ text: String) -> [Substring] { text.split(separator: " ") }
}
