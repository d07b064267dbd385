import Foundation

/// Days and times of day as they are said, in words, so that no voice has to guess how "10:05" or "3rd" is read.
enum SpokenDate {
    /// "ten thirty in the morning", "noon", "eight oh five in the evening", "six o'clock in the morning".
    static func time(_ date: Date, _ calendar: Calendar) -> String {
        let parts = calendar.dateComponents([.hour, .minute], from: date)
        return time(hour: parts.hour ?? 0, minute: parts.minute ?? 0)
    }

    static func time(hour: Int, minute: Int) -> String {
        switch (hour, minute) {
        case (0, 0): return "midnight"
        case (12, 0): return "noon"
        default: break
        }
        let hourWord = cardinal((hour + 11) % 12 + 1)
        let minutes =
            switch minute {
            case 0: "o'clock"
            case 1...9: "oh " + cardinal(minute)
            default: cardinal(minute)
            }
        return "\(hourWord) \(minutes) \(partOfDay(hour))"
    }

    /// "in the morning", "in the afternoon", "in the evening", "at night".
    static func partOfDay(_ hour: Int) -> String {
        switch hour {
        case 0..<12: "in the morning"
        case 12..<18: "in the afternoon"
        case 18..<21: "in the evening"
        default: "at night"
        }
    }

    /// "Monday, June third"; with the year where it is not the current one or is asked for.
    static func day(_ date: Date, _ calendar: Calendar, withYear: Bool = false) -> String {
        let parts = calendar.dateComponents([.year, .month, .day], from: date)
        let text = "\(weekday(date, calendar)), \(month(parts.month ?? 1)) \(ordinal(parts.day ?? 1))"
        return withYear ? "\(text), \(parts.year ?? 0)" : text
    }

    static func weekday(_ date: Date, _ calendar: Calendar) -> String {
        name(DayExtractor.weekdays, calendar.component(.weekday, from: date))
    }

    static func month(_ month: Int) -> String { name(DayExtractor.months, month) }

    private static func name(_ names: [String], _ number: Int) -> String {
        names.indices.contains(number - 1) ? names[number - 1].capitalized : ""
    }

    /// 0 … 99 in words.
    static func cardinal(_ value: Int) -> String {
        guard (0..<100).contains(value) else { return String(value) }
        if value < 20 { return small[value] }
        let unit = value % 10
        return tens[value / 10] + (unit == 0 ? "" : "-" + small[unit])
    }

    /// 1 … 31 in words.
    static func ordinal(_ value: Int) -> String {
        guard (1...31).contains(value) else { return String(value) }
        let unit = value % 10
        if value > 20, unit > 0 { return tens[value / 10] + "-" + firstOrdinals[unit] }
        return value < 13
            ? firstOrdinals[value] : value < 20 ? small[value] + "th" : value == 20 ? "twentieth" : "thirtieth"
    }

    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]
    private static let firstOrdinals = [
        "", "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh",
        "twelfth",
    ]
}
