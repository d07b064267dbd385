import RiposteDialog

/// Text as it would be said: what two transcripts are compared in, so that spelling does not count.
///
/// Lower case, without accents, punctuation and hyphens, contractions written out, numbers below a hundred in words, and
/// the units a recogniser abbreviates in full: "A 12-oz. Latté" is "a twelve ounce latte".
enum SpokenForm {
    static func words(of text: String) -> [String] {
        Utterance(text).tokens.flatMap { token in
            if let number = token.number { return words(of: number) ?? [token.word] }
            return [units[token.word] ?? token.word]
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
