/// Finds days: "today", "the day after tomorrow", "next Friday", "in three weeks", "ten days ago", "July 4th",
/// "the fourth of July 1976", "Christmas".
public struct DayExtractor: EntityExtractor {
    private let numbers = NumberExtractor()
    private let ordinals = OrdinalExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<DayReference>? {
        for (words, days) in Self.fixed where utterance.has(words, at: index) {
            return Entity(.offset(days: days), index..<index + words.count)
        }
        let start = utterance.word(index) == "the" || utterance.word(index) == "on" ? index + 1 : index
        let found =
            weekday(utterance, start) ?? holiday(utterance, start) ?? monthDay(utterance, start)
            ?? distance(utterance, index)
        return found.map { Entity($0.value, index..<$0.range.upperBound) }
    }

    private static let fixedNames: KeyValuePairs<String, Int> = [
        "the day after tomorrow": 2, "day after tomorrow": 2, "the day before yesterday": -2,
        "day before yesterday": -2, "today": 0, "tomorrow": 1, "tomorow": 1, "yesterday": -1, "tonight": 0,
        "this time next week": 7, "next week": 7, "a week from today": 7, "a week from now": 7,
        "a week from tomorrow": 8, "this time tomorrow": 1, "last week": -7,
    ]

    private static let fixed: [(words: [String], days: Int)] = fixedNames.map { name, value in
        (name.split(separator: " ").map(String.init), value)
    }

    // "Friday", "next Friday", "Friday next week", "last Friday".
    private func weekday(_ utterance: Utterance, _ index: Int) -> Entity<DayReference>? {
        var start = index
        var weeks = 0
        switch utterance.word(index) {
        case "this", "coming": start += 1
        case "next": (start, weeks) = (index + 1, 1)
        case "last": (start, weeks) = (index + 1, -1)
        default: break
        }
        guard let day = utterance.word(start).flatMap(Self.weekday) else { return nil }
        return Entity(.weekday(day, weeks: weeks), index..<start + 1)
    }

    private func holiday(_ utterance: Utterance, _ index: Int) -> Entity<DayReference>? {
        let start = utterance.word(index) == "next" || utterance.word(index) == "this" ? index + 1 : index
        for (words, holiday) in Self.holidays where utterance.has(words, at: start) {
            let year = year(utterance, start + words.count)
            return Entity(.holiday(holiday, year: year?.value), index..<(year?.range.upperBound ?? start + words.count))
        }
        return nil
    }

    // "July 4th", "July the fourth", "4th of July", "4 July", with a year or without.
    private func monthDay(_ utterance: Utterance, _ index: Int) -> Entity<DayReference>? {
        let month: Int
        let day: Entity<Int>
        let end: Int
        if let named = utterance.word(index).flatMap(Self.month) {
            let start = utterance.word(index + 1) == "the" ? index + 2 : index + 1
            guard let found = dayNumber(utterance, start) else { return nil }
            (month, day, end) = (named, found, found.range.upperBound)
        } else if let found = dayNumber(utterance, index) {
            let next = found.range.upperBound
            let name = utterance.word(next) == "of" ? next + 1 : next
            guard let named = utterance.word(name).flatMap(Self.month) else { return nil }
            (month, day, end) = (named, found, name + 1)
        } else {
            return nil
        }
        let year = year(utterance, end)
        return Entity(.date(month: month, day: day.value, year: year?.value), index..<(year?.range.upperBound ?? end))
    }

    private func dayNumber(_ utterance: Utterance, _ index: Int) -> Entity<Int>? {
        if let ordinal = ordinals.extract(from: utterance, at: index) {
            return (1...31).contains(ordinal.value) ? ordinal : nil
        }
        guard let number = numbers.extract(from: utterance, at: index), let day = Int(exactly: number.value),
            (1...31).contains(day)
        else { return nil }
        return Entity(day, number.range)
    }

