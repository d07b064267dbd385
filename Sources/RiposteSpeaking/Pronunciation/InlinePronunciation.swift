/// `[word](/phonemes/)` in a text: the word is said with these phonemes, which may be written in the international
/// alphabet or as misaki writes them.
struct InlinePronunciation {
    let text: String
    let phonemes: String?

    /// Stands in the text for the first, second … such word while the rest is written out (private use area).
    private static let firstMark: UInt32 = 0xE000
    private static let markCount: UInt32 = 0x1000
    /// Scalars that a word or its phonemes may have.
    private static let reach = 2000

    /// Takes them out of a text and leaves a mark for each.
    static func extract(from text: inout TracedText) -> [InlinePronunciation] {
        guard text.scalars.contains("[") else { return [] }
        var found: [InlinePronunciation] = []
        text.rewrite { cursor in
            guard found.count < markCount, let entry = parse(&cursor),
                let mark = Unicode.Scalar(firstMark + UInt32(found.count))
            else { return nil }
            found.append(entry)
            return String(Character(mark))
        }
        return found
    }

    private static func parse(_ cursor: inout TextCursor) -> InlinePronunciation? {
        guard cursor.take("["), let word = read(&cursor, until: "]"), !word.isEmpty, cursor.take("("),
            let reading = read(&cursor, until: ")")
        else { return nil }
        guard reading.count > 1, reading.first == "/", reading.last == "/" else {
            return InlinePronunciation(text: String(word), phonemes: nil)
        }
        let phonemes = PhonemeAlphabet.misaki(fromInternational: String(reading.dropFirst().dropLast()))
        return InlinePronunciation(text: String(word), phonemes: phonemes.isEmpty ? nil : phonemes)
    }

    private static func read(_ cursor: inout TextCursor, until end: Unicode.Scalar) -> ArraySlice<Unicode.Scalar>? {
        // Far enough for a word and a link; not to the end of the text for each of a million brackets.
        let limit = min(cursor.scalars.count, cursor.index + Self.reach)
        guard let position = cursor.scalars[cursor.index..<limit].firstIndex(of: end) else { return nil }
        defer { cursor.index = position + 1 }
        return cursor.scalars[cursor.index..<position]
    }

    /// Where such a word that begins at `index` ends, if one does.
    static func end(in scalars: [Unicode.Scalar], from index: Int) -> Int? {
        var cursor = TextCursor(scalars, at: index)
        return parse(&cursor) == nil ? nil : cursor.index
    }

    /// The text with the words alone, for voices that do not take phonemes.
    static func removed(from text: String) -> String {
        guard text.unicodeScalars.contains("[") else { return text }
        var traced = TracedText(text)
        traced.rewrite { cursor in parse(&cursor)?.text }
        return traced.string
    }

    /// Puts the words back where the marks are.
    static func insert(_ entries: [InlinePronunciation], into tokens: [WordToken]) -> [WordToken] {
        tokens.flatMap { token -> [WordToken] in
            var result: [WordToken] = []
            var rest: [Unicode.Scalar] = []
            func flush(at position: Int) {
                guard !rest.isEmpty else { return }
                result.append(
                    WordToken(
                        text: String(rest), range: (position - rest.count)..<position, isFollowedBySpace: false))
                rest = []
            }
            var position = token.range.lowerBound
            for scalar in token.text.unicodeScalars {
                let number = Int(scalar.value) - Int(firstMark)
                if entries.indices.contains(number) {
                    flush(at: position)
                    var word = WordToken(
                        text: entries[number].text, range: position..<(position + 1), isFollowedBySpace: false)
                    word.phonemes = entries[number].phonemes
                    result.append(word)
                } else {
                    rest.append(scalar)
                }
                position += 1
            }
            flush(at: position)
            if !result.isEmpty { result[result.count - 1].isFollowedBySpace = token.isFollowedBySpace }
            return result
        }
    }
}
