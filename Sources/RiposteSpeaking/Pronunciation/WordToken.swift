/// A piece of a sentence on its way from letters to phonemes.
struct WordToken: Sendable {
    /// As it stands in the normalised text.
    var text: String
    /// Where it stands there, in Unicode scalars.
    var range: Range<Int>
    /// White space follows.
    var isFollowedBySpace: Bool
    /// Penn Treebank part of speech.
    var tag = "NN"
    /// Once known. Empty: nothing is said.
    var phonemes: String?
    /// What is read in its place.
    var alias: String?
    /// It begins a word, rather than going on after "-" or "'".
    var isHead = true
    /// "$" before a number.
    var currency: String?
    /// A space separates it from the piece before, although none is written.
    var isSetOff = false

    /// Joins neighbours into one, to be looked up as a whole.
    static func joined(_ tokens: ArraySlice<WordToken>) -> WordToken? {
        guard let first = tokens.first, let last = tokens.last else { return nil }
        guard tokens.count > 1 else { return first }
        var text = ""
        var tag = first.tag
        var heaviest = -1
        for token in tokens {
            text += token.text
            if token.isFollowedBySpace, token.range != last.range { text += " " }
            // The part of speech is that of the longest piece; capitals count twice.
            let weight = token.text.unicodeScalars.reduce(0) { $0 + ($1.properties.isUppercase ? 2 : 1) }
            if weight > heaviest {
                heaviest = weight
                tag = token.tag
            }
        }
        var result = WordToken(
            text: text, range: first.range.lowerBound..<last.range.upperBound,
            isFollowedBySpace: last.isFollowedBySpace, tag: tag)
        result.isHead = first.isHead
        result.currency = tokens.compactMap(\.currency).max()
        result.isSetOff = first.isSetOff
        return result
    }
}
