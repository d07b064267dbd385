/// Whether confidences keep what they promise.
struct Reliability {
    /// From here on a transcript is accepted without asking back.
    static let accepted = 0.8

    private let outcomes: [(confidence: Double, isRight: Bool)]

    init(_ outcomes: [(confidence: Double, isRight: Bool)]) { self.outcomes = outcomes }

    /// Adds how many transcripts are accepted and how many of those are right; and, for each step of confidence, how many
    /// are right.
    func fill(_ report: inout BenchReport, _ name: String) {
        let accepted = outcomes.filter { $0.confidence >= Self.accepted }
        report.add(name, share: "accepted (confidence ≥ 0.8)", accepted.count, of: outcomes.count)
        report.add(name, share: "right of the accepted", accepted.count { $0.isRight }, of: accepted.count)
        for (lower, upper) in [(0.0, 0.2), (0.2, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.9), (0.9, 1.01)] {
            let part = outcomes.filter { $0.confidence >= lower && $0.confidence < upper }
            report.add(
                name, share: "right at confidence \(lower)–\(min(upper, 1))", part.count { $0.isRight },
                of: part.count)
        }
    }
}
