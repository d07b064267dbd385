import Foundation

/// Makes of what is known of a decoding the probability that all its words are right.
struct WhisperConfidence: Sendable {
    init(width: Int) {}

    func probability(_ evidence: TranscriptEvidence) -> Double { min(1, exp(evidence["mean"])) }
}
