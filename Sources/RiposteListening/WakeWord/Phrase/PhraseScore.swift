import func Foundation.exp

/// What makes one number of all that tells whether a phrase was said.
struct PhraseScore: Sendable {
    /// What is known of a phrase in a piece of sound.
    struct Evidence: Sendable, Equatable, Codable {
        /// The recogniser's log-probability of the phrase where it is likeliest.
        var likelihood: Double
        /// How alike the phrase is to what the recogniser wrote, 0 … 1.
        var similarity: Double
    }

    /// 0 … 1.
    static func probability(_ evidence: Evidence) -> Double {
        let logit =
            intercept + likelihoodWeight * max(leastLikelihood, evidence.likelihood) + similarityWeight
            * evidence.similarity
        return 1 / (1 + exp(-logit))
    }

    /// What two recognisers make of a phrase together: the mean of their log-odds. Where only one of them writes nonsense,
    /// the other's score keeps it in the middle; the words are seldom nonsense to both.
    static func joined(_ first: Double, _ second: Double) -> Double {
        AmbientThreshold.probability((AmbientThreshold.logit(first) + AmbientThreshold.logit(second)) / 2)
    }

    // Chosen by hand on ten recordings of each of three words, and kept for the others.
    private static let intercept = -2.4
    private static let likelihoodWeight = 0.6
    private static let similarityWeight = 8.0
    /// What is less likely than this is as unlikely as can be.
    private static let leastLikelihood = -15.0
}
