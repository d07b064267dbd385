import RiposteDialog

/// How a project's conversations went, as a person reads it.
struct RehearsalText {
    private let report: Rehearsal.Report

    init(_ report: Rehearsal.Report) { self.report = report }

    var text: String {
        let summary =
            "\(report.conversations) conversations, \(report.passed) went as they should "
            + "(\(report.checks) messages and actions checked)."
        guard !report.differences.isEmpty else { return summary }
        return ([summary, "Went another way:"] + report.differences.map { "  \($0)" }).joined(separator: "\n")
    }
}
