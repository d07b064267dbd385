/// Cuts text that arrives in pieces into sentences, each as soon as it is certain.
///
/// Where the text is cut depends on the text alone, not on how it was split into pieces. A full stop counts only
/// once it is known what follows it: decimal points, abbreviations ("Dr.", "e.g.", "U.S."), initials, addresses,
/// ellipses, closing quotes and list numbers do not end a sentence. Line ends do, unless the line looks wrapped.
///
///     var cutter = SentenceCutter()
///     cutter.append("It is 3.5 de")   // []
///     cutter.append("grees. Take ")   // ["It is 3.5 degrees."]
///     cutter.finish()                 // ["Take"]
public struct SentenceCutter: Sendable {
    public struct Configuration: Sendable, Equatable {
        /// The very first clause may go ahead of its sentence when it has at least this many characters, so that
        /// the voice begins early. Default 32 (about two seconds of speech, more than the next part takes to make).
        public var minimumFirstClause = 32
        /// … and when at least this many characters of the sentence follow, so that no stub is left. Default 16.
        public var minimumRemainder = 16
        /// A sentence longer than this is cut at a clause or a word. Default 240 characters, some fifteen seconds.
        public var maximumLength = 240
        /// `takeBeginning` needs so many words. Default 5, some two seconds of speech.
        public var minimumBeginning = 5
        /// A line shorter than this was ended on purpose; a longer one may be wrapped. Default 50 characters.
        public var wrappedLineLength = 50

        public init() {}
    }

    public let configuration: Configuration
    /// What has come and not gone out yet.
    var text: [Unicode.Scalar] = []
    /// Before this index there is no boundary.
    private var scan = 0
    /// How much of the current line had gone out before `text`.
    private var column = 0
    private var isFirst = true

    public init(configuration: Configuration = .init()) {
        self.configuration = configuration
    }

    /// Adds text.
    /// - Returns: the sentences that are now certain, in order.
    public mutating func append(_ piece: String) -> [Sentence] {
        text.append(contentsOf: piece.unicodeScalars)
        return cut(atEnd: false)
    }

    /// Ends the text: what is left goes out, and the cutter can be used again.
    public mutating func finish() -> [Sentence] {
        var sentences = cut(atEnd: true)
        if let last = takeRest(ending: .sentence) { sentences.append(last) }
        isFirst = true
        column = 0
        return sentences
    }

    /// Gives out what is pending if it reads like a whole sentence. For when no more text has come for a while:
    /// the writer is probably busy with something else, and the listener should not wait for it.
    public mutating func flushIfComplete() -> Sentence? {
        var end = text.count
        while end > 0, text[end - 1].properties.isWhitespace || Self.closers.contains(text[end - 1]) { end -= 1 }
        guard end > 0, Self.terminators.union(Self.wideTerminators).contains(text[end - 1]) else { return nil }
        if text[end - 1] == "." {
            let word = self.word(before: end - 1)
            guard Abbreviations.kind(of: word) == .none, word.last?.isNumber != true else { return nil }
        }
        // A link or a bit of code that is not whole.
        guard !hasOpenSpan else { return nil }
        return takeRest(ending: .sentence)
    }

    /// Gives out the beginning of a sentence that is not whole yet, for when the listener would otherwise hear nothing:
    /// up to where a reader might take a breath, in front of "and", "that" or "with", or else all whole words.
    /// - Returns: nil if there are too few words.
    public mutating func takeBeginning() -> Sentence? {
        var ends: [Int] = []
        for index in text.indices.dropFirst() where text[index].properties.isWhitespace {
            if !text[index - 1].properties.isWhitespace { ends.append(index) }
        }
        guard !ends.isEmpty, ends.count >= configuration.minimumBeginning else { return nil }
        // Not in front of the last word, which may be half of one that goes with the next ("New", "York").
        let candidates =
            ends.count == 1 ? ends[...] : ends.dropFirst(max(0, configuration.minimumBeginning - 2)).dropLast()
        let breaths = candidates.filter { !tearsApart(at: $0) }
        guard let end = breaths.last(where: { Self.breathes(before: word(after: $0)) }) ?? breaths.last else {
            return nil
        }
        // Marks of Markdown, and brackets, that are open would be torn apart.
        guard !text[..<end].contains(where: { "`[(<|#".unicodeScalars.contains($0) }) else { return nil }
        let beginning = sentence(0..<end, .clause)
        noteColumn(afterRemoving: end)
        text.removeFirst(end)
        scan = max(0, scan - end)
        isFirst = false
        return beginning
    }

