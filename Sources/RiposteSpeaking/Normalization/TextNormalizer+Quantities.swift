/// Measures: degrees, units, durations and rates.
extension TextNormalizer {
    /// "-5°C" → "-5 degrees Celsius", "5°–10°C" → "5 degrees to 10 degrees Celsius".
    func degrees(_ cursor: inout TextCursor) -> String? {
        guard let number = signedNumber(&cursor) else { return nil }
        let upper = upperNumber(&cursor)
        cursor.takeSpace()
        guard cursor.take("°") else { return nil }
        let isOne = upper == nil && ["1", "1.0", "-1"].contains(number)
        let degrees = quantity(number, to: upper) + (isOne ? " degree" : " degrees")
        var withScale = cursor
        withScale.takeSpace()
        if let scale = withScale.take(oneOf: "CF"), !(withScale.current?.isWordCharacter ?? false) {
            cursor = withScale
            return degrees + (scale == "C" ? " Celsius" : " Fahrenheit") + span(&cursor)
        }
        if cursor.current?.isWordCharacter ?? false { return nil }
        return degrees + span(&cursor)
    }

    /// "12.5 km" → "12.5 kilometers", "1 lb" → "1 pound", "20 m²" → "20 square meters", "2-3 kg" → "2 to 3 kilograms".
    func measure(_ cursor: inout TextCursor) -> String? {
        guard let number = signedNumber(&cursor) else { return nil }
        let upper = upperNumber(&cursor)
        cursor.takeSpace()
        guard let unit = takeUnit(&cursor) else { return nil }
        return "\(quantity(number, to: upper)) " + (upper == nil ? unit.form(for: number) : unit.many)
    }

    func takeUnit(_ cursor: inout TextCursor) -> ReadingTables.Plural? {
        func endsUnit(_ end: TextCursor) -> Bool {
            var end = end
            _ = end.take(oneOf: "²³")
            return !(end.current?.isWordCharacter ?? false)
        }
        guard let name = cursor.take(firstOf: tables.unitNames, where: endsUnit), let unit = tables.units[name] else {
            return nil
        }
        guard let power = cursor.take(oneOf: "²³").map({ $0 == "²" ? "square" : "cubic" }) else { return unit }
        return ReadingTables.Plural(one: "\(power) \(unit.one)", many: "\(power) \(unit.many)")
    }

    private func signedNumber(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber else { return nil }
        let sign = cursor.take("-") ? "-" : ""
        return cursor.takeNumber().map { sign + $0 }
    }

    /// The 10 of "5-10".
    private func upperNumber(_ cursor: inout TextCursor) -> String? {
        var attempt = cursor
        let isSpaced = attempt.take(" ")
        guard attempt.take(oneOf: "-–") != nil, attempt.take(" ") == isSpaced, let number = attempt.takeNumber() else {
            return nil
        }
        cursor = attempt
        return number
    }

    /// Figures of something that is counted: "3025" → "3,025", so that it is no year, "1.20" → "1.2". "1500" may be
    /// fifteen hundred.
    func quantity(_ number: String) -> String {
        let sign = number.hasPrefix("-") ? "-" : ""
        let parts = number.dropFirst(sign.count).split(separator: ".", omittingEmptySubsequences: false)
        var whole = String(parts[0].drop { $0 == "0" })
        if whole.isEmpty { whole = "0" }
        var decimals = parts.count > 1 ? parts[1] : ""
        while decimals.last == "0" { decimals.removeLast() }
        if whole.count == 4, decimals.isEmpty, !whole.hasSuffix("00") {
            whole = "\(whole.prefix(1)),\(whole.dropFirst())"
        }
        return sign + whole + (decimals.isEmpty ? "" : ".\(decimals)")
    }

    private func quantity(_ low: String, to high: String?) -> String {
        quantity(low) + (high.map { " to \(quantity($0))" } ?? "")
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
}
