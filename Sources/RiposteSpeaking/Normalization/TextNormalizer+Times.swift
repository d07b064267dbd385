/// Times of day and dates.
extension TextNormalizer {
    /// "7:30 pm" → "seven thirty P.M.", "10:00" → "ten o'clock", "1:02:03" → "one oh two and three seconds".
    func time(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, let hour = cursor.takeDigits(1...2), cursor.take(":") else { return nil }
        guard let minute = cursor.takeTwoDigits(), minute < 60, let hour = Int(hour), hour <= 24 else { return nil }
        var second: Int?
        var withSeconds = cursor
        if withSeconds.take(":"), let value = withSeconds.takeTwoDigits(), !(withSeconds.current?.isASCIIDigit ?? false)
        {
            guard value < 60 else { return nil }
            second = value
            cursor = withSeconds
        }
        let half = halfOfDay(&cursor)
        if cursor.current?.isASCIIDigit ?? false { return nil }
        var words = NumberWords.cardinal(hour)
        switch minute {
        case 0: words += half == nil && second == nil ? " o'clock" : ""
        case 1...9: words += " oh " + NumberWords.cardinal(minute)
        default: words += " " + NumberWords.cardinal(minute)
        }
        if let second { words += " and " + NumberWords.cardinal(second) + (second == 1 ? " second" : " seconds") }
        // With dots, so that the letters are spelled.
        if let half { words += " \(half).M" + (cursor.current == "." ? "" : ".") }
        return words + span(&cursor)
    }

    /// "9am-5pm": the first of two hours → "9 A.M. to ".
    func hourOfSpan(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, let hour = cursor.takeDigits(1...2), let half = halfOfDay(&cursor) else {
            return nil
        }
        let span = span(&cursor)
        return span.isEmpty ? nil : "\(hour) \(half).M.\(span)"
    }

    /// The dash between two times, or two temperatures, is said "to".
    func span(_ cursor: inout TextCursor) -> String {
        var attempt = cursor
        attempt.takeSpace()
        guard attempt.take(oneOf: "-–") != nil else { return "" }
        attempt.takeSpace()
        guard attempt.current?.isASCIIDigit ?? false else { return "" }
        cursor = attempt
        return " to "
    }

    /// "Mon-Fri" → "Monday to Friday".
    func daysOfWeek(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, let first = weekday(&cursor) else { return nil }
        cursor.takeSpace()
        guard cursor.take(oneOf: "-–") != nil else { return nil }
        cursor.takeSpace()
        return weekday(&cursor).map { "\(first) to \($0)" }
    }

    private func weekday(_ cursor: inout TextCursor) -> String? {
        let names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
        guard let name = cursor.take(firstOf: names, where: \.isAtWordBoundary) else { return nil }
        return tables.abbreviations[name + "."]
    }

    /// "am", "P.M.", "p.m" after a time: "A" or "P".
    private func halfOfDay(_ cursor: inout TextCursor) -> String? {
        var attempt = cursor
        attempt.takeSpace()
        guard let half = attempt.take(oneOf: "AaPp") else { return nil }
        _ = attempt.take(".")
        guard attempt.take(oneOf: "Mm") != nil else { return nil }
        var withDot = attempt
        if withDot.take("."), !(withDot.current?.isASCIILetter ?? false) { attempt = withDot }
        guard !(attempt.current?.isASCIILetter ?? false) else { return nil }
        cursor = attempt
        return String(half).uppercased()
    }

    /// "2024-03-01" → "March first, 2024".
    func isoDate(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, let year = cursor.takeDigits(4...4), cursor.take("-"),
            let month = cursor.takeDigits(2...2), cursor.take("-"), let day = cursor.takeDigits(2...2),
            cursor.isAtWordBoundary
        else { return nil }
        return date(year: year, month: Int(month), day: Int(day))
    }

    /// "3/4/2021" → "March fourth, 2021": the month first, unless there is no such month.
    func numericDate(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, let first = cursor.takeDigits(1...2).flatMap({ Int($0) }), cursor.take("/"),
            let second = cursor.takeDigits(1...2).flatMap({ Int($0) }), cursor.take("/"),
            let year = cursor.takeDigits(2...4), year.count != 3, cursor.isAtWordBoundary
        else { return nil }
        // Two figures: up to 30 is this century.
        let fullYear = year.count == 2 ? ((Int(year) ?? 0) > 30 ? "19" : "20") + year : year
        return first <= 12
            ? date(year: fullYear, month: first, day: second) : date(year: fullYear, month: second, day: first)
    }

