extension SentenceCutter {
    static let terminators: Set<Unicode.Scalar> = [".", "!", "?", "…"]
    static let wideTerminators: Set<Unicode.Scalar> = ["。", "！", "？", "．"]
    static let closers: Set<Unicode.Scalar> = ["\"", "'", "”", "’", "»", ")", "]", "}", "*", "_", "」", "』", "）"]
    static let openers: Set<Unicode.Scalar> = ["\"", "'", "“", "‘", "«", "(", "[", "{", "*", "_", "¿", "¡"]
    static let clauseMarks: Set<Unicode.Scalar> = [",", ";", ":", "—", "–"]
    static let wideClauseMarks: Set<Unicode.Scalar> = ["，", "、", "；", "："]
    static let newlines: Set<Unicode.Scalar> = ["\n", "\r", "\u{85}", "\u{2028}", "\u{2029}"]
    private static let bullets: Set<Unicode.Scalar> = ["-", "*", "•", "–", "+", "#"]

    /// The first index at or after `index` whose character is not in `set`.
    func skip(_ set: Set<Unicode.Scalar>, from index: Int) -> Int {
        var index = index
        while index < text.count, set.contains(text[index]) { index += 1 }
        return index
    }

    /// The word that ends just before `index`, without opening quotes and brackets.
    func word(before index: Int, from start: Int = 0) -> String {
        var first = index
        while first > start, !text[first - 1].properties.isWhitespace, text[first - 1] != "—" { first -= 1 }
        while first < index, Self.openers.contains(text[first]) { first += 1 }
        var string = String.UnicodeScalarView()
        string.append(contentsOf: text[first..<index])
        return String(string)
    }

    /// Whether a list entry or heading begins at `index` ("- tea", "2. Stir."); nil if later text must tell.
    func isListEntry(at index: Int, atEnd: Bool) -> Bool? {
        var end = index
        if Self.bullets.contains(text[index]) {
            end = skip([text[index]], from: index)
        } else {
            while end < text.count, text[end].properties.numericType == .decimal { end += 1 }
            guard end > index else { return false }
            guard end < text.count else { return atEnd ? false : nil }
            guard text[end] == "." || text[end] == ")" else { return false }
            end += 1
        }
        guard end < text.count else { return atEnd ? false : nil }
        return text[end].properties.isWhitespace
    }

    /// Whether a clause ends with the mark at `index`, which is not the last character.
    func isClauseEnd(at index: Int) -> Bool {
        if Self.wideClauseMarks.contains(text[index]) { return true }
        return Self.clauseMarks.contains(text[index]) && text[index + 1].properties.isWhitespace
    }
}
