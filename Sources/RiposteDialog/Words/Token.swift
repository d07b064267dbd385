/// A word of an utterance, in the one spelling that rules are written in.
public struct Token: Sendable, Equatable {
    /// What the token is made of.
    public enum Kind: Sendable, Equatable {
        case word
        /// Digits: "12", "1,000", "1.5", "½". May be infinite when somebody writes hundreds of digits.
        case number(Double)
        /// Digits with an ending: "21st".
        case ordinal(Int)
        /// Digits with a colon: "10:30". The hour is 0 … 23, the minute 0 … 59.
        case clock(hour: Int, minute: Int)
        /// A sign with a spoken name; the name is the token's `word` ("%" is "percent").
        case sign
    }

    /// What stands between a token and the one before it.
    public enum Gap: Sendable, Equatable {
        /// Nothing at all: "km" in "10km".
        case none
        case space
        /// A comma, a semicolon or a dash.
        case clause
        /// A full stop, a question mark or an exclamation mark; also the start of the text.
        case sentence
    }

    /// Lower case, without accents and apostrophes; contractions are written out ("what's" is "what", "is").
    public var word: String
    public var kind: Kind
    public var gap: Gap
    /// Where the token stands in the text. The two halves of a contraction share it.
    public var range: Range<String.Index>

    public init(_ word: String, kind: Kind = .word, gap: Gap = .space, range: Range<String.Index>) {
        self.word = word
        self.kind = kind
        self.gap = gap
        self.range = range
    }

    /// The value of a token written in digits.
    public var number: Double? {
        if case .number(let value) = kind { value } else { nil }
    }
}