    /// Whether a number would lose its unit or its title there, or a name its "Dr.".
    private func tearsApart(at end: Int) -> Bool {
        let last = word(before: end)
        if last.contains(where: \.isNumber), last.last.map({ !",;:".contains($0) }) ?? false { return true }
        if last.hasSuffix("."), Abbreviations.kind(of: last.dropLast()) != .none { return true }
        return word(after: end).first?.isNumber ?? false
    }

    private func word(after index: Int) -> String {
        let start = text[index...].firstIndex { !$0.properties.isWhitespace } ?? index
        let end = text[start...].firstIndex { $0.properties.isWhitespace } ?? text.endIndex
        return sentence(start..<end, .clause).text
    }

    private static let breaths: Set<String> = [
        "and", "but", "or", "that", "which", "who", "because", "if", "when", "while", "where", "so", "then", "with",
        "from", "for", "in", "on", "at", "by", "to", "about", "after", "before", "until", "since", "as", "than", "into",
        "is", "are", "was", "were", "will", "can", "has", "have",
    ]

    private static func breathes(before word: String) -> Bool { breaths.contains(word.lowercased()) }

    /// What to do at one place of the text.
    enum Decision: Equatable {
        /// No boundary in the next `by` characters.
        case goOn(by: Int)
        /// Only later text can tell.
        case wait
        /// Cut in front of `before`.
        case cut(before: Int, Sentence.Ending)
    }

    private mutating func cut(atEnd: Bool) -> [Sentence] {
        var sentences: [Sentence] = []
        var start = 0
        scanning: while scan < text.count {
            if scan == start, text[scan].properties.isWhitespace {
                start += 1
                scan += 1
                continue
            }
            switch decision(at: scan, from: start, atEnd: atEnd) {
            case .goOn(let count): scan += count
            case .wait: break scanning
            case .cut(let end, let ending):
                sentences.append(sentence(start..<end, ending))
                start = end
                scan = end
                isFirst = false
            }
        }
        noteColumn(afterRemoving: start)
        text.removeFirst(start)
        scan -= start
        return sentences
    }

    private mutating func takeRest(ending: Sentence.Ending) -> Sentence? {
        let rest = sentence(0..<text.count, ending)
        noteColumn(afterRemoving: text.count)
        text.removeAll()
        scan = 0
        guard !rest.text.isEmpty else { return nil }
        isFirst = false
        return rest
    }

    private func sentence(_ range: Range<Int>, _ ending: Sentence.Ending) -> Sentence {
        var range = range
        while let last = range.last, text[last].properties.isWhitespace { range.removeLast() }
        while let first = range.first, text[first].properties.isWhitespace { range.removeFirst() }
        var string = String.UnicodeScalarView()
        string.append(contentsOf: text[range])
        return Sentence(String(string), ending: ending)
    }

    private mutating func noteColumn(afterRemoving count: Int) {
        if let newline = text[..<count].lastIndex(where: Self.newlines.contains) {
            column = count - newline - 1
        } else {
            column += count
        }
    }

    private func decision(at index: Int, from start: Int, atEnd: Bool) -> Decision {
        let scalar = text[index]
        switch span(at: index) {
        case .ends(let end): return .goOn(by: end - index)
        case .unknown where !atEnd: return .wait
        case .none, .unknown: break
        }
        if Self.newlines.contains(scalar) { return newline(at: index, from: start, atEnd: atEnd) }
        if Self.wideTerminators.contains(scalar) { return wideTerminator(at: index, from: start, atEnd: atEnd) }
        if Self.terminators.contains(scalar) { return terminator(at: index, from: start, atEnd: atEnd) }
        if isFirst, Self.clauseMarks.contains(scalar) {
            let early = firstClause(at: index, from: start, atEnd: atEnd)
            if early != .goOn(by: 1) { return early }
        }
        if index - start >= configuration.maximumLength { return tooLong(at: index, from: start) }
        return .goOn(by: 1)
    }

    // MARK: The four kinds of boundary

