/// Tokens regrouped into words: "well" "-" "known", "do" "n't" and "4" "th" are said as one, "GPT4" as two.
enum WordCompounds {
    /// Each element is what is written without white space between, and said as one where that is known.
    static func group(_ tokens: [WordToken]) -> [[WordToken]] {
        var words: [[WordToken]] = []
        var isOpen = false
        var currency: String?
        for (index, token) in tokens.enumerated() {
            var parts = token.phonemes == nil ? split(token) : [token]
            guard !parts.isEmpty else { continue }
            parts[parts.count - 1].isFollowedBySpace = token.isFollowedBySpace
            for position in parts.indices {
                let isLast = position == parts.count - 1
                let nextTag = index + 1 < tokens.count ? tokens[index + 1].tag : nil
                settle(&parts[position], &currency, endsAmount: isLast && nextTag != "CD")
                if 0 < position, !isLast, parts[position].text == "2", joinsLetters(parts, position) {
                    parts[position].alias = "to"
                }
                var part = parts[position]
                if part.phonemes != nil || part.alias != nil {
                    words.append([part])
                    isOpen = false
                } else {
                    if isOpen, !words.isEmpty {
                        part.isHead = false
                        words[words.count - 1].append(part)
                    } else {
                        words.append([part])
                    }
                    isOpen = !part.isFollowedBySpace
                }
            }
        }
        return words
    }

    /// Gives punctuation its phonemes (or silence) and an amount of money its currency.
    private static func settle(_ part: inout WordToken, _ currency: inout String?, endsAmount: Bool) {
        guard part.phonemes == nil else { return }
        if part.tag == "$", Lexicon.currencies[part.text] != nil {
            currency = part.text
            part.phonemes = ""
        } else if part.tag == ":", part.text == "-" || part.text == "–" {
            part.phonemes = "—"
        } else if let mark = punctuation(part) {
            part.phonemes = mark
        } else if currency != nil {
            if part.tag != "CD" {
                currency = nil
            } else if endsAmount {
                part.currency = currency
            }
        }
    }

    private static let bracketsAndQuotes = ["-LRB-": "(", "-RRB-": ")", "``": "“", "\"\"": "”", "''": "”"]
    private static let otherMarks: Set<String> = [".", ",", ":", "$", "#", "NFP"]

    private static func punctuation(_ part: WordToken) -> String? {
        let mark = bracketsAndQuotes[part.tag]
        guard mark != nil || otherMarks.contains(part.tag),
            !part.text.unicodeScalars.allSatisfy(\.isASCIILetter)
        else { return nil }
        return mark
            ?? String(
                part.text.unicodeScalars.filter {
                    PhonemeAlphabet.pauses.contains($0) || PhonemeAlphabet.quotes.contains($0)
                })
    }

    /// "face2face".
    private static func joinsLetters(_ parts: [WordToken], _ position: Int) -> Bool {
        guard let before = parts[position - 1].text.unicodeScalars.last,
            let after = parts[position + 1].text.unicodeScalars.first
        else { return false }
        return before.isLetter && after.isLetter
    }

    // MARK: Splitting

    /// Cuts a token where letters, figures, hyphens and other signs meet, and where a capital begins a new word
    /// within ("WiFi", "YouTube").
    static func split(_ token: WordToken) -> [WordToken] {
        let scalars = Array(token.text.unicodeScalars)
        var parts: [WordToken] = []
        var index = 0
        while index < scalars.count {
            let length = partLength(scalars, at: index)
            if length > 0 {
                var part = token
                part.text = String(scalars[index..<(index + length)])
                part.range = (token.range.lowerBound + index)..<(token.range.lowerBound + index + length)
                part.isFollowedBySpace = false
                parts.append(part)
            }
            index += max(length, 1)
        }
        return parts
    }

    private static func partLength(_ scalars: [Unicode.Scalar], at start: Int) -> Int {
        func scalar(_ offset: Int) -> Unicode.Scalar { start + offset < scalars.count ? scalars[start + offset] : " " }
        func run(_ matches: (Unicode.Scalar) -> Bool) -> Int { scalars[start...].prefix(while: matches).count }
        let apostrophes = run(\.isApostrophe)
        if start == 0, apostrophes > 0 { return apostrophes }
        if scalar(0).isLatinUppercase, scalar(1).isLatinUppercase, scalar(2).isLatinLowercase { return 1 }
        let figures = figuresLength(scalars, at: start)
        if figures > 0 { return figures }
        let hyphens = run { $0 == "-" || $0 == "_" }
        if hyphens > 0 { return hyphens }
        if apostrophes > 1 { return apostrophes }
        if let camel = camelLength(scalars, at: start) { return camel }
        var letters = run(\.isLetterLike)
        if letters > 0 {
            while scalar(letters).isApostrophe, scalar(letters + 1).isLetterLike { letters += 2 }
            return letters
        }
        if apostrophes > 0 { return start + apostrophes == scalars.count ? apostrophes : 0 }
        return scalar(0).isWordCharacter ? 0 : 1
    }

    /// Figures with single commas or dots among or before them; a minus sign at the very start.
    private static func figuresLength(_ scalars: [Unicode.Scalar], at start: Int) -> Int {
        func isDigit(_ index: Int) -> Bool { index < scalars.count && scalars[index].isDigit }
        var end = start
        if start == 0, scalars[0] == "-" { end += 1 }
        let first = end
        while true {
            if isDigit(end) {
                end += 1
            } else if end < scalars.count, scalars[end] == "," || scalars[end] == ".", isDigit(end + 1) {
                end += 2
            } else {
                break
            }
        }
        return end > first ? end - start : 0
    }

    /// Letters up to a small one before a capital.
    private static func camelLength(_ scalars: [Unicode.Scalar], at start: Int) -> Int? {
        func ends(_ index: Int) -> Bool {
            index + 1 < scalars.count && scalars[index].isLatinLowercase && scalars[index + 1].isLatinUppercase
        }
        var letters = start
        while letters < scalars.count {
            var end = letters
            while true {
                if ends(end) { return end + 1 - start }
                guard end + 1 < scalars.count, scalars[end].isApostrophe, scalars[end + 1].isLetterLike else { break }
                end += 2
            }
            guard scalars[letters].isLetterLike else { return nil }
            letters += 1
        }
        return nil
    }
}
