import Foundation

/// Cuts text into tokens: the spelling of a recogniser (digits, signs, contractions, punctuation) becomes one
/// that rules can be written in.
struct Tokenizer {
    /// Longer text is cut off. Half a minute of fast speech is about 600 characters.
    static let maximumCharacters = 2_000
    /// Longer utterances are cut off, which bounds the time of every rule.
    static let maximumTokens = 128

    private let scalars: String.UnicodeScalarView
    private let end: String.Index
    private var position: String.Index
    private var gap = Token.Gap.sentence
    private var tokens: [Token] = []

    init(_ text: String) {
        scalars = text.unicodeScalars
        position = scalars.startIndex
        end =
            scalars.index(scalars.startIndex, offsetBy: Self.maximumCharacters, limitedBy: scalars.endIndex)
            ?? scalars.endIndex
    }

    static func tokens(of text: String) -> [Token] {
        var tokenizer = Tokenizer(text)
        return tokenizer.run()
    }

    private mutating func run() -> [Token] {
        while position < end, tokens.count < Self.maximumTokens {
            let scalar = scalars[position]
            if scalar.isASCIIDigit || (scalar == "." && peek(1)?.isASCIIDigit == true && gap != .none) {
                takeNumber()
            } else if scalar.isWordPart {
                takeWord()
            } else if let value = Self.fractions[scalar] {
                add(String(scalar), .number(value), upTo: scalars.index(after: position))
            } else {
                takeSign(scalar)
            }
        }
        return tokens
    }

    private func peek(_ offset: Int) -> Unicode.Scalar? {
        guard let index = scalars.index(position, offsetBy: offset, limitedBy: end), index < end else { return nil }
        return scalars[index]
    }

    private mutating func add(_ word: String, _ kind: Token.Kind, upTo next: String.Index) {
        tokens.append(Token(word, kind: kind, gap: gap, range: position..<next))
        position = next
        gap = .none
    }

    private mutating func widen(_ wider: Token.Gap) {
        switch (gap, wider) {
        case (.sentence, _), (.clause, .space): break
        default: gap = wider
        }
    }
}

// MARK: - Numbers

extension Tokenizer {
    private static let fractions: [Unicode.Scalar: Double] = [
        "½": 0.5, "¼": 0.25, "¾": 0.75, "⅓": 1.0 / 3, "⅔": 2.0 / 3, "⅛": 0.125, "⅜": 0.375, "⅝": 0.625, "⅞": 0.875,
    ]

    private mutating func takeNumber() {
        var next = position
        var digits = takeDigits(&next)
        while next < end, scalars[next] == ",", let group = threeDigits(after: next) {
            digits += scalars[scalars.index(after: next)..<group].map(String.init).joined()
            next = group
        }
        if let clock = clock(hour: digits, colon: next) {
            add(String(scalars[position..<clock.end]), .clock(hour: clock.hour, minute: clock.minute), upTo: clock.end)
            return
        }
        if next < end, scalars[next] == "." {
            var fraction = scalars.index(after: next)
            let decimals = takeDigits(&fraction)
            if !decimals.isEmpty {
                digits += "." + decimals
                next = fraction
            }
        }
        if let ordinal = ordinal(digits, suffix: next) {
            add(String(scalars[position..<ordinal.end]), .ordinal(ordinal.value), upTo: ordinal.end)
            return
        }
        let value = Double(digits.hasPrefix(".") ? "0" + digits : digits) ?? 0
        add(digits, .number(value), upTo: next)
    }

    private func takeDigits(_ next: inout String.Index) -> String {
        var digits = ""
        while next < end, scalars[next].isASCIIDigit {
            digits.unicodeScalars.append(scalars[next])
            next = scalars.index(after: next)
        }
        return digits
    }

    /// Where the three digits after a thousands comma end, if exactly three follow.
    private func threeDigits(after comma: String.Index) -> String.Index? {
        var next = scalars.index(after: comma)
        return takeDigits(&next).count == 3 ? next : nil
    }

    private func clock(hour: String, colon: String.Index) -> (hour: Int, minute: Int, end: String.Index)? {
        guard colon < end, scalars[colon] == ":", let hour = Int(hour), hour < 24 else { return nil }
        var next = scalars.index(after: colon)
        let digits = takeDigits(&next)
        guard digits.count == 2, let minute = Int(digits), minute < 60 else { return nil }
        return (hour, minute, next)
    }

