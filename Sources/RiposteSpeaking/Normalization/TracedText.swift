/// Text under rewriting in which every character still knows where in the original it came from.
///
/// Writing "12 km" out as "12 kilometers" must not lose which characters of the sentence are being spoken: the words
/// of a replacement all point to the range they replaced.
struct TracedText {
    /// The text as it is now.
    private(set) var scalars: [Unicode.Scalar]
    /// For each scalar, the scalars of the original it stands for.
    private(set) var origins: [Range<Int>]

    init(_ text: String) {
        scalars = Array(text.unicodeScalars)
        origins = scalars.indices.map { $0..<($0 + 1) }
    }

    private init() {
        scalars = []
        origins = []
    }

    var string: String { String(scalars) }

    /// The range of the original that a range of the present text stands for.
    func origin(of range: Range<Int>) -> Range<Int> {
        guard !range.isEmpty, range.upperBound <= origins.count else { return 0..<0 }
        var low = origins[range.lowerBound].lowerBound
        var high = origins[range.lowerBound].upperBound
        for origin in origins[range] {
            low = min(low, origin.lowerBound)
            high = max(high, origin.upperBound)
        }
        return low..<high
    }

    /// Applies a rule from left to right. At each position the rule either returns nil, or moves the cursor to the
    /// end of what it recognised and returns what that becomes.
    mutating func rewrite(_ rule: (inout TextCursor) -> String?) {
        var output = TracedText()
        var copied = 0
        var index = 0
        while index < scalars.count {
            var cursor = TextCursor(scalars, at: index)
            guard let replacement = rule(&cursor), cursor.index > index else {
                index += 1
                continue
            }
            output.append(self, copied..<index)
            let origin = origin(of: index..<cursor.index)
            for scalar in replacement.unicodeScalars {
                output.scalars.append(scalar)
                output.origins.append(origin)
            }
            index = cursor.index
            copied = index
        }
        guard copied > 0 else { return }
        output.append(self, copied..<scalars.count)
        self = output
    }

    /// One space for every run of white space, none at the ends, none before closing punctuation.
    mutating func tidySpaces() {
        var result = TracedText()
        for (index, (scalar, origin)) in zip(scalars, origins).enumerated() {
            if scalar.isSpace {
                if let last = result.scalars.last, last != " " { result.append(" ", origin) }
                continue
            }
            if result.scalars.last == " ", closesWord(at: index) { result.removeLast() }
            result.append(scalar, origin)
        }
        if result.scalars.last == " " { result.removeLast() }
        self = result
    }

    /// Whether a mark ends what is in front of it, unlike those of ".5" and ".NET".
    private func closesWord(at index: Int) -> Bool {
        guard ",.;:!?".unicodeScalars.contains(scalars[index]) else { return false }
        guard index + 1 < scalars.count else { return true }
        return scalars[index + 1].isSpace || ",.;:!?\"'”’)]".unicodeScalars.contains(scalars[index + 1])
    }

    /// Replaces single characters by single characters.
    mutating func replace(_ table: [Unicode.Scalar: Unicode.Scalar]) {
        for index in scalars.indices where !scalars[index].isASCII {
            if let other = table[scalars[index]] { scalars[index] = other }
        }
    }

    private mutating func append(_ scalar: Unicode.Scalar, _ origin: Range<Int>) {
        scalars.append(scalar)
        origins.append(origin)
    }

    private mutating func removeLast() {
        scalars.removeLast()
        origins.removeLast()
    }

    private mutating func append(_ other: TracedText, _ range: Range<Int>) {
        scalars.append(contentsOf: other.scalars[range])
        origins.append(contentsOf: other.origins[range])
    }
}

/// A position in a text, with the small steps from which the rules of reading are made. A step that fails moves
/// nothing.
struct TextCursor {
    let scalars: [Unicode.Scalar]
    var index: Int

    init(_ scalars: [Unicode.Scalar], at index: Int) {
        self.scalars = scalars
        self.index = index
    }

    var current: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }
    var previous: Unicode.Scalar? { index > 0 ? scalars[index - 1] : nil }
    var isAtEnd: Bool { index >= scalars.count }

    func peek(_ offset: Int) -> Unicode.Scalar? {
        scalars.indices.contains(index + offset) ? scalars[index + offset] : nil
    }

    /// Between a word character and something else.
    var isAtWordBoundary: Bool { (previous?.isWordCharacter ?? false) != (current?.isWordCharacter ?? false) }

    /// A number can begin here: it is not the tail of a word, of a longer number or of a decimal.
    var mayStartNumber: Bool {
        guard let previous else { return true }
        return !previous.isWordCharacter && previous != "."
    }

    mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard current == scalar else { return false }
        index += 1
        return true
    }

    mutating func take(oneOf choices: String) -> Unicode.Scalar? {
        guard let current, choices.unicodeScalars.contains(current) else { return nil }
        index += 1
        return current
    }

    mutating func take(_ text: String) -> Bool {
        var position = index
        for scalar in text.unicodeScalars {
            guard position < scalars.count, scalars[position] == scalar else { return false }
            position += 1
        }
        index = position
        return true
    }

    /// Whether the text stands just in front.
    func follows(_ text: String) -> Bool {
        let scalars = text.unicodeScalars
        return index >= scalars.count && self.scalars[(index - scalars.count)..<index].elementsEqual(scalars)
    }

    mutating func takeSpace() { if current == " " { index += 1 } }

    /// As many digits as there are; nil, and no step, unless their count is in `counts`.
    mutating func takeDigits(_ counts: ClosedRange<Int>) -> String? {
        var end = index
        while end < scalars.count, scalars[end].isASCIIDigit { end += 1 }
        guard counts.contains(end - index) else { return nil }
        defer { index = end }
        return String(scalars[index..<end])
    }

    /// A number as people write it: 7, 1,234,567, 3.14.
    mutating func takeNumber() -> String? {
        var end = index
        func isDigit(_ position: Int) -> Bool { position < scalars.count && scalars[position].isASCIIDigit }
        while isDigit(end) { end += 1 }
        guard end > index else { return nil }
        while end < scalars.count, scalars[end] == ",", isDigit(end + 1), isDigit(end + 2), isDigit(end + 3) {
            end += 4
        }
        if end < scalars.count, scalars[end] == ".", isDigit(end + 1) {
            end += 1
            while isDigit(end) { end += 1 }
        }
        defer { index = end }
        return String(scalars[index..<end])
    }

    /// The first of the given texts that stands here and after which `accept` holds.
    mutating func take(firstOf texts: [String], where accept: (TextCursor) -> Bool = { _ in true }) -> String? {
        for text in texts {
            var attempt = self
            if attempt.take(text), accept(attempt) {
                self = attempt
                return text
            }
        }
        return nil
    }
}
