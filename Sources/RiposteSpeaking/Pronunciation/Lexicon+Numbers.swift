extension Lexicon {
    /// Figures as they stand in a text: "1,234.50", "-5", "21st", "1990s".
    struct Number: Equatable {
        var isNegative = false
        /// Figures, commas and dots.
        var figures: String
        /// "st", "s", "'s", "ing" …; empty if none.
        var ending: String
        /// Not a later part of a compound, as the 4 of "GPT-4" is.
        let isHead: Bool

        static let ordinalEndings: Set<String> = ["st", "nd", "rd", "th"]
        private static let endings = ["ing", "'d", "ed", "'s", "st", "nd", "rd", "th", "s"]

        /// nil if the word is no number.
        init?(_ word: String, isHead: Bool) {
            ending = Self.endings.first(where: word.hasSuffix) ?? ""
            figures = String(word.dropLast(ending.count))
            self.isHead = isHead
            if isHead, figures.hasPrefix("-") {
                isNegative = true
                figures.removeFirst()
            }
            guard figures.utf8.contains(where: { (48...57).contains($0) }),
                figures.unicodeScalars.allSatisfy({ $0.isASCIIDigit || $0 == "," || $0 == "." })
            else { return nil }
        }

        var isInteger: Bool { figures.isAllDigits }
        var isOrdinal: Bool { Self.ordinalEndings.contains(ending) }
        var withoutCommas: String { figures.replacing(",", with: "") }
    }

    /// How a number is said: as ordinal, year, amount of money, digit by digit or as a quantity.
    func number(_ number: Number, currency: String?) -> String? {
        var words: [String]
        let money = currency.flatMap { Self.currencies[$0] }
        if number.isInteger, number.figures.utf8.count > 1, number.figures.hasPrefix("0"), number.ending.isEmpty,
            money == nil
        {
            // A code: its zeros count.
            words = Self.words(NumberWords.spelled(number.figures))
        } else if number.isInteger, number.isOrdinal {
            words = Self.words(NumberWords.ordinal(number.figures))
        } else if number.isInteger, !number.isNegative, number.figures.utf8.count == 4, money == nil,
            let year = Int(number.figures)
        {
            words = Self.words(NumberWords.year(year))
        } else if !number.isHead, !number.figures.contains(".") {
            words = code(number.withoutCommas)
        } else if !number.isHead || number.figures.count(where: { $0 == "." }) > 1 {
            words = version(number.withoutCommas)
        } else if let money, isAmount(number.figures) {
            return amount(number, money)
        } else {
            words = Self.words(quantity(number))
        }
        if number.isNegative { words.insert("minus", at: 0) }
        return spoken(words, ending: number.ending)
    }

    /// The dots between figures and the O of "404".
    private static let unstressed: Set<String> = ["point", "dot", "O"]

    private func spoken(_ words: [String], ending: String) -> String? {
        let phonemes = words.compactMap { lookUp($0, Reading(stress: Self.unstressed.contains($0) ? .remove : nil)) }
        guard !phonemes.isEmpty else { return nil }
        let joined = phonemes.joined(separator: " ")
        switch ending {
        case "s", "'s": return withPluralEnding(joined)
        case "ed", "'d": return withPastEnding(joined)
        case "ing": return withParticipleEnding(joined)
        default: return joined
        }
    }

    private func quantity(_ number: Number) -> String {
        let figures = number.withoutCommas
        if !figures.contains(".") {
            return number.isOrdinal ? NumberWords.ordinal(figures) : NumberWords.cardinal(figures)
        }
        return figures.hasPrefix(".")
            ? "point " + NumberWords.spelled(figures.dropFirst()) : NumberWords.decimal(figures)
    }

    /// The number of a thing with a number: "747" is "seven forty-seven", "007" goes digit by digit.
    private func code(_ figures: String) -> [String] {
        if figures.hasPrefix("0") || figures.utf8.count > 3 { return Self.words(NumberWords.spelled(figures)) }
        guard figures.utf8.count == 3, !figures.hasSuffix("00") else {
            return Self.words(NumberWords.cardinal(figures))
        }
        let tail = figures.dropFirst()
        let first = Self.words(NumberWords.cardinal(figures.prefix(1)))
        if tail.hasPrefix("0") { return first + ["O"] + Self.words(NumberWords.cardinal(tail.suffix(1))) }
        return first + Self.words(NumberWords.cardinal(tail))
    }

    /// Figures with several dots, such as a version ("two point zero point one") or a network address ("dot").
    private func version(_ figures: String) -> [String] {
        let groups = figures.split(separator: ".")
        let dot = groups.count == 4 ? "dot" : "point"
        let words = groups.map { group in
            let isRound = !group.dropFirst().contains { $0 != "0" }
            let isSpelled = group.hasPrefix("0") || (group.utf8.count != 2 && !isRound)
            return Self.words(isSpelled ? NumberWords.spelled(group) : NumberWords.cardinal(group))
        }
        return Array(words.joined(separator: [dot]))
    }

    /// At most two decimals.
    private func isAmount(_ figures: String) -> Bool {
        let parts = figures.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 1 || parts.count == 2 && parts[1].utf8.count < 3
    }

    /// "nine dollars and ninety nine cents".
    private func amount(_ number: Number, _ unit: (whole: String, part: String)) -> String? {
        let parts = number.withoutCommas.split(separator: ".", omittingEmptySubsequences: false)
        var amounts = zip(parts, [unit.whole, unit.part]).map { (figures: $0, unit: $1) }
        func isZero(_ figures: Substring) -> Bool { !figures.contains { $0 != "0" } }
        if amounts.count > 1 {
            if isZero(amounts[1].figures) {
                amounts.removeLast()
            } else if isZero(amounts[0].figures) {
                amounts.removeFirst()
            }
        }
        var phonemes: [String?] = number.isNegative ? [lookUp("minus", .plain)] : []
        for (index, amount) in amounts.enumerated() {
            if index > 0 { phonemes.append(lookUp("and", .plain)) }
            phonemes += Self.words(NumberWords.cardinal(amount.figures)).map { lookUp($0, .plain) }
            let isOne = Int(amount.figures) == 1
            let name = amount.unit
            phonemes.append(isOne || name == "pence" ? lookUp(name, .plain) : plural(of: name + "s"))
        }
        let joined = phonemes.compactMap { $0 }.joined(separator: " ")
        return joined.isEmpty ? nil : joined
    }

    /// The words without the "and" of "one hundred and one": Americans leave it out.
    private static func words(_ text: String) -> [String] {
        text.split { !$0.isLetter }.map(String.init).filter { $0 != "and" }
    }
}
