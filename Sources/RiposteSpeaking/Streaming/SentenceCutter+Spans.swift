/// Stretches that belong together whatever stands in them: links, given pronunciations, bits of code.
extension SentenceCutter {
    enum Span: Equatable {
        /// None begins here.
        case none
        /// Only later text can tell.
        case unknown
        /// One begins here and ends in front of this place.
        case ends(Int)
    }

    /// Longer ones are none, so that nobody waits for the end of a bracket that has none.
    private static let spanLimit = 480
    private static let depthLimit = 8
    /// White space that is waited through.
    static let spaceLimit = 64

    /// What begins at `index`: "[text](address)", "[word](/phonemes/)", "[text]", "`code`".
    func span(at index: Int) -> Span {
        switch text[index] {
        case "[": bracket(at: index)
        case "`": code(at: index)
        default: .none
        }
    }

    /// Whether some stretch has begun and not ended.
    var hasOpenSpan: Bool {
        var index = max(0, text.count - Self.spanLimit)
        while index < text.count {
            switch span(at: index) {
            case .unknown: return true
            case .ends(let end): index = end
            case .none: index += 1
            }
        }
        return false
    }

    /// Those in a range, without their first characters: a cut in front of one is no harm.
    func spans(in range: Range<Int>) -> [Range<Int>] {
        guard text[range].contains(where: { $0 == "[" || $0 == "`" }) else { return [] }
        var found: [Range<Int>] = []
        var index = range.lowerBound
        while index < range.upperBound {
            if case .ends(let end) = span(at: index) {
                found.append(index + 1..<max(end, index + 1))
                index = end
            } else {
                index += 1
            }
        }
        return found
    }

    private func bracket(at index: Int) -> Span {
        let text = closing("[", "]", at: index)
        guard case .ends(let end) = text else { return text }
        guard end < self.text.count else { return .unknown }
        guard self.text[end] == "(" else { return .ends(end) }
        let address = closing("(", ")", at: end)
        return address == .none ? .ends(end) : address
    }

    private func closing(_ open: Unicode.Scalar, _ close: Unicode.Scalar, at index: Int) -> Span {
        var depth = 0
        for place in index..<index + Self.spanLimit {
            guard place < text.count else { return .unknown }
            if text[place] == open { depth += 1 }
            if text[place] == close { depth -= 1 }
            if depth == 0 { return .ends(place + 1) }
            if depth > Self.depthLimit || endsParagraph(at: place) { return .none }
        }
        return .none
    }

    private func code(at index: Int) -> Span {
        let start = skip(["`"], from: index)
        guard start < text.count else { return .unknown }
        // A block of code goes over many sentences, and is left out line by line.
        guard start - index < 3 else { return .none }
        var place = start
        while place < index + Self.spanLimit {
            guard place < text.count else { return .unknown }
            if text[place] == "`" {
                let end = skip(["`"], from: place)
                guard end < text.count else { return .unknown }
                if end - place == start - index { return .ends(end) }
                place = end
            } else if endsParagraph(at: place) {
                return .none
            } else {
                place += 1
            }
        }
        return .none
    }

    private func endsParagraph(at index: Int) -> Bool {
        guard text[index] == "\n" || text[index] == "\r", index > 0 else { return false }
        return text[index - 1] == "\n"
    }
}
