/// Mends words that are one letter away from a word the skills know ("timmer", "convrt", "minuets").
struct SpellingCorrector: Sendable {
    /// Shorter words have too many neighbours to be guessed.
    static let shortestWord = 5

    private let vocabulary: Set<String>
    private let candidates: [[UInt8]]

    init(vocabulary: Set<String>) {
        self.vocabulary = vocabulary
        candidates = vocabulary.filter { $0.utf8.count >= Self.shortestWord }.sorted().map { Array($0.utf8) }
    }

    /// The utterance with near misses mended; nil where there are none.
    func corrected(_ utterance: Utterance) -> Utterance? {
        var tokens = utterance.tokens
        var changed = false
        for index in tokens.indices where tokens[index].kind == .word {
            guard let word = correction(of: tokens[index].word) else { continue }
            tokens[index].word = word
            changed = true
        }
        return changed ? Utterance(text: utterance.text, tokens: tokens) : nil
    }

    private func correction(of word: String) -> String? {
        let letters = Array(word.utf8)
        guard letters.count >= Self.shortestWord - 1, !vocabulary.contains(word) else { return nil }
        let near = candidates.first { $0.first == letters.first && Self.isOneStep(from: letters, to: $0) }
        return near.map { String(decoding: $0, as: UTF8.self) }
    }

    /// Whether one letter added, dropped or replaced, or two neighbours swapped, leads from one to the other.
    static func isOneStep(from one: [UInt8], to other: [UInt8]) -> Bool {
        guard abs(one.count - other.count) <= 1 else { return false }
        let start = zip(one, other).prefix { $0 == $1 }.count
        let (left, right) = (one[start...], other[start...])
        if left.isEmpty, right.isEmpty { return false }
        if one.count == other.count {
            if left.dropFirst() == right.dropFirst() { return true }
            guard let a = left.first, let b = left.dropFirst().first else { return false }
            return right.starts(with: [b, a]) && left.dropFirst(2) == right.dropFirst(2)
        }
        return one.count > other.count ? left.dropFirst() == right : left == right.dropFirst()
    }
}
