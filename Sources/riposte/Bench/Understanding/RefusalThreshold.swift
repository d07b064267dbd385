import RiposteDialog

/// What a confidence below which an utterance is refused does to sentences that are in scope and others that are not.
struct RefusalThreshold: Sendable {
    /// Confidence of the first intent, and whether it is the right one.
    struct Sentence: Sendable {
        var confidence: Double
        var isRight: Bool
    }

    var inScope: [Sentence]
    var outOfScope: [Sentence]

    /// The share of in-scope sentences that are understood rightly and not refused.
    func accuracy(_ threshold: Double) -> Double {
        inScope.isEmpty ? 0 : Double(inScope.count { $0.isRight && $0.confidence >= threshold }) / Double(inScope.count)
    }

    /// The share of the others that are refused.
    func recall(_ threshold: Double) -> Double {
        outOfScope.isEmpty
            ? 0 : Double(outOfScope.count { $0.confidence < threshold }) / Double(outOfScope.count)
    }

    /// The highest threshold that costs at most so much in-scope accuracy.
    func highest(costing share: Double) -> Double {
        let least = accuracy(0) - share
        let candidates = inScope.filter(\.isRight).map(\.confidence).sorted()
        return candidates.last { accuracy($0) >= least } ?? 0
    }
}
