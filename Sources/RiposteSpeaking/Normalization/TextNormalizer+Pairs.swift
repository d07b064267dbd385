/// Pairs of figures: fractions, ranges, ratios and arithmetic.
extension TextNormalizer {
    // MARK: Arithmetic

    /// The sign of "10 − 4", "5 x 3", "3 x 5 cm" and "100 / 4"; that of "10 - 4 = 6" and "6/2 = 3" because a result follows.
    func operation(_ cursor: inout TextCursor) -> String? {
        guard cursor.previous?.isASCIIDigit ?? false else { return nil }
        let start = cursor.index
        guard let sign = takeOperator(&cursor) else { return nil }
        let isSpaced = cursor.previous == " "
        var end = cursor
        guard let right = takeOperand(&end) else { return nil }
        let digits = cursor.scalars[..<start].reversed().prefix(while: \.isASCIIDigit)
        let left = Double(String(digits.reversed())) ?? 0
        var next = end
        var count = 0
        // "10 - 4 - 3 = 3"; not to the end of any text.
        while count < 8, takeOperator(&next) != nil, takeOperand(&next) != nil {
            end = next
            count += 1
        }
        // "8 - 3 is 5", but "1990 - 1995 is 5 years".
        let isSum = hasResult(end) || (isSpaced && left > right && isEqual(end))
        switch sign {
        case "−": return " minus "
        case "-", "–": return isSum ? " minus " : nil
        case "x":
            guard isSpaced || isSum else { return nil }
            return !isSum && measures(end) ? " by " : " times "
        case "/": return isSpaced || (isSum && !Self.isFraction(left, right)) ? " divided by " : nil
        default: return nil
        }
    }

    /// A sign between two figures, with a space on both sides or on neither.
    private func takeOperator(_ cursor: inout TextCursor) -> Unicode.Scalar? {
        var attempt = cursor
        let isSpaced = attempt.take(" ")
        guard let sign = attempt.take(oneOf: "-–−+x×*/÷"), attempt.take(" ") == isSpaced else { return nil }
        cursor = attempt
        return sign
    }

    private func takeOperand(_ cursor: inout TextCursor) -> Double? {
        _ = cursor.take(oneOf: "$£€")
        guard let number = cursor.takeNumber(), !(cursor.current?.isWordCharacter ?? false) else { return nil }
        return Double(number.replacing(",", with: ""))
    }

    private func hasResult(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        rest.takeSpace()
        return rest.take("=") || rest.take("equals ")
    }

    /// "3 x 5 inches": an area.
    private func measures(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        rest.takeSpace()
        return takeUnit(&rest) != nil || rest.take(firstOf: tables.unitWords, where: \.isAtWordBoundary) != nil
    }

    private func isEqual(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        return rest.take(" is ") && rest.current?.isASCIIDigit ?? false
    }

    // MARK: Fractions

    /// "3/4" → "3 quarters", "1/2" → "one half", "3/16 of" → "3 sixteenths of", "12/25" → "December twenty-fifth",
    /// "24/7" → "24 7", "50/50" → "50 50", "2 1/2" → "2 and a half".
    func fraction(_ cursor: inout TextCursor) -> String? {
        if let previous = cursor.previous, previous.isWordCharacter || previous == "." || previous == "/" { return nil }
        let followsWhole = cursor.previous == " " && (cursor.peek(-2)?.isASCIIDigit ?? false)
        let isDated = ["on ", "by ", "from ", "since ", "until ", "before ", "after "].contains { cursor.follows($0) }
        guard let above = cursor.takeDigits(1...2).flatMap({ Int($0) }), cursor.take("/"),
            let below = cursor.takeDigits(1...4).flatMap({ Int($0) }), below <= 1000, endsPair(cursor, also: "/")
        else { return nil }
        if above == below || (above == 24 && below == 7) { return "\(above) \(below)" }
        let isFraction = Self.isFraction(Double(above), Double(below)) && !(isDated && below == 16)
        if isFraction || (above > 0 && above < below && (followsWhole || isMeasuredOut(cursor))) {
            if below == 2 { return followsWhole ? "and a half" : "one half" }
            return (followsWhole ? "and " : "") + "\(above) \(Self.part(below))" + (above == 1 ? "" : "s")
        }
        if (1...31).contains(below), let month = tables.month(number: above) {
            return "\(month) \(NumberWords.ordinal(below))"
        }
        return below < 100 ? "\(above) slash \(below)" : nil
    }

    /// Whether two figures are hardly a date: halves to tenths, hundredths, and what rulers and drills have.
    private static func isFraction(_ above: Double, _ below: Double) -> Bool {
        guard above > 0, above < below else { return false }
        if [16, 32, 64].contains(below) { return above.truncatingRemainder(dividingBy: 2) == 1 }
        return below <= 10 || below == 100 || below == 1000 || (above == 1 && below > 31)
    }

    private static func part(_ below: Int) -> String {
        switch below {
        case 4: "quarter"
        case 100: "hundredth"
        case 1000: "thousandth"
        default: NumberWords.ordinal(below)
        }
    }

    /// "of an inch", "inch": what is behind a fraction.
    private func isMeasuredOut(_ cursor: TextCursor) -> Bool {
        var rest = cursor
        guard rest.take(" ") || rest.take("-") else { return false }
        return rest.take(firstOf: ["of "] + tables.unitWords, where: { $0.previous == " " || $0.isAtWordBoundary })
            != nil
    }

    private static let fractionSigns: [Unicode.Scalar: (alone: String, afterWhole: String)] = [
        "½": ("one half", "a half"), "¼": ("one quarter", "a quarter"), "¾": ("three quarters", "three quarters"),
        "⅓": ("one third", "a third"), "⅔": ("two thirds", "two thirds"), "⅛": ("one eighth", "an eighth"),
        "⅜": ("three eighths", "three eighths"), "⅝": ("five eighths", "five eighths"),
        "⅞": ("seven eighths", "seven eighths"),
    ]

    /// "½ cup" → "one half cup", "2½ kg" → "2 and a half kilograms".
    func fractionSign(_ cursor: inout TextCursor) -> String? {
        let followsWhole = cursor.previous?.isASCIIDigit ?? false
        if followsWhole { cursor.takeSpace() }
        guard let words = cursor.current.flatMap({ Self.fractionSigns[$0] }) else { return nil }
        cursor.index += 1
        let spoken = followsWhole ? " and \(words.afterWhole)" : " \(words.alone)"
        var rest = cursor
        rest.takeSpace()
        guard let unit = takeUnit(&rest) else { return spoken + " " }
        cursor = rest
        return "\(spoken) \(followsWhole ? unit.many : unit.one)"
    }

    // MARK: Ranges and ratios

    /// "10-20", "1990 – 1995", "10%-20%", "10-20%" → "10 to 20".
    func range(_ cursor: inout TextCursor) -> String? {
        guard mayStartPair(cursor), let low = cursor.takeDigits(1...4) else { return nil }
        let percent = cursor.take("%") ? "%" : ""
        cursor.takeSpace()
        guard cursor.take(oneOf: "-–") != nil else { return nil }
        cursor.takeSpace()
        guard let high = cursor.takeDigits(1...4), endsPair(cursor, also: "-") else { return nil }
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
