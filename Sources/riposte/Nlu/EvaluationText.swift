import Foundation
import RiposteDialog

/// An evaluation as a person reads it: scores by intent and entity, what was taken for what, the errors.
struct EvaluationText {
    /// Matrices up to this size are printed whole.
    private static let largestMatrix = 12

    let evaluation: UnderstandingEvaluation
    /// Errors and confusions beyond these are counted, not shown.
    let most: Int

    init(_ evaluation: UnderstandingEvaluation, most: Int) {
        self.evaluation = evaluation
        self.most = most
    }

    var text: String {
        var lines = [
            String(
                format: "%d sentences, %.1f %% understood.", evaluation.outcomes.count, 100 * evaluation.accuracy), "",
        ]
        lines += table("intent", evaluation.intentScores)
        if !evaluation.entityScores.isEmpty { lines += [""] + table("entity", evaluation.entityScores) }
        if evaluation.intents.count <= Self.largestMatrix { lines += [""] + matrix }
        if !evaluation.confusions.isEmpty { lines += [""] + confusions }
        if !evaluation.errors.isEmpty { lines += [""] + errors }
        return lines.joined(separator: "\n")
    }

    private func table(_ kind: String, _ scores: [UnderstandingEvaluation.Scores]) -> [String] {
        let width = max(kind.count, scores.map(\.name.count).max() ?? 0)
        return [pad(kind, width) + "  precision  recall      f1  meant"]
            + scores.map { score in
                pad(score.name, width)
                    + String(
                        format: "  %8.1f%% %6.1f%%  %5.1f%%  %5d", 100 * score.precision, 100 * score.recall,
                        100 * score.f1, score.meant)
            }
    }

    private var matrix: [String] {
        let names = evaluation.intents
        let width = names.map(\.count).max() ?? 0
        let header = pad("meant \\ understood", width) + names.indices.map { cell(String($0 + 1)) }.joined()
        return [header]
            + zip(names, evaluation.matrix).enumerated().map { row, entry in
                let counts = entry.1.map { $0 == 0 ? cell("·") : cell(String($0)) }.joined()
                return pad(entry.0, max(width, 18)) + counts + "  (\(row + 1))"
            }
    }

    private var confusions: [String] {
        let all = evaluation.confusions
        return ["Taken for another:"]
            + all.prefix(most).map { "  \($0.count) × \($0.meant) as \($0.understood)" }
            + more(all.count)
    }

    private var errors: [String] {
        let all = evaluation.errors
        return ["Not understood:"]
            + all.prefix(most).map { error in
                String(
                    format: "  %@: meant %@, understood %@ (%.2f)", error.text, error.meant, error.understood,
                    error.message.intent?.confidence ?? 0)
            } + more(all.count)
    }

    private func more(_ count: Int) -> [String] { count > most ? ["  … and \(count - most) more"] : [] }

    private func pad(_ text: String, _ width: Int) -> String {
        text + String(repeating: " ", count: max(0, width - text.count))
    }

    private func cell(_ text: String) -> String { String(repeating: " ", count: max(1, 5 - text.count)) + text }
}
