import Foundation
import RiposteCore

/// Days: "what day is it", "what's the date tomorrow", "when is Easter", "how many days until Christmas".
public struct DateSkill: Skill {
    private let days = DayExtractor()

    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "calendar",
            purpose: "Tells what day it is, when a day will be, and how many days there are until it.",
            example: "how many days until Christmas")
    }

    public var vocabulary: Set<String> {
        DayExtractor.vocabulary.union(Self.today.vocabulary).union(Self.other.vocabulary).union(
            Self.countdown.vocabulary)
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if Self.today.matches(utterance) {
            return SkillAnswer("It's \(SpokenDate.day(request.now, request.calendar)).")
        }
        return calendarPart(request)
            ?? Self.other.match(utterance) { slots in slots["day"].flatMap { day($0, request) } }
            ?? Self.question.match(utterance) { slots in slots["day"].flatMap { check($0, request) } }
            ?? Self.countdown.match(utterance) { slots in slots["day"].flatMap { count(to: $0, request) } }
            ?? Self.since.match(utterance) { slots in slots["day"].flatMap { count(since: $0, request) } }
    }

    // "And tomorrow?", "what about Easter?"
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        var words = fragment.words
        if let first = words.word(0), ["on", "for", "until", "to", "since", "is"].contains(first) {
            words = words.part(1..<words.count)
        }
        guard !words.isEmpty, days.whole(words) != nil else { return nil }
        let (day, asked) = (words.text(of: 0..<words.count), earlier.request)
        let isWhole = { (slots: Phrase.Slots) in slots["day"].flatMap { days.whole(asked, $0) } }
        if Self.countdown.match(asked, accept: isWhole) != nil {
            return "how many \(asked.contains(["weeks"]) ? "weeks" : "days") until \(day)"
        }
        if Self.since.match(asked, accept: isWhole) != nil { return "how many days since \(day)" }
        let isPast = asked.contains(["was"]) || ["yesterday"].contains(words.word(0))
        return "what day \(isPast ? "was" : "is") \(day)"
    }

    // "what year is it", "what month is it", "what week is it".
    private func calendarPart(_ request: SkillRequest) -> SkillAnswer? {
        let parts = request.calendar.dateComponents([.year, .month], from: request.now)
        if Self.year.matches(request.utterance) { return SkillAnswer("It's \(parts.year ?? 0).") }
        if Self.month.matches(request.utterance) { return SkillAnswer("It's \(SpokenDate.month(parts.month ?? 1)).") }
        guard Self.week.matches(request.utterance) else { return nil }
        var calendar = Calendar(identifier: .iso8601)
        calendar.timeZone = request.calendar.timeZone
        return SkillAnswer("It's week \(calendar.component(.weekOfYear, from: request.now)).")
    }

    private func day(_ range: Range<Int>, _ request: SkillRequest) -> SkillAnswer? {
        guard let reference = days.whole(request.utterance, range) else { return nil }
        let isPast = request.utterance.contains(["was", "ago", "yesterday", "last"])
        guard let date = resolve(reference, request, isPast ? .past : .future) else {
            return SkillAnswer(Self.noSuchDay)
        }
        let today = request.calendar.startOfDay(for: request.now)
        let verb = date < today ? "was" : "is"
        return SkillAnswer("\(name(reference, request, range)) \(verb) \(said(date, of: reference, request)).")
    }

    private func check(_ range: Range<Int>, _ request: SkillRequest) -> SkillAnswer? {
        guard let reference = days.whole(request.utterance, range), reference != .offset(days: 0) else { return nil }
        let today = request.calendar.startOfDay(for: request.now)
        let isToday = resolve(reference, request, .future) == today
        return SkillAnswer("\(isToday ? "Yes" : "No"), it's \(SpokenDate.day(request.now, request.calendar)).")
    }

    private func count(to range: Range<Int>, _ request: SkillRequest) -> SkillAnswer? {
        guard let reference = days.whole(request.utterance, range) else { return nil }
        guard let date = resolve(reference, request, .future), let count = distance(to: date, request) else {
            return SkillAnswer(Self.noSuchDay)
        }
        let name = name(reference, request, range)
        if count == 0 { return SkillAnswer("\(name) is today.") }
        if count < 0 { return SkillAnswer("\(name) was \(SpokenNumber.count(-count, "day")) ago.") }
        if request.utterance.contains(["weeks"]), count >= 7 {
            let rest = count % 7 == 0 ? "" : " and " + SpokenNumber.count(count % 7, "day")
            return SkillAnswer("\(SpokenNumber.count(count / 7, "week"))\(rest) until \(Self.inSentence(name)).")
        }
        return SkillAnswer("\(SpokenNumber.count(count, "day")) until \(Self.inSentence(name)).")
    }

    private func count(since range: Range<Int>, _ request: SkillRequest) -> SkillAnswer? {
        guard let reference = days.whole(request.utterance, range),
            let date = resolve(reference, request, .past), let count = distance(to: date, request)
        else { return nil }
        let name = Self.inSentence(name(reference, request, range))
        if count == 0 { return SkillAnswer("That is today.") }
        return SkillAnswer("\(SpokenNumber.count(abs(count), "day")) \(count > 0 ? "until" : "since") \(name).")
    }

    // MARK: Wording

    private static let noSuchDay = "There is no such day."

    private func resolve(_ day: DayReference, _ request: SkillRequest, _ direction: DayReference.Direction) -> Date? {
        day.resolve(now: request.now, calendar: request.calendar, direction: direction)
    }

    private func distance(to date: Date, _ request: SkillRequest) -> Int? {
        let today = request.calendar.startOfDay(for: request.now)
        return request.calendar.dateComponents([.day], from: today, to: date).day
    }

    private func full(_ date: Date, _ request: SkillRequest) -> String {
        let isThisYear = request.calendar.isDate(date, equalTo: request.now, toGranularity: .year)
        return SpokenDate.day(date, request.calendar, withYear: !isThisYear)
    }

    /// What is not in the day's own name already: the weekday, the date, or both.
    private func said(_ date: Date, of reference: DayReference, _ request: SkillRequest) -> String {
        let isThisYear = request.calendar.isDate(date, equalTo: request.now, toGranularity: .year)
        let year = isThisYear ? "" : " \(request.calendar.component(.year, from: date))"
        switch reference {
        case .date(_, _, let named):
            let weekday = "a " + SpokenDate.weekday(date, request.calendar)
            return named == nil && !isThisYear ? weekday + " in" + year : weekday
        case .weekday:
            let parts = request.calendar.dateComponents([.month, .day], from: date)
            return "\(SpokenDate.month(parts.month ?? 1)) \(SpokenDate.ordinal(parts.day ?? 1))"
                + (isThisYear ? "" : "," + year)
        default: return full(date, request)
        }
    }

    /// What the day is called at the start of a sentence: "Christmas", "The day after tomorrow", "July fourth".
    private func name(_ day: DayReference, _ request: SkillRequest, _ range: Range<Int>) -> String {
        switch day {
        case .holiday(let holiday, let year): return holiday.rawValue + (year.map { " \($0)" } ?? "")
        case .date(let month, let day, let year):
            return "\(SpokenDate.month(month)) \(SpokenDate.ordinal(day))" + (year.map { ", \($0)" } ?? "")
        case .weekday(let weekday, let weeks):
            let name = DayExtractor.weekdays[min(max(weekday, 1), 7) - 1].capitalized
            return weeks > 0 ? "Next " + name : weeks < 0 ? "Last " + name : name
        case .offset(0): return "Today"
        case .offset(1): return "Tomorrow"
        case .offset(-1): return "Yesterday"
        case .offset, .monthOffset:
            let words = request.utterance.words(of: range)
            return words.prefix(1).uppercased() + words.dropFirst()
        }
    }

    private static func inSentence(_ name: String) -> String {
        ["Today", "Tomorrow", "Yesterday"].contains(name) || name.hasPrefix("Next ") || name.hasPrefix("In ")
            ? name.prefix(1).lowercased() + name.dropFirst() : name
    }
}

