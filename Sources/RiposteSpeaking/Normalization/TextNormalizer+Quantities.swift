/// Money, measures and pairs of figures.
extension TextNormalizer {
    private static let magnitudes = ["hundred", "thousand", "million", "billion", "trillion"]
    private static let letterMagnitudes = [
        "k": "thousand", "m": "million", "b": "billion", "mn": "million", "bn": "billion", "tn": "trillion",
    ]

    /// "$3.5M", "£2 billion" → "3.5 million dollars".
    func largeMoney(_ cursor: inout TextCursor) -> String? {
        guard let sign = cursor.take(oneOf: "$£€"), let number = cursor.takeNumber(),
            let magnitude = magnitude(&cursor), let currency = tables.currencies[String(sign)]
        else { return nil }
        return "\(number) \(magnitude) \(currency.many)"
    }

    /// "50¢" → "50 cents".
    func cents(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber, let number = cursor.takeNumber() else { return nil }
        cursor.takeSpace()
        guard cursor.take("¢"), let currency = tables.currencies["¢"] else { return nil }
        return "\(number) \(currency.form(for: number))"
    }

    /// "¥500", "USD 20" → "500 yen".
    func namedCurrency(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, previous.isWordCharacter { return nil }
        guard let name = cursor.take(firstOf: ["¥", "₹", "₩", "Rs", "USD", "EUR", "GBP"]),
            let currency = tables.currencies[name]
        else { return nil }
        if name == "Rs" { _ = cursor.take(".") }
        cursor.takeSpace()
        guard let number = cursor.takeNumber() else { return nil }
        if let magnitude = magnitude(&cursor) { return "\(number) \(magnitude) \(currency.many)" }
        return "\(number) \(currency.form(for: number))"
    }

    private func magnitude(_ cursor: inout TextCursor) -> String? {
        var attempt = cursor
        attempt.takeSpace()
        if let word = attempt.take(firstOf: Self.magnitudes) {
            cursor = attempt
            return word
        }
        let letters = attempt.take(
            firstOf: ["bn", "mn", "tn", "k", "K", "m", "M", "b", "B"], where: \.isAtWordBoundary)
        guard let letters else { return nil }
        cursor = attempt
        return Self.letterMagnitudes[letters.lowercased()]
    }

    /// "-5°C" → "-5 degrees Celsius".
    func degrees(_ cursor: inout TextCursor) -> String? {
        guard let number = signedNumber(&cursor) else { return nil }
        cursor.takeSpace()
        guard cursor.take("°") else { return nil }
        let degrees = number + (["1", "1.0", "-1"].contains(number) ? " degree" : " degrees")
        var withScale = cursor
        withScale.takeSpace()
        if let scale = withScale.take(oneOf: "CF"), !(withScale.current?.isWordCharacter ?? false) {
            cursor = withScale
            return degrees + (scale == "C" ? " Celsius" : " Fahrenheit")
        }
        if cursor.current?.isWordCharacter ?? false { return nil }
        return degrees
    }

    /// "12.5 km" → "12.5 kilometers", "1 lb" → "1 pound", "20 m²" → "20 square meters".
    func measure(_ cursor: inout TextCursor) -> String? {
        guard let number = signedNumber(&cursor) else { return nil }
        cursor.takeSpace()
        func endsUnit(_ end: TextCursor) -> Bool {
            var end = end
            _ = end.take(oneOf: "²³")
            return !(end.current?.isWordCharacter ?? false)
        }
        guard let unit = cursor.take(firstOf: tables.unitNames, where: endsUnit), let words = tables.units[unit] else {
            return nil
        }
        let power = cursor.take(oneOf: "²³").map { $0 == "²" ? "square " : "cubic " } ?? ""
        return "\(number) \(power)\(words.form(for: number))"
    }

    /// "1h 30m" → "1 hour 30 minutes".
    func duration(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber, let hours = cursor.takeDigits(1...3), cursor.take("h"),
            !(cursor.current?.isASCIILetter ?? false)
        else { return nil }
        let words = hours + (hours == "1" ? " hour" : " hours")
        var rest = cursor
        rest.takeSpace()
        guard let minutes = rest.takeDigits(1...2) else { return words }
        _ = rest.take(firstOf: ["min", "m"])
        guard rest.isAtWordBoundary else { return words }
        cursor = rest
        return words + " " + minutes + (minutes == "1" ? " minute" : " minutes")
    }

    /// `5'10"` → "5 feet 10 inches", `27"` → "27 inches".
    func feetAndInches(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber, let number = cursor.takeNumber() else { return nil }
        func ends(_ cursor: TextCursor) -> Bool { !(cursor.current?.isWordCharacter ?? false) }
        if cursor.take(oneOf: "\"″”") != nil {
            // The end of a quotation: `He said "I have 5"`.
            let isQuoted = cursor.scalars[..<cursor.index].dropLast().contains { "\"“".unicodeScalars.contains($0) }
            if isQuoted || !ends(cursor) { return nil }
            return number + (number == "1" || isBeforeNoun(cursor) ? " inch" : " inches")
        }
        guard cursor.take(oneOf: "'′") != nil else { return nil }
        let feet = number + (number == "1" ? " foot" : " feet")
        var rest = cursor
        rest.takeSpace()
        guard let inches = rest.takeDigits(1...2), rest.take(oneOf: "\"″”") != nil, ends(rest) else { return nil }
        cursor = rest
        return "\(feet) \(inches)" + (inches == "1" ? " inch" : " inches")
    }

