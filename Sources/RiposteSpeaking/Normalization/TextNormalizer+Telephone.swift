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

    /// "+44 20 7946 0958" → "plus 4 4, 2 0, 7 9 4 6, 0 9 5 8"; "+44 (0)20 …" is the same, since nobody dials the 0 after
    /// a country's code; "+442079460958" → "plus 4 4, 2 0 7, 9 4 6, 0 9 5 8".
    func internationalNumber(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, !previous.isSpace, !"([:".unicodeScalars.contains(previous) { return nil }
        guard cursor.take("+") else { return nil }
        guard let country = cursor.takeDigits(1...3) else { return compactNumber(&cursor) }
        var groups = [country]
        while true {
            var next = cursor
            let isApart = next.take(oneOf: " -./") != nil
            if next.take("(0)") {
                next.takeSpace()
            } else if !isApart {
                break
            }
            let isBracketed = next.take("(")
            guard let group = next.takeDigits(2...8) else { break }
            if isBracketed, !next.take(")") { break }
            groups.append(group)
            cursor = next
        }
        let count = groups.joined().count
        guard groups.count > 1, (7...15).contains(count), !(cursor.current?.isWordCharacter ?? false) else {
            return nil
        }
        return "plus " + Self.digitByDigit(groups)
    }

    /// The figures of a number without spaces.
    private func compactNumber(_ cursor: inout TextCursor) -> String? {
        guard let digits = cursor.takeDigits(8...15), endsPair(cursor, also: ",%/:") else { return nil }
        let code = Self.countryCode(digits)
        return "plus " + Self.digitByDigit([code] + Self.groups(of: digits.dropFirst(code.count)))
    }

    /// Threes, and two, three or four at the end.
    private static func groups(of digits: Substring) -> [String] {
        var groups: [String] = []
        var rest = digits
        while rest.count > 4 {
            groups.append(String(rest.prefix(3)))
            rest = rest.dropFirst(3)
        }
        return groups + [String(rest)]
    }

    /// "020 7946 0958", "0800 123 456": a number within a country, which begins with 0.
    func trunkNumber(_ cursor: inout TextCursor) -> String? {
        guard mayStartPair(cursor), cursor.current == "0", let area = cursor.takeDigits(3...5) else { return nil }
        var groups = [area]
        while groups.count < 5, let separator = cursor.current, separator == " " || separator == "-" {
            var next = cursor
            next.index += 1
            guard let group = next.takeDigits(3...8) else { break }
            groups.append(group)
            cursor = next
        }
        guard groups.count > 1, (9...11).contains(groups.joined().count), endsPair(cursor, also: "-,:%/") else {
            return nil
        }
        return Self.digitByDigit(groups)
    }

    /// Country codes of two figures, by ITU-T E.164; 1 and 7 have one, all others three.
    private static let pairs: Set<String> = [
        "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47", "48", "49",
        "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66", "81", "82", "84",
        "86", "90", "91", "92", "93", "94", "95", "98",
    ]

    private static func countryCode(_ digits: String) -> String {
        if digits.hasPrefix("1") || digits.hasPrefix("7") { return String(digits.prefix(1)) }
        return String(digits.prefix(pairs.contains(String(digits.prefix(2))) ? 2 : 3))
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

    /// Numbers of three figures that are called: emergencies, help lines, directories.
    private static let services: Set<String> = [
        "000", "100", "101", "110", "111", "112", "115", "116", "117", "118", "119", "121", "123", "192", "211", "311",
        "411", "511", "611", "711", "811", "911", "988", "999",
    ]

    /// "call 911", "dial 1040", "call 5551234" → "call 9 1 1". What is dialled is a number; what is called or texted may as
    /// well be counted: "call 500 people", "text 40000 users", "call 1984 a good year".
    func calledNumber(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, !(cursor.previous?.isWordCharacter ?? false),
            let verb = cursor.take(
                firstOf: ["call", "Call", "dialing", "dialling", "dial", "Dial", "text", "Text", "calling"],
                where: { $0.current == " " }),
            cursor.take(" "), let number = cursor.takeDigits(3...15), endsPair(cursor, also: "-,:%/")
        else { return nil }
        if !verb.lowercased().hasPrefix("dial") {
            guard Self.services.contains(number) || number.count > 4, !countsSomething(cursor) else { return nil }
        }
        return "\(verb) " + Self.digitByDigit(number.count > 6 ? Self.groups(of: number[...]) : [number])
    }

    /// Whether a noun may follow the figures.
    private func countsSomething(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        guard rest.take(" "), rest.current?.isASCIILetter ?? false else { return false }
        let others = [
            "to", "for", "and", "or", "if", "in", "at", "on", "from", "with", "now", "right", "when", "immediately",
            "first", "instead", "as", "before", "after", "but", "then", "straight", "again", "today",
        ]
        return rest.take(firstOf: others, where: \.isAtWordBoundary) == nil
    }

    private static func digitByDigit(_ groups: [String]) -> String {
        groups.map { $0.map(String.init).joined(separator: " ") }.joined(separator: ", ")
    }
}
