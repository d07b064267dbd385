/// Telephone numbers: figures one by one, with a pause between the groups.
extension TextNormalizer {
    /// "555-1234", "(555) 867-5309", "1-800-555-0199" → the digits one by one, a pause between the groups.
    func telephoneNumber(_ cursor: inout TextCursor) -> String? {
        var groups: [String] = []
        if cursor.take("(") {
            guard let area = cursor.takeDigits(3...3), cursor.take(")") else { return nil }
            cursor.takeSpace()
            groups.append(area)
        } else {
            guard mayStartPair(cursor) else { return nil }
            if cursor.take("1-") { groups.append("1") }
        }
        while groups.count < 3, let group = cursor.takeDigits(3...3) {
            guard cursor.take("-") else { return nil }
            groups.append(group)
        }
        guard !groups.isEmpty, groups != ["1"], let last = cursor.takeDigits(4...4), endsPair(cursor, also: "-") else {
            return nil
        }
        groups.append(last)
        return Self.digitByDigit(groups)
    }

    /// "+44 20 7946 0958" → "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8".
    func internationalNumber(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, !previous.isSpace, !"([:".unicodeScalars.contains(previous) { return nil }
        guard cursor.take("+"), let country = cursor.takeDigits(1...3) else { return nil }
        var groups = [country]
        while true {
            var next = cursor
            guard next.take(oneOf: " -.") != nil else { break }
            let isBracketed = next.take("(")
            guard let group = next.takeDigits(2...8) else { break }
            if isBracketed, !next.take(")") { break }
            // "(0)20" and the like stay apart.
            groups.append(group)
            cursor = next
        }
        let count = groups.joined().count
        guard groups.count > 1, (7...15).contains(count), !(cursor.current?.isWordCharacter ?? false) else {
            return nil
        }
        return "plus " + Self.digitByDigit(groups)
    }

    /// "555.123.4567", "555 123 4567", "1.800.555.0199".
    func dottedNumber(_ cursor: inout TextCursor) -> String? {
        guard mayStartPair(cursor) else { return nil }
        var groups: [String] = []
        var withTrunk = cursor
        if withTrunk.take("1"), withTrunk.take(oneOf: ". ") != nil, withTrunk.current?.isASCIIDigit ?? false {
            groups = ["1"]
            cursor = withTrunk
        }
        guard let area = cursor.takeDigits(3...3), let separator = cursor.take(oneOf: ". "),
            let office = cursor.takeDigits(3...3), cursor.take(separator), let line = cursor.takeDigits(4...4),
            endsPair(cursor, also: "-,")
        else { return nil }
        return Self.digitByDigit(groups + [area, office, line])
    }

    /// "call 911", "dial 112" → "call 9 1 1".
    func shortNumber(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, !(cursor.previous?.isWordCharacter ?? false),
            let verb = cursor.take(firstOf: ["call", "Call", "dial", "Dial", "text", "Text", "dialing", "calling"]),
            cursor.take(" "), let number = cursor.takeDigits(3...6), endsPair(cursor, also: "-,:%/")
        else { return nil }
        // "call 200 people" counts them.
        if cursor.current == " ", cursor.peek(1)?.isASCIILetter ?? false, number.hasSuffix("0") { return nil }
        return "\(verb) " + Self.digitByDigit([number])
    }

    private static func digitByDigit(_ groups: [String]) -> String {
        groups.map { $0.map(String.init).joined(separator: " ") }.joined(separator: ", ")
    }
}
