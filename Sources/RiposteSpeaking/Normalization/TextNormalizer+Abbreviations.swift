/// Titles, abbreviations, numbers' names and Roman numerals.
extension TextNormalizer {
    /// "St. Paul" → "Saint Paul", only before a capital.
    func title(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, cursor.current?.isASCIILetter ?? false else { return nil }
        let title = cursor.take(firstOf: tables.titleNames) { end in
            var end = end
            _ = end.take(".")
            return end.take(" ") && ("A"..."Z").contains(end.current ?? " ")
        }
        guard let title, let words = tables.titles[title] else { return nil }
        _ = cursor.take(".")
        // "Gen Z" is no general.
        if title == "Gen", cursor.previous != ".", !(cursor.peek(2)?.isASCIILetter ?? false) { return nil }
        cursor.takeSpace()
        return words + " "
    }

    /// "approx." → "approximately". A full stop that ends the sentence too stays.
    func abbreviation(_ cursor: inout TextCursor) -> String? {
        guard let first = cursor.current, first.isASCIILetter else { return nil }
        if let previous = cursor.previous, previous.isWordCharacter || previous == "." { return nil }
        let name = cursor.take(firstOf: tables.abbreviationNames) { end in
            !(end.current?.isWordCharacter ?? false)
        }
        guard let name, let words = tables.abbreviations[name] else { return nil }
        // "no." is far more often an answer than a number.
        if name == "no." || name == "nos." {
            guard cursor.peek(0) == " ", cursor.peek(1)?.isASCIIDigit ?? false else { return nil }
        }
        return words + (cursor.isAtEnd && name.hasSuffix(".") ? "." : "")
    }

    /// "CO2", "Na₂CO₃" → "C O 2", "Na 2 C O 3": what a substance is made of.
    func formula(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, cursor.current?.isASCIILetter ?? false else { return nil }
        let start = cursor.index
        while cursor.current?.isWordCharacter ?? false { cursor.index += 1 }
        let word = cursor.scalars[start..<cursor.index]
        guard word.contains(where: \.isSubscript) || ["CO2", "NO2", "SO2"].contains(String(word)) else { return nil }
        return word.reduce(into: "") { spoken, scalar in
            if !spoken.isEmpty, !scalar.isLatinLowercase { spoken += " " }
            spoken += scalar.isSubscript ? String(scalar.value - 0x2080) : String(scalar)
        }
    }

    /// "## Heading": marks of a written text that nobody says.
    func headingMark(_ cursor: inout TextCursor) -> String? {
        guard cursor.previous == nil || cursor.previous == " ", cursor.take("#") else { return nil }
        while cursor.take("#") {}
        return cursor.current == " " || cursor.isAtEnd ? "" : nil
    }

    /// "No. 5" and "#5" → "number 5".
    func numberSign(_ cursor: inout TextCursor) -> String? {
        if cursor.current == "#" {
            if let previous = cursor.previous, previous.isWordCharacter || previous == "&" { return nil }
            return cursor.take("#") && cursor.current?.isASCIIDigit ?? false ? "number " : nil
        }
        guard cursor.isAtWordBoundary, let name = cursor.take(firstOf: ["Nos.", "No."]) else { return nil }
        cursor.takeSpace()
        guard cursor.current?.isASCIIDigit ?? false else { return nil }
        return name == "No." ? "Number " : "Numbers "
    }

    /// "Chapter IV" → "Chapter 4".
    func romanCardinal(_ cursor: inout TextCursor) -> String? {
        numbered(by: tables.romanCardinalNames, &cursor).map { "\($0) \($1)" }
    }

    /// "Henry VIII" → "Henry the eighth".
    func romanOrdinal(_ cursor: inout TextCursor) -> String? {
        numbered(by: tables.romanOrdinalNames, &cursor).map { "\($0) the \(NumberWords.ordinal($1))" }
    }

