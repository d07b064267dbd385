/// A transcript as words, with what punctuation says.
struct SpokenWords {
    enum Ending {
        case none, period, question, exclamation, comma, ellipsis, dash
    }

    /// Lower case, without punctuation at their ends.
    let words: [String]
    let ending: Ending
    /// Whether the recogniser marks sentences at all: there is a capital letter or a mark.
    let isPunctuated: Bool

    init(_ transcript: String) {
        let pieces = transcript.split(whereSeparator: \.isWhitespace)
        words = pieces.map { Self.bare($0) }.filter { !$0.isEmpty }
        isPunctuated = transcript.contains { $0.isUppercase || ".,?!".contains($0) }
        let end = transcript.reversed().drop { $0.isWhitespace || $0 == "\"" || $0 == "'" }
        ending =
            switch end.first {
            case "." where end.dropFirst().first == ".": .ellipsis
            case "…": .ellipsis
            case ".": .period
            case "?": .question
            case "!": .exclamation
            case ",", ";", ":": .comma
            case "-", "–", "—": .dash
            default: .none
            }
    }

    /// Whether there is a full stop, question mark or exclamation mark at the end.
    var isMarkedAsEnded: Bool { ending == .period || ending == .question || ending == .exclamation }

    /// The last word; empty when there is none.
    var last: String { words.last ?? "" }

    /// The last word but `position - 1`; empty when there is none.
    func word(fromEnd position: Int) -> String {
        words.count >= position ? words[words.count - position] : ""
    }

    var joined: String { words.joined(separator: " ") }

    var startsWithQuestionWord: Bool { words.prefix(2).contains(where: Self.questionWords.contains) }

    /// Begins as questions do: with a question word or an auxiliary.
    var isQuestion: Bool { startsWithQuestionWord || words.first.map(Self.askingVerbs.contains) == true }

    var hasNumber: Bool { words.contains(where: Self.isNumber) }

    func starts(with phrase: String) -> Bool { joined == phrase || joined.hasPrefix(phrase + " ") }

    func ends(withAnyOf phrases: Set<String>) -> Bool {
        (1...3).contains { phrases.contains(words.suffix($0).joined(separator: " ")) }
    }

    static func isNumber(_ word: String) -> Bool {
        numberWords.contains(word) || word.first?.isNumber == true
    }

    private static func bare(_ piece: Substring) -> String {
        let isInside: (Character) -> Bool = { $0.isLetter || $0.isNumber || $0 == "%" }
        guard let first = piece.firstIndex(where: isInside), let last = piece.lastIndex(where: isInside) else {
            return ""
        }
        return piece[first...last].lowercased().replacing("’", with: "'")
    }

    static let questionWords: Set = [
        "what", "what's", "who", "who's", "whose", "where", "where's", "when", "when's", "why", "how", "how's", "which",
    ]
    private static let askingVerbs: Set = [
        "is", "are", "was", "were", "do", "does", "did", "can", "could", "will", "would", "should", "shall", "may",
        "am",
        "have", "has", "isn't", "aren't", "don't", "doesn't", "can't", "couldn't", "won't", "wouldn't",
    ]
    private static let numberWords: Set = [
        "zero", "oh", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty", "thirty", "forty",
        "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "half", "noon", "midnight",
    ]
}
