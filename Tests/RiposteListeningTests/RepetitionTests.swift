import Testing

@testable import RiposteListening

struct RepetitionTests {
    struct Reference: Decodable {
        var text: String
        var ratio: Double
    }

    /// Reference values are zlib's (`Tools/reference/compression.py`).
    @Test func ratioFollowsZlib() throws {
        let references = try Fixture.decode([Reference].self, from: "compression.json")
        #expect(references.count > 40)
        for reference in references {
            let ratio = Repetition.compressionRatio(of: reference.text)
            #expect(abs(ratio / reference.ratio - 1) < 0.2, "\(ratio), zlib \(reference.ratio): \(reference.text)")
            // Both are on the same side of Whisper's limit, unless it is a near thing.
            if abs(reference.ratio - 2.4) > 0.3 { #expect((ratio > 2.4) == (reference.ratio > 2.4)) }
        }
        #expect(Repetition.compressionRatio(of: "") == 0)
    }

    @Test func loopsAreFound() {
        #expect(Repetition.isLoop([1, 2, 3] + Array(repeating: 7, count: 12)))
        #expect(Repetition.isLoop([9] + Array(repeating: [4, 5, 6], count: 4).flatMap(\.self)))
        #expect(!Repetition.isLoop([9] + Array(repeating: [4, 5, 6], count: 3).flatMap(\.self)))
        #expect(!Repetition.isLoop([7, 7, 7, 7]))
        #expect(!Repetition.isLoop(Array(1...40)))
        #expect(!Repetition.isLoop([]))
    }

    @Test func aLoopIsCutToItsFirstRound() {
        #expect(Repetition.withoutLoop([9] + Array(repeating: [4, 5, 6], count: 5).flatMap(\.self)) == [9, 4, 5, 6])
        // The last, unfinished round of the phrase "4 5 6" is found as a round of "5 6 4".
        let unfinished = [9] + Array(repeating: [4, 5, 6], count: 5).flatMap(\.self) + [4]
        #expect(Repetition.withoutLoop(unfinished) == [9, 4, 5, 6, 4])
        #expect(Repetition.withoutLoop([1, 2, 3]) == [1, 2, 3])
    }
}
