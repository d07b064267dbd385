import Testing

@testable import RiposteListening

/// Tokens below 100 start a word, others go on with it.
struct HypothesisAgreementTests {
    private func settled(_ hypotheses: [[Int]], needed: Int = 3, withheld: Int = 1) -> [[Int]] {
        var agreement = HypothesisAgreement(needed: needed, withheld: withheld)
        return hypotheses.map {
            agreement.add($0) { $0 < 100 }
            return agreement.settled
        }
    }

    @Test func nothingIsSettledBeforeEnoughAgree() {
        #expect(settled([[1, 2, 3], [1, 2, 3]]) == [[], []])
        #expect(settled([[1, 2, 3], [1, 2, 3], [1, 2, 3, 4]]).last == [1, 2])
    }

    @Test func theLastCommonWordMayStillGrow() {
        #expect(settled([[1, 2], [1, 2, 102], [1, 2, 102, 3]]).last == [1])
        #expect(settled([[1, 102], [1, 102], [1, 102]]).last == [])
        #expect(settled([[1, 102, 3], [1, 102, 3], [1, 102, 3]]).last == [1, 102])
    }

    @Test func moreWordsCanBeWithheld() {
        let three = [[Int]](repeating: [1, 2, 102, 3, 4], count: 3)
        #expect(settled(three, withheld: 2).last == [1, 2, 102])
        #expect(settled(three, withheld: 3).last == [1])
        #expect(settled(three, withheld: 4).last == [])
        #expect(settled(three, withheld: 9).last == [])
    }

    @Test func settledWordsStay() {
        let steps = settled([[1, 2, 3], [1, 2, 3], [1, 2, 3], [9, 9, 9], [9, 9, 9], [9, 9, 9], [1, 2, 3, 4]])
        #expect(steps[2] == [1, 2])
        #expect(steps[5] == [1, 2] && steps[6] == [1, 2])
    }

    @Test func disagreementStartsAnew() {
        #expect(settled([[1, 2, 3], [1, 5, 3], [1, 2, 3]]).last == [])
        #expect(settled([[1, 2, 3], [1, 2, 4], [1, 2, 5]]).last == [1])
    }

    @Test func settlingCanBeTurnedOff() {
        #expect(settled([[1, 2, 3], [1, 2, 3], [1, 2, 3]], needed: 0).allSatisfy { $0.isEmpty })
    }
}