    private func ordinal(_ digits: String, suffix: String.Index) -> (value: Int, end: String.Index)? {
        guard let value = Int(digits), let next = scalars.index(suffix, offsetBy: 2, limitedBy: end),
            next == end || !scalars[next].isWordPart,
            ["st", "nd", "rd", "th"].contains(String(scalars[suffix..<next]).lowercased())
        else { return nil }
        return (value, next)
    }
}

// MARK: - Words and signs

extension Tokenizer {
    /// No word of English is longer; what is left of a longer one is another word.
    private static let longestWord = 64

    private mutating func takeWord() {
        var next = position
        var count = 0
        while next < end, count < Self.longestWord, scalars[next].isWordPart || isApostrophe(inside: next) {
            next = scalars.index(after: next)
            count += 1
        }
        let range = position..<next
        let written = Self.normalized(String(scalars[range]))
        if written == "a" || written == "p", let meridiem = meridiem(after: next) {
            add(written + "m", .word, upTo: meridiem)
            return
        }
        let start = position
        for (index, word) in Contractions.words(of: written).enumerated() {
            let token = Token(word, gap: index == 0 ? gap : .space, range: start..<next)
            tokens.append(token)
        }
        position = next
        gap = .none
    }

    /// The end of ".m." after an "a" or a "p".
    private func meridiem(after index: String.Index) -> String.Index? {
        guard let letter = scalars.index(index, offsetBy: 1, limitedBy: end), letter < end, scalars[index] == ".",
            scalars[letter] == "m" || scalars[letter] == "M"
        else { return nil }
        let next = scalars.index(after: letter)
        return next < end && scalars[next] == "." ? scalars.index(after: next) : next
    }

    private func isApostrophe(inside index: String.Index) -> Bool {
        let next = scalars.index(after: index)
        return ["'", "’", "ʼ", "`"].contains(scalars[index]) && next < end && scalars[next].isWordPart
    }

    private static func normalized(_ written: String) -> String {
        let lower = written.lowercased()
        if lower.utf8.allSatisfy({ $0 < 0x80 }) { return lower }
        let plain = lower.replacing("’", with: "'").replacing("ʼ", with: "'")
        return plain.folding(options: [.diacriticInsensitive, .widthInsensitive], locale: nil)
    }

    private static let signs: [Unicode.Scalar: String] = [
        "+": "plus", "−": "minus", "×": "times", "*": "times", "÷": "over", "/": "/", "=": "equals", "%": "percent",
        "°": "degrees", "^": "power", "√": "root", "&": "and", "$": "dollars", "€": "euros", "£": "pounds",
        "²": "squared", "³": "cubed",
    ]

    private mutating func takeSign(_ scalar: Unicode.Scalar) {
        let next = scalars.index(after: position)
        if let word = Self.signs[scalar] {
            add(word, .sign, upTo: next)
            return
        }
        if scalar == "-" || scalar == "–", isMinus(scalar) {
            add("minus", .sign, upTo: next)
            return
        }
        position = next
        switch scalar {
        case ".", "?", "!", "…", "。", "？", "！": widen(.sentence)
        case ",", ";", ":", "—", "–": widen(.clause)
        default: widen(.space)
        }
    }

    /// A hyphen is a minus before a digit, unless it joins a word to it ("covid-19"), and between two spaces
    /// after a number ("5 - x").
    private func isMinus(_ scalar: Unicode.Scalar) -> Bool {
        let lastIsNumber = tokens.last?.number != nil
        if peek(1)?.isASCIIDigit == true { return gap != .none || lastIsNumber }
        return lastIsNumber && gap == .space && peek(1) == " " && peek(2)?.isASCIIDigit == true
    }
}

extension Unicode.Scalar {
    fileprivate var isASCIIDigit: Bool { ("0"..."9").contains(self) }

    fileprivate var isWordPart: Bool {
        if isASCII { return ("a"..."z").contains(self) || ("A"..."Z").contains(self) }
        if self == "ʼ" { return false }
        switch properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .nonspacingMark,
            .spacingMark, .enclosingMark, .decimalNumber, .letterNumber:
            return true
        default: return false
        }
    }
}
