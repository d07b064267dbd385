/// Cuts text into the pieces that byte-pair encoding works on, as GPT-2 does: an English contraction's ending, a run of
/// letters, of digits or of other characters, each with at most one space in front; what is left of a run of white
/// space.
enum WordScanner {
    enum Part {
        case special(Int)
        case word(Substring)
    }

    /// The parts of a text, in order; joined they are the text.
    static func parts(of text: String, special: [String: Int]) -> [Part] {
        var parts: [Part] = []
        var rest = text[...]
        while let (range, id) = firstSpecial(in: rest, special) {
            parts.append(contentsOf: words(of: rest[..<range.lowerBound]).map(Part.word))
            parts.append(.special(id))
            rest = rest[range.upperBound...]
        }
        parts.append(contentsOf: words(of: rest).map(Part.word))
        return parts
    }

    /// Special tokens all have the form `<|name|>`.
    private static func firstSpecial(in text: Substring, _ special: [String: Int]) -> (Range<String.Index>, Int)? {
        var start = text.startIndex
        while let open = text[start...].firstRange(of: "<|") {
            if let close = text[open.upperBound...].firstRange(of: "|>"),
                let id = special[String(text[open.lowerBound..<close.upperBound])]
            {
                return (open.lowerBound..<close.upperBound, id)
            }
            start = open.upperBound
        }
        return nil
    }

    private enum Class {
        case letter, number, space, other

        init(_ scalar: Unicode.Scalar) {
            switch scalar.properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter: self = .letter
            case .decimalNumber, .letterNumber, .otherNumber: self = .number
            default: self = scalar.properties.isWhitespace ? .space : .other
            }
        }
    }

    private static func words(of text: Substring) -> [Substring] {
        var words: [Substring] = []
        let scalars = text.unicodeScalars
        var start = scalars.startIndex
        while start < scalars.endIndex {
            let end = wordEnd(in: scalars, from: start)
            words.append(Substring(scalars[start..<end]))
            start = end
        }
        return words
    }

    private static func wordEnd(
        in text: Substring.UnicodeScalarView, from start: String.Index
    ) -> String.Index {
        for ending in ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"]
        where text[start...].starts(with: ending.unicodeScalars) {
            return text.index(start, offsetBy: ending.unicodeScalars.count)
        }
        let first = Class(text[start])
        let second = text.index(after: start)
        if first != .space { return runEnd(in: text, of: first, from: second) }
        if text[start] == " ", second < text.endIndex, Class(text[second]) != .space {
            return runEnd(in: text, of: Class(text[second]), from: second)
        }
        let end = runEnd(in: text, of: .space, from: second)
        // The last of several white spaces goes with the word after it.
        let last = text.index(before: end)
        return end < text.endIndex && last > start ? last : end
    }

    private static func runEnd(
        in text: Substring.UnicodeScalarView, of kind: Class, from start: String.Index
    ) -> String.Index {
        text[start...].firstIndex { Class($0) != kind } ?? text.endIndex
    }
}
