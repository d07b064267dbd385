import Testing

@testable import RiposteListening

struct WhisperConfidenceTests {
    private func evidence(_ logProbabilities: [Float], hasPhrases: Bool) -> TranscriptEvidence {
        var hypothesis = WhisperDecoding.Hypothesis()
        hypothesis.tokens = Array(0..<(logProbabilities.count - 1))
        hypothesis.logProbabilities = logProbabilities
        hypothesis.plainLogProbabilities = logProbabilities
        hypothesis.margins = logProbabilities.map { _ in 1 }
        return TranscriptEvidence(hypothesis, hasPhrases: hasPhrases)
    }

    @Test(arguments: [384, 512, 1280], [false, true])
    func likelierWordsAreMoreCertain(width: Int, hasPhrases: Bool) {
        let confidence = WhisperConfidence(width: width)
        let values = [Float(0), -0.1, -0.3, -1, -3, -20].map { value in
            confidence.probability(evidence([Float](repeating: value, count: 10), hasPhrases: hasPhrases))
        }
        #expect(values == values.sorted(by: >))
        #expect(values[0] > 0.8 && values[0] <= 1 && values[5] < 0.05 && values[5] >= 0)
    }

    @Test func longTextsAreLessCertain() {
        let confidence = WhisperConfidence(width: 512)
        let short = confidence.probability(evidence([Float](repeating: -0.1, count: 5), hasPhrases: true))
        let long = confidence.probability(evidence([Float](repeating: -0.1, count: 25), hasPhrases: true))
        #expect(short > long)
    }
}
