import Foundation

/// A time of day as it was said.
public struct ClockTime: Sendable, Equatable {
    /// 0 … 23. Where the half of the day was not said, 1 … 12.
    public var hour: Int
    /// 0 … 59.
    public var minute: Int
    /// Whether it may mean the morning or the evening ("half past ten").
    public var isAmbiguous: Bool

    public init(hour: Int, minute: Int, isAmbiguous: Bool = false) {
        self.hour = hour
        self.minute = minute
        self.isAmbiguous = isAmbiguous
    }

    /// The next time the clock shows this, after `now`, at most a day later.
    /// - Parameter day: the day it must be on, any moment of it; nil for the next one.
    public func next(after now: Date, on day: Date? = nil, calendar: Calendar) -> Date? {
        let hours = isAmbiguous ? [hour % 12, hour % 12 + 12] : [hour]
        let start = calendar.startOfDay(for: day ?? now)
        let days = day == nil ? [0, 1] : [0]
        let candidates = days.flatMap { offset -> [Date] in
            guard let date = calendar.date(byAdding: .day, value: offset, to: start) else { return [] }
            return hours.compactMap { calendar.date(bySettingHour: $0, minute: minute, second: 0, of: date) }
        }
        return candidates.filter { $0 > now }.min()
    }
}

/// Finds times of day: "10:30", "7 pm", "half past ten", "quarter to five", "ten thirty in the morning",
/// "six o'clock", "noon", "seven oh five".
///
/// A lone number is a time only with `allowsBareHour` ("at seven").
public struct ClockTimeExtractor: EntityExtractor {
    public var allowsBareHour: Bool
    private let numbers = NumberExtractor(joinsAnd: false)

    public init(allowsBareHour: Bool = false) { self.allowsBareHour = allowsBareHour }

    public func extract(from utterance: Utterance, at index: Int) -> Entity<ClockTime>? {
        guard let word = utterance.word(index) else { return nil }
        switch word {
        case "noon", "midday": return Entity(ClockTime(hour: 12, minute: 0), index..<index + 1)
        case "midnight": return Entity(ClockTime(hour: 0, minute: 0), index..<index + 1)
        default: break
        }
        guard let plain = relative(utterance, index) ?? digital(utterance, index) else { return nil }
        let end = plain.end
        if let half = half(utterance, end) {
            guard plain.hour <= 12 || plain.hour < 24 && half.isAfternoon else { return nil }
            let hour = plain.hour > 12 ? plain.hour : plain.hour % 12 + (half.movesToAfternoon(plain.hour) ? 12 : 0)
            return Entity(ClockTime(hour: hour, minute: plain.minute), index..<half.end)
        }
        guard plain.isCertain || allowsBareHour else { return nil }
        let isAmbiguous = (1...12).contains(plain.hour) && !utterance.tokens[index].word.hasPrefix("0")
        return Entity(ClockTime(hour: plain.hour, minute: plain.minute, isAmbiguous: isAmbiguous), index..<end)
    }

    private typealias Plain = (hour: Int, minute: Int, isCertain: Bool, end: Int)

    // "half past ten", "ten to five", "20 minutes past 7".
    private func relative(_ utterance: Utterance, _ index: Int) -> Plain? {
        let start = utterance.word(index) == "a" ? index + 1 : index
        guard let count = numbers.extract(from: utterance, at: start) else { return nil }
        var minutes = count.value
        var end = count.range.upperBound
        let isPart = minutes == 0.5 || minutes == 0.25
        if isPart { minutes *= 60 }
        if let unit = utterance.word(end), unit == "minutes" || unit == "minute" { end += 1 }
        guard let direction = utterance.word(end), let hour = hour(utterance, end + 1),
            (1...30).contains(minutes), let minute = Int(exactly: minutes)
        else { return nil }
        let after = utterance.word(hour.end) == "oclock" ? hour.end + 1 : hour.end
        switch direction {
        case "past", "after": return (hour.value, minute, true, after)
        case "to", "till", "until", "of", "before":
            guard minute < 30, isPart || direction != "of" else { return nil }
            return (hour.value == 1 ? 12 : (hour.value + 23) % 24, 60 - minute, true, after)
        default: return nil
        }
    }

    private func hour(_ utterance: Utterance, _ index: Int) -> (value: Int, end: Int)? {
        if utterance.word(index) == "noon" { return (12, index + 1) }
        if utterance.word(index) == "midnight" { return (0, index + 1) }
        // One token: "ten thirty" must not be read as one number.
        guard let token = utterance.token(index),
            let value = token.number ?? NumberWords.units[token.word] ?? NumberWords.teens[token.word],
            let hour = Int(exactly: value), (1...12).contains(hour)
        else { return nil }
        return (hour, index + 1)
    }

    // "10:30", "ten thirty", "seven oh five", "six o'clock", "7".
    private func digital(_ utterance: Utterance, _ index: Int) -> Plain? {
        if case .clock(let hour, let minute) = utterance.token(index)?.kind { return (hour, minute, true, index + 1) }
        guard let hour = hour(utterance, index) else { return nil }
        guard let next = utterance.token(hour.end), next.gap != .sentence else {
            return (hour.value, 0, false, hour.end)
        }
        if next.word == "oclock" { return (hour.value, 0, true, hour.end + 1) }
        if next.word == "oh" || next.word == "o", let digit = utterance.token(hour.end + 1).flatMap(NumberWords.digit) {
            return (hour.value, digit, true, hour.end + 2)
        }
        if let minute = numbers.extract(from: utterance, at: hour.end), minute.value >= 10, minute.value < 60,
            let value = Int(exactly: minute.value), !Self.isCounted(utterance, minute.range.upperBound)
        {
            return (hour.value, value, true, minute.range.upperBound)
        }
        return (hour.value, 0, false, hour.end)
    }

    /// "ten thirty second timers" has no time of day in it.
    private static func isCounted(_ utterance: Utterance, _ index: Int) -> Bool {
        utterance.word(index).map { DurationExtractor.units[$0] != nil } ?? false
    }

    private struct DayHalf {
        var end: Int
        var isAfternoon: Bool
        var isNight = false

        /// "at one at night" is after midnight, "at ten at night" before.
        func movesToAfternoon(_ hour: Int) -> Bool { isNight ? (6...11).contains(hour) : isAfternoon }
    }

    private func half(_ utterance: Utterance, _ index: Int) -> DayHalf? {
        switch utterance.word(index) {
        case "am": return DayHalf(end: index + 1, isAfternoon: false)
        case "pm": return DayHalf(end: index + 1, isAfternoon: true)
        case "a" where utterance.word(index + 1) == "m": return DayHalf(end: index + 2, isAfternoon: false)
        case "p" where utterance.word(index + 1) == "m": return DayHalf(end: index + 2, isAfternoon: true)
        case "tonight": return DayHalf(end: index + 1, isAfternoon: true)
        default: break
        }
        if utterance.has(["in", "the", "morning"], at: index) { return DayHalf(end: index + 3, isAfternoon: false) }
        if utterance.has(["in", "the", "afternoon"], at: index) || utterance.has(["in", "the", "evening"], at: index) {
            return DayHalf(end: index + 3, isAfternoon: true)
        }
        if utterance.has(["this", "evening"], at: index) || utterance.has(["this", "afternoon"], at: index) {
            return DayHalf(end: index + 2, isAfternoon: true)
        }
        if utterance.has(["at", "night"], at: index) {
            return DayHalf(end: index + 2, isAfternoon: true, isNight: true)
        }
        return nil
    }
}
