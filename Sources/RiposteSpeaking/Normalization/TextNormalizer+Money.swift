/// Money: which currency, how much, from how much to how much.
extension TextNormalizer {
    private static let magnitudes = ["hundred", "thousand", "million", "billion", "trillion"]
    private static let letterMagnitudes = [
        "k": "thousand", "m": "million", "b": "billion", "mn": "million", "bn": "billion", "tn": "trillion",
    ]
    private static let dollars = [
        "US$": "U.S.", "A$": "Australian", "AU$": "Australian", "C$": "Canadian", "CA$": "Canadian",
        "NZ$": "New Zealand", "HK$": "Hong Kong",
    ]
    private static let dollarSigns = Array(dollars.keys)
    private static let signs = ["$", "£", "€"]
    /// Currencies that the pronunciation says with their cents, if their sign is in front.
    private static let signsOfNames = ["USD": "$", "EUR": "€", "GBP": "£", "$": "$", "€": "€", "£": "£"]

    /// "-$5" → "minus $5".
    func negativeMoney(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, previous.isWordCharacter || "-–.".unicodeScalars.contains(previous) {
            return nil
        }
        guard cursor.take("-"), beginsMoney(cursor) else { return nil }
        return "minus "
    }

    /// The first of two sums: "$5–$10" → "$5 to $10".
    func moneySpan(_ cursor: inout TextCursor) -> String? {
        let start = cursor.index
        guard takeSign(&cursor) != nil, cursor.takeNumber() != nil else { return nil }
        _ = magnitude(&cursor)
        let first = String(cursor.scalars[start..<cursor.index])
        cursor.takeSpace()
        guard cursor.take(oneOf: "-–") != nil else { return nil }
        cursor.takeSpace()
        return beginsMoney(cursor) ? first + " to " : nil
    }

    private func beginsMoney(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        return takeSign(&rest) != nil && rest.current?.isASCIIDigit ?? false
    }

    private func takeSign(_ cursor: inout TextCursor) -> String? {
        cursor.take(firstOf: Self.signs) ?? cursor.take(firstOf: Self.dollarSigns)
    }

    /// "US$20" → "20 U.S. dollars".
    func foreignDollars(_ cursor: inout TextCursor) -> String? {
        guard !(cursor.previous?.isWordCharacter ?? false),
            let sign = cursor.take(firstOf: Self.dollarSigns), let country = Self.dollars[sign],
            let number = cursor.takeNumber()
        else { return nil }
        if let magnitude = magnitude(&cursor) { return "\(quantity(number)) \(magnitude) \(country) dollars" }
        guard hasCents(number), let cents = Int(number.suffix(2)), cents > 0 else {
            return "\(quantity(number)) \(country) dollar" + (quantity(number) == "1" ? "" : "s")
        }
        let whole = quantity(String(number.dropLast(3)))
        return "\(whole) \(country) dollar\(whole == "1" ? "" : "s") and \(cents) cent\(cents == 1 ? "" : "s")"
    }

    /// "$3.5M", "£2 billion" → "3.5 million dollars".
    func largeMoney(_ cursor: inout TextCursor) -> String? {
        guard let sign = cursor.take(oneOf: "$£€"), let number = cursor.takeNumber(),
            let magnitude = magnitude(&cursor), let currency = tables.currencies[String(sign)]
        else { return nil }
        return "\(quantity(number)) \(magnitude) \(currency.many)"
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
        if let magnitude = magnitude(&cursor) { return "\(quantity(number)) \(magnitude) \(currency.many)" }
        if hasCents(number), let sign = Self.signsOfNames[name] { return sign + number }
        return "\(quantity(number)) \(currency.form(for: number))"
    }

    /// "20 €" → "20 euros", "5.50 €" → "€5.50".
    func trailingCurrency(_ cursor: inout TextCursor) -> String? {
        guard cursor.mayStartNumber, !"$£€".unicodeScalars.contains(cursor.previous ?? " ") else { return nil }
        let followsDash = cursor.previous == "-" || cursor.previous == "–"
        guard let number = cursor.takeNumber() else { return nil }
        cursor.takeSpace()
        guard let name = cursor.take(firstOf: Self.signs), !(cursor.current?.isWordCharacter ?? false),
            let currency = tables.currencies[name]
        else { return nil }
        if hasCents(number), !followsDash, let sign = Self.signsOfNames[name] { return sign + number }
        return "\(quantity(number)) \(currency.form(for: number))"
    }

    /// "5.50", but not "5.5".
    private func hasCents(_ number: String) -> Bool { number.dropLast(2).last == "." }

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
}
