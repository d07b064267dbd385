/// Turns places in an utterance's text into counts of Unicode scalars, as Rasa counts.
struct ScalarPlaces: Sendable {
    private let scalars: String.UnicodeScalarView

    init(_ text: String) { scalars = text.unicodeScalars }

    /// Where tokens stand in the text.
    func range(of tokens: Range<Int>, in utterance: Utterance) -> Range<Int> {
        let tokens = tokens.clamped(to: 0..<utterance.count)
        guard let first = tokens.first, let last = tokens.last else { return 0..<0 }
        let start = offset(utterance.tokens[first].range.lowerBound)
        return start..<max(start, offset(utterance.tokens[last].range.upperBound))
    }

    func offset(_ index: String.Index) -> Int { scalars.distance(from: scalars.startIndex, to: index) }
}