extension DateSkill {
    private static let today = Phrases(
        [
            """
            what day [of the (week|month)] (is it|it is|is today|today is|do we have|is this|are we) [today|now|\
            right now|again]
            """,
            "what is [the|today|our] [current|today] (date|day) [of today|today|now|right now]",
            "what date (is it|it is|is today) [today|now]",
            "[today|the] [current|today] (date|day)", "what is today [date|day]", "today is what [day|date]",
            "(give|tell) me (today|the) [current] (date|day) [today]",
            "(do|have) you (know|have) (the|today) (date|day) [today]",
            "which day [of the week] is (it|today) [today]", "what day is the day today",
            "what is the day [of the week] [today]", "what today is",
            "what is it today", "what day today [is it]", "what day of the week",
        ])

    private static let other = Phrases(
        [
            """
            what (day|date) [of the week] (is|was|will be|is it|was it|will it be|it is|it was|it will be|does|did) \
            [on] <day> [be|fall on|on]
            """,
            "what is the (date|day) [of|on|for] <day>", "what was the (date|day) [of|on] <day>",
            "what will [be] the (date|day) [be|of|on] <day>", "what (is|was) <day> (date|day)",
            "when (is|was|will|does|do we have) <day> [be|come]",
            "what (day|date) <day> [is|was]", "which day [of the week] (is|was|will be) <day>", "what (is|was) <day>",
            "on (what|which) day (is|was|does|did|will) <day> [fall|be]", "what about <day>", "the date [of|on] <day>",
            "date <day>",
        ])

    private static let question = Phrases([
        "is (it|today) [already|still|really] [a] <day> [today|now|already|yet]"
    ])

    private static let countdown = Phrases(
        [
            """
            how many (days|weeks|sleeps) [are there|is it|are left|left|do we have|do i have|there are|remain|until \
            it is] (until|to|before|till|for) <day>
            """,
            """
            how (long|far) [is it|do we have|away is it|do i have|is there|away is] [left] (until|to|before|till|\
            away is) <day>
            """,
            "how long (until|to|before|till) [it is] <day>",
            "how (far|long) [away] is <day> [away|from now]", "how many (days|weeks|sleeps) (until|to) it is <day>",
            "how soon is <day>",
            "how many (days|weeks|sleeps) (until|to|before|till) <day> [comes]",
            "(days|weeks|time) (until|to|till) <day>", "count the days (until|to|till) <day>",
            "when is <day> how many days",
        ])

    private static let since = Phrases([
        "how (many days|long) (has it been|is it|have passed|ago was|has passed|was it) [since|ago was] <day>",
        "how (long|many days) (ago was|since|ago is) <day>", "days since <day>",
    ])

    private static let year: Phrases = [
        "what (is the|is this|is) [current] year [is it] [now]",
        "what year (is it|it is|is this|are we in|do we have) [now|currently]", "which year is (it|this)",
    ]
    private static let month: Phrases = [
        "what is the [current] month", "what month (is it|it is|is this|are we in|do we have) [now|currently]",
        "which month is (it|this)",
    ]
    private static let week: Phrases = [
        "what (week|week number) [of the year] (is it|is this|it is|are we in|do we have) [now]",
        "what is the [current] (week|week number)", "which week [of the year] is (it|this)",
        "what number week is it", "which calendar week is it", "what calendar week is it",
    ]
}