    /// "a 27-inch screen", but "27 inches wide".
    private func isBeforeNoun(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        guard rest.take(" "), let next = rest.current, next.isASCIILetter else { return false }
        let others = [
            "wide", "long", "tall", "high", "deep", "of", "and", "or", "in", "by", "from", "is", "was", "thick",
        ]
        return rest.take(firstOf: others, where: \.isAtWordBoundary) == nil
    }

    private static let rates = [
        "second": "second", "sec": "second", "s": "second", "minute": "minute", "min": "minute", "hour": "hour",
        "hr": "hour", "h": "hour", "day": "day", "night": "night", "week": "week", "wk": "week", "month": "month",
        "mo": "month", "year": "year", "yr": "year", "person": "person", "user": "user", "kg": "kilogram",
        "lb": "pound", "page": "page", "piece": "piece", "liter": "liter", "litre": "litre", "mile": "mile",
    ]

    /// "$5/month" → "$5 per month", "100 miles/hour".
    func rate(_ cursor: inout TextCursor) -> String? {
        guard cursor.previous?.isWordCharacter ?? false, cursor.take("/") else { return nil }
        let start = cursor.index
        while cursor.current?.isASCIILetter ?? false { cursor.index += 1 }
        guard let unit = Self.rates[String(cursor.scalars[start..<cursor.index])],
            !(cursor.current?.isWordCharacter ?? false), cursor.current != "/"
        else { return nil }
        // A figure must stand not far in front: "day/night" is no rate.
        let words = cursor.scalars[..<(start - 1)].split(separator: " ").suffix(2)
        return words.contains { $0.contains(where: \.isASCIIDigit) } ? " per \(unit)" : nil
    }

    /// "20 €" → "20 euros".
    func trailingCurrency(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber, !"$£€".unicodeScalars.contains(cursor.previous ?? " "),
            let number = cursor.takeNumber()
        else { return nil }
        cursor.takeSpace()
        guard let sign = cursor.take(oneOf: "$£€"), !(cursor.current?.isWordCharacter ?? false),
            let currency = tables.currencies[String(sign)]
        else { return nil }
        return "\(number) \(currency.form(for: number))"
    }

    private func signedNumber(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber else { return nil }
        let sign = cursor.take("-") ? "-" : ""
        return cursor.takeNumber().map { sign + $0 }
    }

    /// "3/4" → "3 quarters", "1/2" → "one half", "12/25" → "December twenty-fifth", "24/7" → "24 7",
    /// "50/50" → "50 50", "2 1/2" → "2 and a half".
    func fraction(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, previous.isWordCharacter || previous == "." || previous == "/" { return nil }
        let followsWhole = cursor.previous == " " && (cursor.peek(-2)?.isASCIIDigit ?? false)
        guard let above = cursor.takeDigits(1...2).flatMap({ Int($0) }), cursor.take("/"),
            let below = cursor.takeDigits(1...2).flatMap({ Int($0) }), endsPair(cursor, also: "/")
        else { return nil }
        if above == below || (above == 24 && below == 7) { return "\(above) \(below)" }
        if above > 0, above < below, below <= 10 {
            let names = ["half", "third", "quarter", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth"]
            let and = followsWhole ? "and " : ""
            if below == 2 { return followsWhole ? "and a half" : "one half" }
            return and + "\(above) \(names[below - 2])" + (above == 1 ? "" : "s")
        }
        if (1...31).contains(below), let month = tables.month(number: above) {
            return "\(month) \(NumberWords.ordinal(below))"
        }
        return "\(above) slash \(below)"
    }

    /// "10-20", "1990 – 1995", "10%-20%" → "10 to 20".
    func range(_ cursor: inout TextCursor) -> String? {
        guard mayStartPair(cursor), let low = cursor.takeDigits(1...4) else { return nil }
        let percent = cursor.take("%") ? "%" : ""
        cursor.takeSpace()
        guard cursor.take(oneOf: "-–") != nil else { return nil }
        cursor.takeSpace()
        guard let high = cursor.takeDigits(1...4), endsPair(cursor, also: percent.isEmpty ? "-%" : "-") else {
            return nil
        }
        return "\(low)\(percent) to \(high)"
    }

    /// "3:2" → "3 to 2". What can be a time has been read as one before.
    func ratio(_ cursor: inout TextCursor) -> String? {
        guard mayStartPair(cursor), cursor.previous != ":", let left = cursor.takeDigits(1...3), cursor.take(":"),
            let right = cursor.takeDigits(1...3), endsPair(cursor, also: ":")
        else { return nil }
        return "\(left) to \(right)"
    }

    /// "+5" → "plus 5".
    func plusSign(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, previous.isWordCharacter || previous == "+" { return nil }
        guard cursor.take("+"), cursor.current?.isASCIIDigit ?? false else { return nil }
        return "plus "
    }

    func mayStartPair(_ cursor: TextCursor) -> Bool { cursor.mayStartNumber && cursor.previous != "-" }

    /// Nothing that would make the figures part of something else follows. A full stop is allowed, a decimal is not.
    func endsPair(_ cursor: TextCursor, also forbidden: String) -> Bool {
        guard let next = cursor.current else { return true }
        if next == "." { return !(cursor.peek(1)?.isWordCharacter ?? false) }
        return !next.isWordCharacter && !forbidden.unicodeScalars.contains(next)
    }
}
