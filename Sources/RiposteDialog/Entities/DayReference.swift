import Foundation

/// A day as it was said, before it is known which one that is.
public enum DayReference: Sendable, Equatable {
    /// So many days from today: 0 is today, −1 yesterday.
    case offset(days: Int)
    case monthOffset(Int)
    /// 1 is Sunday, as in `Calendar`. `weeks` is 0 for the coming one, 1 for "next", −1 for the last one.
    case weekday(Int, weeks: Int)
    /// "the fourth of July"; `year` where it was said.
    case date(month: Int, day: Int, year: Int?)
    case holiday(Holiday, year: Int?)

    /// Which way a day without a year lies.
    public enum Direction: Sendable {
        /// Today or later.
        case future
        /// Today or earlier.
        case past
    }

    /// The start of the day meant; nil where there is none ("the thirtieth of February").
    public func resolve(now: Date, calendar: Calendar, direction: Direction = .future) -> Date? {
        let today = calendar.startOfDay(for: now)
        switch self {
        case .offset(let days):
            return calendar.date(byAdding: .day, value: days, to: today)
        case .monthOffset(let months):
            return calendar.date(byAdding: .month, value: months, to: today)
        case .weekday(let weekday, let weeks):
            let ahead = (weekday - calendar.component(.weekday, from: today) + 7) % 7
            let days = weeks < 0 || (weeks == 0 && direction == .past) ? (ahead == 0 ? -7 : ahead - 7) : ahead
            // "next Monday", said on a Monday or before one, is the one after today.
            return calendar.date(byAdding: .day, value: weeks > 0 && days == 0 ? 7 : days, to: today)
        case .date(let month, let day, let year):
            return Self.nearest(year, today, calendar, direction) { Self.day($0, month, day, calendar) }
        case .holiday(let holiday, let year):
            return Self.nearest(year, today, calendar, direction) { holiday.date(in: $0, calendar: calendar) }
        }
    }

    private static func nearest(
        _ year: Int?, _ today: Date, _ calendar: Calendar, _ direction: Direction, date: (Int) -> Date?
    ) -> Date? {
        if let year { return date(year) }
        let thisYear = calendar.component(.year, from: today)
        // Eight years hold a leap day, whatever the century.
        switch direction {
        case .future: return (thisYear...thisYear + 8).lazy.compactMap(date).first { $0 >= today }
        case .past: return (thisYear - 8...thisYear).reversed().lazy.compactMap(date).first { $0 <= today }
        }
    }

    static func day(_ year: Int, _ month: Int, _ day: Int, _ calendar: Calendar) -> Date? {
        guard (1...12).contains(month), (1...9999).contains(year), (1...31).contains(day) else { return nil }
        let components = DateComponents(year: year, month: month, day: day)
        guard let date = calendar.date(from: components), calendar.component(.day, from: date) == day else {
            return nil
        }
        return calendar.startOfDay(for: date)
    }
}

/// Days that people count down to, as they fall in the United States.
public enum Holiday: String, Sendable, CaseIterable {
    case newYear = "New Year's Day"
    case valentines = "Valentine's Day"
    case saintPatrick = "Saint Patrick's Day"
    case easter = "Easter"
    case independence = "Independence Day"
    case halloween = "Halloween"
    case thanksgiving = "Thanksgiving"
    case christmasEve = "Christmas Eve"
    case christmas = "Christmas"
    case boxingDay = "Boxing Day"
    case newYearsEve = "New Year's Eve"

    func date(in year: Int, calendar: Calendar) -> Date? {
        let (month, day): (Int, Int)
        switch self {
        case .newYear: (month, day) = (1, 1)
        case .valentines: (month, day) = (2, 14)
        case .saintPatrick: (month, day) = (3, 17)
        case .easter: (month, day) = Self.easter(year)
        case .independence: (month, day) = (7, 4)
        case .halloween: (month, day) = (10, 31)
        case .thanksgiving: (month, day) = (11, Self.fourthThursday(of: 11, year, calendar))
        case .christmasEve: (month, day) = (12, 24)
        case .christmas: (month, day) = (12, 25)
        case .boxingDay: (month, day) = (12, 26)
        case .newYearsEve: (month, day) = (12, 31)
        }
        return DayReference.day(year, month, day, calendar)
    }

    private static func fourthThursday(of month: Int, _ year: Int, _ calendar: Calendar) -> Int {
        guard let first = DayReference.day(year, month, 1, calendar) else { return 22 }
        return 22 + (5 - calendar.component(.weekday, from: first) + 7) % 7
    }

    /// The Sunday after the first full moon of spring, by the anonymous Gregorian algorithm (Meeus).
    private static func easter(_ year: Int) -> (month: Int, day: Int) {
        let golden = year % 19
        let (century, rest) = (year / 100, year % 100)
        let moonShift = (century - (century + 8) / 25 + 1) / 3
        let epact = (19 * golden + century - century / 4 - moonShift + 15) % 30
        let weekday = (32 + 2 * (century % 4) + 2 * (rest / 4) - epact - rest % 4) % 7
        let late = (golden + 11 * epact + 22 * weekday) / 451
        let sum = epact + weekday - 7 * late + 114
        return (sum / 31, sum % 31 + 1)
    }
}