    /// "Jan. 5th, 2020" → "January fifth, 2020", "May 5–7" → "May fifth to seventh".
    func monthAndDay(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, cursor.current?.isASCIILetter ?? false,
            let month = cursor.take(firstOf: tables.monthNames, where: { $0.current == "." || $0.current == " " })
        else { return nil }
        _ = cursor.take(".")
        guard cursor.take(" "), let digits = cursor.takeDigits(1...2), let day = Int(digits) else { return nil }
        _ = cursor.take(firstOf: Self.ordinalEndings)
        guard (1...31).contains(day), cursor.isAtWordBoundary else { return nil }
        if let next = cursor.current, next == ":" || next == "%" { return nil }
        let last = lastDay(&cursor, after: day).map { " to \(NumberWords.ordinal($0))" } ?? spanOfMonths(&cursor)
        let spoken = "\(tables.month(named: month)) \(NumberWords.ordinal(day))\(last)"
        var withYear = cursor
        _ = withYear.take(",")
        if withYear.take(" "), let year = withYear.takeDigits(4...4), withYear.isAtWordBoundary {
            let comma = cursor.current == "," ? "," : ""
            cursor = withYear
            return "\(spoken)\(comma) \(year)"
        }
        return spoken
    }

    private static let ordinalEndings = ["st", "nd", "rd", "th"]

    /// The 7 of "5–7"; no hour, as in "May 5 – 7 pm", and nothing longer.
    private func lastDay(_ cursor: inout TextCursor, after day: Int) -> Int? {
        var attempt = cursor
        attempt.takeSpace()
        guard attempt.take(oneOf: "-–") != nil else { return nil }
        attempt.takeSpace()
        guard let last = attempt.takeDigits(1...2).flatMap({ Int($0) }), last > day, last <= 31 else { return nil }
        _ = attempt.take(firstOf: Self.ordinalEndings)
        guard attempt.isAtWordBoundary, endsPair(attempt, also: "-–:/%") else { return nil }
        var rest = attempt
        if halfOfDay(&rest) != nil { return nil }
        cursor = attempt
        return last
    }

    /// The dash of "May 5 – June 7".
    private func spanOfMonths(_ cursor: inout TextCursor) -> String {
        var attempt = cursor
        attempt.takeSpace()
        guard attempt.take(oneOf: "-–") != nil else { return "" }
        attempt.takeSpace()
        var rest = attempt
        guard rest.take(firstOf: tables.monthNames, where: { $0.current == "." || $0.current == " " }) != nil else {
            return ""
        }
        _ = rest.take(".")
        guard rest.take(" "), rest.current?.isASCIIDigit ?? false else { return "" }
        cursor = attempt
        return " to "
    }

    /// "5 March", "the 5 of March" → "the fifth of March", "5–7 May" → "the fifth to the seventh of May".
    func dayAndMonth(_ cursor: inout TextCursor) -> String? {
        guard cursor.isAtWordBoundary, cursor.previous != "-", cursor.previous != "–" else { return nil }
        let article = cursor.take(firstOf: ["the ", "The "]) ?? "the "
        guard let digits = cursor.takeDigits(1...2), let day = Int(digits), (1...31).contains(day) else { return nil }
        var withLast = cursor
        _ = withLast.take(firstOf: Self.ordinalEndings)
        let last = lastDay(&withLast, after: day)
        if last != nil { cursor = withLast }
        guard cursor.take(" ") else { return nil }
        _ = cursor.take("of ")
        guard let month = cursor.take(firstOf: tables.monthNames, where: \.isAtWordBoundary) else { return nil }
        // The dot of "5 Mar." belongs to the abbreviation, that of "on 5 March." to the sentence.
        if tables.month(named: month) != month { _ = cursor.take(".") }
        let days = NumberWords.ordinal(day) + (last.map { " to the \(NumberWords.ordinal($0))" } ?? "")
        return "\(article)\(days) of \(tables.month(named: month))"
    }

    private func date(year: String, month: Int?, day: Int?) -> String? {
        guard let month, let day, (1...31).contains(day), let name = tables.month(number: month) else { return nil }
        return "\(name) \(NumberWords.ordinal(day)), \(year)"
    }
}

extension TextCursor {
    fileprivate mutating func takeTwoDigits() -> Int? {
        guard let tens = current, tens.isASCIIDigit, let ones = peek(1), ones.isASCIIDigit else { return nil }
        index += 2
        return Int(tens.value - 48) * 10 + Int(ones.value - 48)
    }
}
