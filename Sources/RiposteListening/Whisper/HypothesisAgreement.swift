/// Decides which words of a growing utterance are settled: those that several hypotheses in a row agree on, other than
/// the last words they have in common, which may still grow or be heard otherwise.
struct HypothesisAgreement: Sendable {
    /// Hypotheses in a row that must agree; 0 settles nothing.
    let needed: Int
    /// Words at the end of what they agree on that are not settled yet; 1 or more.
    let withheld: Int
    /// Tokens that are settled. They only ever become more.
    private(set) var settled: [Int] = []
    private var recent: [[Int]] = []

    init(needed: Int, withheld: Int = 1) {
        self.needed = needed
        self.withheld = max(1, withheld)
    }

    /// Takes the next hypothesis, made of more sound than the one before.
    /// - Parameter startsWord: whether a token begins a word.
    mutating func add(_ tokens: [Int], startsWord: (Int) -> Bool) {
        guard needed > 0 else { return }
        recent.append(tokens)
        if recent.count > needed { recent.removeFirst() }
        guard recent.count == needed, let oldest = recent.first, oldest.starts(with: settled) else { return }
        let common = recent.dropFirst().reduce(oldest) { common, other in
            Array(zip(common, other).prefix { $0 == $1 }.map(\.0))
        }
        let words = common.indices.filter { startsWord(common[$0]) }.suffix(withheld)
        guard words.count == withheld, let first = words.first, first > settled.count else { return }
        settled = Array(common[..<first])
    }
}
