import Foundation

/// Makes of what is known of a decoding the probability that all its words are right: a logistic regression for each
/// model, with and without phrases.
struct WhisperConfidence: Sendable {
    struct Coefficients: Sendable {
        var bias: Double
        var mean: Double
        var least: Double
        var plainMean: Double
        var plainLeast: Double
        /// For ten tokens.
        var tokens: Double
    }

    private let plain: Coefficients
    private let withPhrases: Coefficients

    /// - Parameter width: of the model, which tells its size. Sizes that nothing was fitted for are taken as base.
    init(width: Int) {
        let isTiny = width <= 384
        plain = isTiny ? .tiny : .base
        withPhrases = isTiny ? .tinyWithPhrases : .baseWithPhrases
    }

    func probability(_ evidence: TranscriptEvidence) -> Double {
        let weights = evidence["phrases"] > 0 ? withPhrases : plain
        // Within what the fit has seen; `Tools/confidence/fit_confidence.py` has the same limits.
        let logit =
            weights.bias + weights.mean * max(evidence["mean"], -2) + weights.least * max(evidence["least"], -8)
            + weights.plainMean * max(evidence["plainMean"], -3) + weights.plainLeast
            * max(evidence["plainLeast"], -12) + weights.tokens * min(evidence["tokens"], 30) / 10
        return 1 / (1 + exp(-logit))
    }
}

/// Fitted by `Tools/confidence/fit_confidence.py` to 120 spoken orders, clean and with kitchen noise at 24, 18, 12 and 6 dB,
/// and lowered until at least 97.5 % of those at 0.8 and above were right. Of recordings left out of the fit, these shares
/// were at 0.8 and above, and of those right: base with phrases 84 % and 97.4 %, without 6 % and 94.3 %; tiny.en with
/// phrases 54 % and 94.2 %, without 3 % and 94.4 %.
extension WhisperConfidence.Coefficients {
    fileprivate static let base = Self(
        bias: 3.362, mean: 4.493, least: 0.007, plainMean: 4.493, plainLeast: 0.007, tokens: -1.103)
    fileprivate static let baseWithPhrases = Self(
        bias: 9.042, mean: 7.572, least: 0.483, plainMean: 2.282, plainLeast: 0.159, tokens: -2.214)
    fileprivate static let tiny = Self(
        bias: 4.004, mean: 4.038, least: 0.283, plainMean: 4.038, plainLeast: 0.283, tokens: -1.846)
    fileprivate static let tinyWithPhrases = Self(
        bias: 5.849, mean: 9.572, least: -0.067, plainMean: 0.219, plainLeast: 0.160, tokens: -2.035)
}
