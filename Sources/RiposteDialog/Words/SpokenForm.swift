/// Text as it would be said: what texts are compared in, so that spelling does not count.
///
/// Lower case, without accents, punctuation and hyphens, contractions written out, numbers below a hundred in words, and
/// the units a recogniser abbreviates in full: "A 12-oz. Latté" is "a twelve ounce latte".
public enum SpokenForm {
    public static func words(of text: String) -> [String] {
        words(of: Utterance(text)).map(\.text)
    }

    /// A word as it is said, and the token of the utterance it is from.
    struct Word: Sendable, Equatable {
        var text: String
        var token: Int
    }

    static func words(of utterance: Utterance) -> [Word] {
        utterance.tokens.enumerated().flatMap { index, token in
            let spoken = token.number.flatMap(words(of:)) ?? [units[token.word] ?? token.word]
            return spoken.map { Word(text: $0, token: index) }
        }
    }

    private static let units = ["oz": "ounce", "ounces": "ounce", "ozs": "ounce"]

    /// Nil for what is no whole number below a hundred.
    private static func words(of number: Double) -> [String]? {
        guard let number = Int(exactly: number), (0..<100).contains(number) else { return nil }
        if number < 20 { return [small[number]] }
        let rest = number % 10
        return [tens[number / 10 - 2]] + (rest == 0 ? [] : [small[rest]])
    }

    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
}
