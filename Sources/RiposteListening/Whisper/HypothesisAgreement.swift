/// Decides which words of a growing utterance are settled: those that several hypotheses in a row agree on, other than
/// the last word they have in common, which may still grow.
struct HypothesisAgreement: Sendable {
    /// Hypotheses in a row that must agree; 0 settles nothing.
    let needed: Int
    /// Tokens that are settled. They only ever become more.
    private(set) var settled: [Int] = []
    private var recent: [[Int]] = []

    init(needed: Int) {
        self.needed = needed
    }

    /// Takes the next hypothesis, made of more sound than the one before.
    /// - Parameter startsWord: whether a token begins a word.
    mutating func add(_ tokens: [Int], startsWord: (Int) -> Bool) {
        guard needed > 0 else { return }
        recent.append(tokens)
        if recent.count > needed { recent.removeFirst() }
        guard recent.count == needed, let first = recent.first, first.starts(with: settled) else { return }
        let common = recent.dropFirst().reduce(first) { common, other in
            Array(zip(common, other).prefix { $0 == $1 }.map(\.0))
        }
        guard let lastWord = common.lastIndex(where: startsWord), lastWord > settled.count else { return }
        settled = Array(common[..<lastWord])
    }
}