    private func terminator(at index: Int, from start: Int, atEnd: Bool) -> Decision {
        let runEnd = skip(Self.terminators, from: index)
        let end = skip(Self.closers, from: runEnd)
        if let cut = tooManyMarks(upTo: end, from: start, index) { return cut }
        guard end < text.count else { return atEnd ? .goOn(by: end - index) : .wait }
        let notHere = Decision.goOn(by: end - index)
        // "3.14", "example.com", "e.g." (its first full stop), "?page=2".
        guard text[end].properties.isWhitespace else { return notHere }

        let here = Decision.cut(before: end, Self.newlines.contains(text[end]) ? .paragraph : .sentence)
        let asksOrShouts = text[index..<runEnd].contains { $0 == "!" || $0 == "?" }
        if asksOrShouts, end == runEnd { return here }

        var next = end
        while next < text.count, text[next].properties.isWhitespace { next += 1 }
        // Nobody waits for what follows so much space.
        if next - end > Self.spaceLimit { return here }
        next = skip(Self.openers, from: next)
        guard next < text.count else { return atEnd ? notHere : .wait }
        // `"Really?" she said.`, "Well... maybe", an abbreviation nobody knows.
        if text[next].properties.isLowercase { return notHere }
        guard runEnd == index + 1, text[index] == "." else { return here }

        let word = self.word(before: index, from: start)
        // The number of a list entry: "1. Boil the water."
        if word.allSatisfy(\.isNumber), index - start == word.unicodeScalars.count, !word.isEmpty { return notHere }
        switch Abbreviations.kind(of: word) {
        case .none: return here
        case .neverFinal: return notHere
        case .beforeNumber: return text[next].properties.numericType == nil ? here : notHere
        case .possiblyFinal:
            var wordEnd = next
            while wordEnd < text.count, text[wordEnd].properties.isAlphabetic { wordEnd += 1 }
            guard wordEnd < text.count || atEnd else { return .wait }
            return Abbreviations.startsSentence(sentence(next..<wordEnd, .clause).text) ? here : notHere
        }
    }

    /// Chinese and Japanese: no space follows, and the mark means nothing else.
    private func wideTerminator(at index: Int, from start: Int, atEnd: Bool) -> Decision {
        let end = skip(Self.closers, from: skip(Self.wideTerminators, from: index))
        if let cut = tooManyMarks(upTo: end, from: start, index) { return cut }
        guard end < text.count else { return atEnd ? .goOn(by: end - index) : .wait }
        return .cut(before: end, .sentence)
    }

    private func newline(at index: Int, from start: Int, atEnd: Bool) -> Decision {
        var next = index
        var lines = 0
        while next < text.count, text[next].properties.isWhitespace {
            // Carriage return and line feed are one line end.
            if Self.newlines.contains(text[next]), !(text[next] == "\n" && next > index && text[next - 1] == "\r") {
                lines += 1
            }
            next += 1
        }
        if lines > 1 || next - index > Self.spaceLimit { return .cut(before: index, .paragraph) }
        guard next < text.count else { return atEnd ? .goOn(by: next - index) : .wait }
        if text[index - 1] == ":" { return .cut(before: index, .sentence) }
        guard let isEntry = isListEntry(at: next, atEnd: atEnd) else { return .wait }
        if isEntry { return .cut(before: index, .sentence) }
        let line = text[..<index].lastIndex(where: Self.newlines.contains).map { index - $0 - 1 } ?? column + index
        if line < configuration.wrappedLineLength, !text[next].properties.isLowercase {
            return .cut(before: index, .paragraph)
        }
        return .goOn(by: next - index)
    }

    private func firstClause(at index: Int, from start: Int, atEnd: Bool) -> Decision {
        guard index - start + 1 >= configuration.minimumFirstClause else { return .goOn(by: 1) }
        let remainder = index + 1..<index + 1 + configuration.minimumRemainder
        for next in remainder {
            guard next < text.count else { return atEnd ? .goOn(by: 1) : .wait }
            let scalar = text[next]
            // A mark inside a word or number ("1,250"), the end of the sentence, or a date ("May 4, 2026").
            if next == remainder.lowerBound, !scalar.properties.isWhitespace { return .goOn(by: 1) }
            if next == remainder.lowerBound + 1, scalar.properties.numericType != nil { return .goOn(by: 1) }
            if Self.terminators.contains(scalar) || Self.newlines.contains(scalar) { return .goOn(by: 1) }
        }
        return .cut(before: index + 1, .clause)
    }

    /// Marks without end are no sentence's end; nobody waits for what follows them.
    private func tooManyMarks(upTo end: Int, from start: Int, _ index: Int) -> Decision? {
        let limit = max(start + 2 * configuration.maximumLength, index + 1)
        return end > limit ? .cut(before: limit, .clause) : nil
    }

    private func tooLong(at index: Int, from start: Int) -> Decision {
        let spans = spans(in: start..<index)
        let window = (start + configuration.maximumLength / 3..<index).filter { place in
            !spans.contains { $0.contains(place) }
        }
        if let mark = window.last(where: { isClauseEnd(at: $0) }) { return .cut(before: mark + 1, .clause) }
        if let space = window.last(where: { text[$0].properties.isWhitespace }) {
            return .cut(before: space, .clause)
        }
        return index - start >= 2 * configuration.maximumLength ? .cut(before: index, .clause) : .goOn(by: 1)
    }
}