    // "2025", "twenty twenty five", "nineteen eighty four".
    private func year(_ utterance: Utterance, _ index: Int) -> Entity<Int>? {
        let start = utterance.word(index) == "in" || utterance.word(index) == "of" ? index + 1 : index
        guard let number = numbers.extract(from: utterance, at: start), let value = Int(exactly: number.value) else {
            return nil
        }
        if (1000...9999).contains(value) { return Entity(value, index..<number.range.upperBound) }
        guard value == 19 || value == 20,
            let rest = numbers.extract(from: utterance, at: number.range.upperBound),
            let low = Int(exactly: rest.value),
            (10...99).contains(low)
        else { return nil }
        return Entity(value * 100 + low, index..<rest.range.upperBound)
    }

    // "in three days", "two weeks from now", "ten days ago".
    private func distance(_ utterance: Utterance, _ index: Int) -> Entity<DayReference>? {
        let start = utterance.word(index) == "in" ? index + 1 : index
        let count: Int
        let unit: Int
        if let number = numbers.extract(from: utterance, at: start), let whole = Int(exactly: number.value) {
            (count, unit) = (whole, number.range.upperBound)
        } else if let word = utterance.word(start), word == "a" || word == "an" {
            (count, unit) = (1, start + 1)
        } else {
            return nil
        }
        guard let name = utterance.word(unit), (0...100_000).contains(count) else { return nil }
        var sign = 1
        var end = unit + 1
        if utterance.word(end) == "ago" {
            (sign, end) = (-1, end + 1)
        } else if utterance.has(["from", "now"], at: end) || utterance.has(["from", "today"], at: end) {
            end += 2
        } else if start == index {
            return nil
        }
        switch name {
        case "day", "days": return Entity(.offset(days: sign * count), index..<end)
        case "week", "weeks": return Entity(.offset(days: sign * count * 7), index..<end)
        case "fortnight", "fortnights": return Entity(.offset(days: sign * count * 14), index..<end)
        case "month", "months": return Entity(.monthOffset(sign * count), index..<end)
        case "year", "years":
            guard count <= 5000 else { return nil }
            return Entity(.monthOffset(sign * count * 12), index..<end)
        default: return nil
        }
    }

    // MARK: Names

    static let weekdays = ["sunday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday"]
    static let months = [
        "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
        "december",
    ]

    /// 1 is Sunday.
    static func weekday(_ word: String) -> Int? { weekdays.firstIndex(of: word).map { $0 + 1 } }

    /// 1 is January; the usual short forms count ("dec").
    static func month(_ word: String) -> Int? {
        if let index = months.firstIndex(of: word) { return index + 1 }
        guard word.count == 3, word != "mar" else { return word == "sept" ? 9 : nil }
        return months.firstIndex { $0.hasPrefix(word) }.map { $0 + 1 }
    }

    private static let holidaysNames: KeyValuePairs<String, Holiday> = [
        "new years eve": .newYearsEve, "new year eve": .newYearsEve, "new years day": .newYear,
        "new year day": .newYear, "new years": .newYear, "new year": .newYear, "valentines day": .valentines,
        "valentine day": .valentines, "valentines": .valentines, "saint patricks day": .saintPatrick,
        "saint patrick day": .saintPatrick, "st patricks day": .saintPatrick, "st patrick day": .saintPatrick,
        "easter sunday": .easter, "easter": .easter, "independence day": .independence,
        "halloween": .halloween, "hallowe en": .halloween, "thanksgiving day": .thanksgiving,
        "thanksgiving": .thanksgiving, "christmas eve": .christmasEve, "christmas day": .christmas,
        "christmas": .christmas, "xmas": .christmas, "boxing day": .boxingDay,
    ]

    private static let holidays: [(words: [String], holiday: Holiday)] = holidaysNames.map { name, value in
        (name.split(separator: " ").map(String.init), value)
    }

    static var vocabulary: Set<String> {
        Set(weekdays + months).union(holidays.flatMap(\.words)).union([
            "today", "tomorrow", "yesterday", "next", "last", "after", "before",
        ])
    }
}
