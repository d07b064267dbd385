/// What tells how likely the words of a hypothesis are right.
struct TranscriptEvidence: Sendable {
    /// Means and least values are over the tokens, in the natural logarithm of a probability; `margin` in logits.
    let values: [String: Double]

    init(_ hypothesis: WhisperDecoding.Hypothesis, hasPhrases: Bool) {
        let plain = hypothesis.plainLogProbabilities
        values = [
            "mean": hypothesis.averageLogProbability,
            "least": Double(hypothesis.logProbabilities.min() ?? 0),
            "plainMean": plain.isEmpty ? 0 : Double(plain.reduce(0, +)) / Double(plain.count),
            "plainLeast": Double(plain.min() ?? 0),
            "margin": Double(hypothesis.margins.min() ?? 0),
            "noSpeech": hypothesis.noSpeechProbability,
            "tokens": Double(hypothesis.tokens.count),
            "phrases": hasPhrases ? 1 : 0,
        ]
    }

    subscript(name: String) -> Double { values[name] ?? 0 }
}