    /// "Rocky II", "Formula III" → "Rocky 2": a number behind any name, where the letters can hardly be anything else.
    func romanSequel(_ cursor: inout TextCursor) -> String? {
        guard cursor.previous == " ", cursor.isAtWordBoundary else { return nil }
        let backwards = cursor.scalars[..<(cursor.index - 1)].reversed().prefix { $0.isLetter }
        guard backwards.count > 2, backwards.last?.isLatinUppercase ?? false, backwards.first?.isLatinLowercase ?? false
        else { return nil }
        let start = cursor.index
        while let scalar = cursor.current, "IVX".unicodeScalars.contains(scalar) { cursor.index += 1 }
        // "Brand X" and "Plan V" have letters.
        guard cursor.index > start + 1, cursor.isAtWordBoundary, cursor.current != "'", cursor.current != "-",
            let number = RomanNumeral.value(of: String(cursor.scalars[start..<cursor.index])), number < 30
        else { return nil }
        return String(number)
    }

    private func numbered(by names: [String], _ cursor: inout TextCursor) -> (name: String, number: Int)? {
        guard cursor.isAtWordBoundary, cursor.current?.isASCIILetter ?? false,
            let name = cursor.take(firstOf: names, where: { $0.current == " " }), cursor.take(" ")
        else { return nil }
        let start = cursor.index
        while let scalar = cursor.current, "IVXLCDM".unicodeScalars.contains(scalar) { cursor.index += 1 }
        let numeral = String(cursor.scalars[start..<cursor.index])
        guard cursor.isAtWordBoundary, let number = RomanNumeral.value(of: numeral), number < 1000 else { return nil }
        // "George C. Scott", "John V. Smith": initials.
        if "LCD".contains(numeral) || (numeral.count == 1 && Self.givenNames.contains(name)) { return nil }
        if let next = cursor.current, ".'".unicodeScalars.contains(next), cursor.peek(1)?.isWordCharacter ?? false {
            var rest = cursor
            guard rest.take("'s"), rest.isAtWordBoundary else { return nil }
        }
        if numeral == "I", !Self.neverBeforePronouns.contains(name), isPronoun(after: cursor) { return nil }
        return (name, number)
    }

    /// Popes whose names many others have.
    private static let givenNames: Set<String> = ["John", "Paul"]

    /// "World War I began": "I" behind these is a number, whatever follows.
    private static let neverBeforePronouns: Set<String> = [
        "World War", "Type", "Super Bowl", "Apollo", "Phase", "Stage",
    ]

    /// "the part I like", "Peter I think so": a small word that is not said of a king or a chapter follows.
    private func isPronoun(after cursor: TextCursor) -> Bool {
        guard cursor.current == " ", let next = cursor.peek(1), ("a"..."z").contains(next) else { return false }
        var rest = cursor
        rest.index += 1
        let followers = ["of", "was", "is", "and", "or", "in", "to", "at", "by", "from", "ruled", "reigned", "died"]
        return rest.take(firstOf: followers, where: \.isAtWordBoundary) == nil
    }
}

/// Numbers in Roman letters.
enum RomanNumeral {
    private static let values: [Character: Int] = [
        "I": 1, "V": 5, "X": 10, "L": 50, "C": 100, "D": 500, "M": 1000,
    ]

    /// The number, if the letters are its one proper spelling ("IV", not "IIII").
    static func value(of numeral: String) -> Int? {
        var total = 0
        var following = 0
        for letter in numeral.reversed() {
            guard let value = values[letter] else { return nil }
            total += value < following ? -value : value
            following = value
        }
        return total > 0 && spelling(of: total) == numeral ? total : nil
    }

    private static func spelling(of number: Int) -> String {
        let steps: [(Int, String)] = [
            (1000, "M"), (900, "CM"), (500, "D"), (400, "CD"), (100, "C"), (90, "XC"), (50, "L"), (40, "XL"),
            (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"),
        ]
        var rest = number
        var text = ""
        for (value, letters) in steps {
            while rest >= value {
                text += letters
                rest -= value
            }
        }
        return text
    }
}
