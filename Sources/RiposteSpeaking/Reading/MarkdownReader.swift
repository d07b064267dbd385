/// Takes the marks of Markdown out of a text, sentence by sentence, and leaves what a person would read out.
///
/// Headings, lists, quotations and tables keep their words; bold, italics and links keep theirs; a block of code, which
/// may go over many sentences, is left out; code within a sentence is read as words. `[word](/phonemes/)` stays.
struct MarkdownReader: Sendable {
    /// The marks that close the block of code that is being passed over.
    private var fence: (mark: Unicode.Scalar, count: Int)?

    /// What is said of the next piece of the text; may be empty.
    mutating func spoken(_ text: String) -> String {
        // Most sentences have nothing of the kind.
        guard fence != nil || text.unicodeScalars.contains(where: Self.isMark) else { return text }
        var result = ""
        var followsBlock = false
        for line in text.split(whereSeparator: \.isNewline) {
            guard let (read, isBlock) = read(Array(line.unicodeScalars)), !read.isEmpty else { continue }
            if !result.isEmpty { result += (isBlock || followsBlock) && !Self.endsPhrase(result) ? ". " : " " }
            result += read
            followsBlock = isBlock
        }
        return result
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool {
        scalar.isASCII && "`*_#~|[<>&\\$=-+!\n\r".unicodeScalars.contains(scalar)
    }

    private static func endsPhrase(_ text: String) -> Bool {
        text.unicodeScalars.last.map { ".!?:;,…".unicodeScalars.contains($0) } ?? true
    }

    /// One line, and whether it is a heading, an entry or the like, and no part of a sentence over several lines; nil
    /// if nothing of it is said.
    private mutating func read(_ given: [Unicode.Scalar]) -> (text: String, isBlock: Bool)? {
        let line = Self.trimmed(given)
        if let open = fence {
            let marks = line.prefix { $0 == open.mark }.count
            if marks >= open.count, marks == line.count { fence = nil }
            return nil
        }
        if let mark = line.first, mark == "`" || mark == "~" {
            let count = line.prefix { $0 == mark }.count
            if count >= 3 {
                let rest = line.dropFirst(count)
                // A block on one line: "```ls```".
                if rest.count > count, rest.suffix(count).allSatisfy({ $0 == mark }) { return nil }
                if !rest.contains(mark) {
                    fence = (mark, count)
                    return nil
                }
            }
        }
        if Self.isRule(line) { return nil }
        let words = Self.withoutLead(line)
        if words.first == "|", words.last == "|", words.count > 1 { return (Self.tableRow(words), true) }
        return (InlineMarkdown.spoken(words), words.count < line.count)
    }

    /// "---", "***", "|---|:--|", "====": lines that are drawn.
    private static func isRule(_ line: [Unicode.Scalar]) -> Bool {
        let drawing = line.filter { !$0.isSpace && $0 != "|" && $0 != ":" && $0 != "+" }
        guard let first = drawing.first, drawing.allSatisfy({ $0 == first }) else { return false }
        return drawing.count >= 3 && "-*_=".unicodeScalars.contains(first)
    }

    /// The line without the marks of a heading, quotation, list or task in front.
    private static func withoutLead(_ given: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var line = given
        while line.first == ">" { line = trimmed(Array(line.dropFirst())) }
        let hashes = line.prefix { $0 == "#" }.count
        if (1...6).contains(hashes), hashes == line.count || line[hashes].isSpace {
            line = trimmed(Array(line.dropFirst(hashes)))
            while line.last == "#" { line.removeLast() }
            return trimmed(line)
        }
        guard line.count > 1, "-*+•".unicodeScalars.contains(line[0]), line[1].isSpace else { return line }
        line = trimmed(Array(line.dropFirst(2)))
        for box in ["[ ]", "[x]", "[X]"] where line.starts(with: box.unicodeScalars) {
            return trimmed(Array(line.dropFirst(3)))
        }
        return line
    }

    private static func tableRow(_ line: [Unicode.Scalar]) -> String {
        let cells = line.split(separator: "|").map { InlineMarkdown.spoken(trimmed(Array($0))) }
        return cells.filter { !$0.isEmpty }.joined(separator: ", ") + "."
    }

    private static func trimmed(_ line: [Unicode.Scalar]) -> [Unicode.Scalar] {
        var part = line[...]
        while part.first?.isSpace ?? false { part.removeFirst() }
        while part.last?.isSpace ?? false { part.removeLast() }
        return Array(part)
    }
}
