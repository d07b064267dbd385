/// What somebody said, cut into tokens.
///
/// Token positions are what extractors and phrases speak of; `text(of:)` leads back to the words as they were
/// written.
public struct Utterance: Sendable, Equatable {
    /// The text as it was given.
    public let text: String
    public let tokens: [Token]

    /// Cuts the text into tokens. Text beyond 2 000 characters or 128 tokens is not looked at.
    public init(_ text: String) {
        self.text = text
        tokens = Tokenizer.tokens(of: text)
    }

    init(text: String, tokens: [Token]) {
        self.text = text
        self.tokens = tokens
    }

    public var isEmpty: Bool { tokens.isEmpty }
    public var count: Int { tokens.count }

    /// The word at a position; nil where there is none.
    public func word(_ index: Int) -> String? {
        tokens.indices.contains(index) ? tokens[index].word : nil
    }

    /// The token at a position; nil where there is none.
    public func token(_ index: Int) -> Token? {
        tokens.indices.contains(index) ? tokens[index] : nil
    }

    /// Whether these words stand at the position.
    public func has(_ words: [String], at index: Int) -> Bool {
        index >= 0 && index + words.count <= count && words.indices.allSatisfy { tokens[index + $0].word == words[$0] }
    }

    var vocabulary: Set<String> { Set(tokens.map(\.word)) }

    public func contains(_ words: Set<String>) -> Bool { tokens.contains { words.contains($0.word) } }

    /// The words as they were written, punctuation between them included.
    public func text(of range: Range<Int>) -> String {
        let range = range.clamped(to: 0..<count)
        guard let first = range.first, let last = range.last else { return "" }
        let start = tokens[first].range.lowerBound
        return String(text[start..<max(start, tokens[last].range.upperBound)])
    }

    /// The tokens' own words in a row.
    public func words(of range: Range<Int>) -> String {
        tokens[range.clamped(to: 0..<count)].map(\.word).joined(separator: " ")
    }

    /// A part of the utterance.
    public func part(_ range: Range<Int>) -> Utterance {
        Utterance(text: text, tokens: Array(tokens[range.clamped(to: 0..<count)]))
    }

    /// The utterance with each of the ranges, which must not overlap, replaced by one token.
    func replacing(_ ranges: [(range: Range<Int>, word: String)]) -> Utterance {
        var result: [Token] = []
        var index = 0
        for (range, word) in ranges.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) {
            guard range.lowerBound >= index, range.upperBound <= count, let first = range.first, let last = range.last
            else { continue }
            result += tokens[index..<range.lowerBound]
            let source = tokens[first].range.lowerBound..<tokens[last].range.upperBound
            result.append(Token(word, kind: .sign, gap: tokens[first].gap, range: source))
            index = range.upperBound
        }
        return Utterance(text: text, tokens: result + tokens[index...])
    }

    /// The positions at which one sentence ends and the next begins, as ranges of tokens.
    var sentences: [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        for index in tokens.indices.dropFirst() where tokens[index].gap == .sentence {
            ranges.append(start..<index)
            start = index
        }
        if start < count { ranges.append(start..<count) }
        return ranges
    }
}
