import Foundation
import RiposteCore

/// Reminders and alarms at a time: "remind me in ten minutes to check the oven", "wake me up at seven".
public struct ReminderSkill: Skill {
    static let whenAsked = "When should I remind you?"
    static let alarmAsked = "For what time?"

    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "set_reminder",
            purpose: "Sets reminders and alarms at a time.",
            example: "remind me tomorrow at nine to call Anna")
    }

    public var vocabulary: Set<String> {
        Self.reminder.vocabulary.union(Self.alarm.vocabulary).union(["morning", "evening", "afternoon", "midnight"])
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let last = request.lastAnswer
        if last.hasSuffix(Self.whenAsked) || last.hasSuffix(Self.alarmAsked), request.utterance.count <= 10,
            let before = request.conversation.turns.last?.user
        {
            // The answer to the question completes the request that was asked about.
            let time = request.utterance.text(of: 0..<request.utterance.count)
            for joint in [" ", " in ", " at "] {
                let whole = Utterance(before.trimmed + joint + time).request
                if let answer = set(whole, request), !answer.effects.isEmpty { return answer }
            }
        }
        return set(request.utterance, request)
    }

    // "And one for eight?", "and at nine", after an alarm or a reminder.
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        var words = fragment.words
        while let first = words.word(0), ["one", "another", "at", "for"].contains(first), words.count > 1 {
            words = words.part(1..<words.count)
        }
        guard fragment.hasLead, ClockTimeExtractor(allowsBareHour: true).whole(words) != nil,
            earlier.contains(["alarm", "wake"])
        else { return nil }
        return "set an alarm for \(words.text(of: 0..<words.count))"
    }

    private func set(_ utterance: Utterance, _ request: SkillRequest) -> SkillAnswer? {
        guard utterance.contains(["remind", "reminder", "alarm", "wake"]) else { return nil }
        if let moment = AlarmMoment.find(in: utterance, request) {
            let marked = utterance.replacing([(moment.range, AlarmMoment.mark)])
            if let answer = Self.reminder.match(marked, accept: { remind(marked, $0, moment, request) }) {
                return answer
            }
            if Self.alarm.matches(marked) { return wake(moment, request) }
            return nil
        }
        if Self.reminderWithoutTime.matches(utterance) { return SkillAnswer(Self.whenAsked, expectation: .freeText) }
        if Self.alarmWithoutTime.matches(utterance) { return SkillAnswer(Self.alarmAsked, expectation: .freeText) }
        return nil
    }

    private func remind(
        _ marked: Utterance, _ slots: Phrase.Slots, _ moment: AlarmMoment, _ request: SkillRequest
    ) -> SkillAnswer? {
        var label: String?
        for (slot, joint) in [("task", "to"), ("topic", "about"), ("fact", "that")] {
            guard let range = slots[slot] else { continue }
            let words = marked.tokens[range].map(\.word)
            guard !words.contains(AlarmMoment.mark) else { return nil }
            label = joint + " " + SecondPerson.turned(marked.text(of: range)).trimmed
        }
        if let problem = moment.problem { return SkillAnswer(problem) }
        let alarm = Alarm.made(
            .reminder, due: moment.due, text: "This is your reminder\(label.map { " " + $0 } ?? "").", label: label,
            duration: moment.due.timeIntervalSince(request.now), among: request.conversation.alarms, now: request.now)
        return SkillAnswer(
            "Okay, I'll remind you \(moment.phrase)\(label.map { " " + $0 } ?? "").", effects: [.schedule(alarm)])
    }

    private func wake(_ moment: AlarmMoment, _ request: SkillRequest) -> SkillAnswer {
        if let problem = moment.problem { return SkillAnswer(problem) }
        let time = SpokenDate.time(moment.due, request.calendar)
        let alarm = Alarm.made(
            .alarm, due: moment.due, text: "It's \(time). This is your alarm.", label: nil,
            duration: moment.due.timeIntervalSince(request.now), among: request.conversation.alarms, now: request.now)
        let when = moment.isDistance ? moment.phrase.dropFirst(3) + " from now" : time + moment.daySuffix
        return SkillAnswer("Alarm set for \(when).", effects: [.schedule(alarm)])
    }

    private static let reminder = Phrases(
        [
            "{remind} @ to <task>", "{remind} to <task> @", "@ {remind} to <task>", "{remind} @ about <topic>",
            "{remind} about <topic> @", "@ {remind} about <topic>",
            "{remind} @ that <fact>", "{remind} that <fact> @", "{remind} @", "@ {remind}", "{remind} of <topic> @",
            "{remind} (for|of) <topic> @", "{remind} @ for <topic>", "{remind} @ <task>", "{remind} <task> @",
        ],
        parts: [
            "remind": """
            remind me|remind us|(set|create|add|make|set up|give me|i need) [me] [a|an|the] [new] (reminder|\
            remainder)|reminder|remember me|remind
            """
        ])

    private static let alarm: Phrases = [
        """
        (set|create|make|add|put|start|i need|i want|give me|set up|said) [me] [a|an|my|the|another] [new] (alarm|\
        wake up alarm|alarm clock) [to wake me up] @ [to wake me up|to wake up]
        """,
        "(wake|get) (me|us) [up] @",
        "[an|a] (alarm|wake up call) @", "set [a|an|my|the] @ alarm", "@ alarm",
    ]

    private static let reminderWithoutTime: Phrases = [
        "remind me [to|about|that] <task>",
        "(set|create|add|make) [me] [a|an|the] [new] reminder [to|about|for] [<task>]", "remind me",
    ]

    private static let alarmWithoutTime: Phrases = [
        "(set|create|make|add) [me] [a|an|my|the|another] [new] alarm", "wake me [up]",
    ]
}

/// When an alarm is to ring, and how that was said.
struct AlarmMoment {
    static let mark = "@"

    var due: Date
    var range: Range<Int>
    /// "in 10 minutes", "at seven o'clock in the morning".
    var phrase: String
    /// " tomorrow" where it is not today.
    var daySuffix: String
    /// Whether it was said as a length of time ("in ten minutes").
    var isDistance = false
    /// Why it cannot be done, in words.
    var problem: String?

    static func find(in utterance: Utterance, _ request: SkillRequest) -> AlarmMoment? {
        distance(utterance, request) ?? clock(utterance, request)
    }

    // "in ten minutes", "for ten minutes", "ten minutes from now".
    private static func distance(_ utterance: Utterance, _ request: SkillRequest) -> AlarmMoment? {
        guard let duration = DurationExtractor().all(in: utterance).first else { return nil }
        var range = duration.range
        if let word = utterance.word(range.lowerBound - 1), ["in", "for", "after"].contains(word) {
            range = range.lowerBound - 1..<range.upperBound
        }
        if utterance.has(["from", "now"], at: range.upperBound) { range = range.lowerBound..<range.upperBound + 2 }
        let seconds = duration.value
        let due = request.now.addingTimeInterval(min(seconds, TimerSkill.longest))
        var problem: String?
        if seconds < 1 { problem = "I need at least one second." }
        if !(seconds <= TimerSkill.longest) { problem = "That's too far away. I can think ahead 30 days." }
        return AlarmMoment(
            due: due, range: range, phrase: "in " + SpokenDuration.phrase(min(seconds, TimerSkill.longest)),
            daySuffix: daySuffix(due, request), isDistance: true, problem: problem)
    }

    // "at seven", "tomorrow at 7 am", "at half past ten tonight".
    private static func clock(_ utterance: Utterance, _ request: SkillRequest) -> AlarmMoment? {
        let days = DayExtractor()
        for index in utterance.tokens.indices {
            let isLed = ["at", "for", "by"].contains(utterance.word(index - 1) ?? "")
            guard var time = ClockTimeExtractor(allowsBareHour: isLed).extract(from: utterance, at: index) else {
                continue
            }
            var range = (isLed ? index - 1 : index)..<time.range.upperBound
            var day: DayReference?
            if let after = days.extract(from: utterance, at: range.upperBound) {
                day = after.value
                range = range.lowerBound..<after.range.upperBound
            } else if let before = days.all(in: utterance).first(where: { $0.range.upperBound == range.lowerBound }) {
                day = before.value
                range = before.range.lowerBound..<range.upperBound
            } else if let part = utterance.word(range.lowerBound - 1), Self.partsOfDay.contains(part) {
                // "tomorrow morning at seven", "this evening at eight".
                let start = range.lowerBound - 1
                if let before = days.all(in: utterance).first(where: { $0.range.upperBound == start }) {
                    day = before.value
                    range = before.range.lowerBound..<range.upperBound
                } else if utterance.word(start - 1) == "this" {
                    day = .offset(days: 0)
                    range = start - 1..<range.upperBound
                }
                if day != nil, time.value.isAmbiguous {
                    let hour = time.value.hour % 12 + (part == "morning" ? 0 : 12)
                    time.value = ClockTime(hour: hour, minute: time.value.minute)
                }
            }
            if day == .offset(days: 1) || day == nil, let half = utterance.word(range.upperBound),
                time.value.isAmbiguous
            {
                if half == "morning" { time.value = ClockTime(hour: time.value.hour % 12, minute: time.value.minute) }
                if half == "evening" || half == "afternoon" || half == "night" {
                    time.value = ClockTime(hour: time.value.hour % 12 + 12, minute: time.value.minute)
                }
                if Self.partsOfDay.contains(half) { range = range.lowerBound..<range.upperBound + 1 }
            } else if day == .offset(days: 1), time.value.isAmbiguous {
                // Tomorrow, without more, is its morning from six on.
                let hour = time.value.hour % 12
                time.value = ClockTime(hour: hour < 6 ? hour + 12 : hour, minute: time.value.minute)
            }
            if let word = utterance.word(range.lowerBound - 1), ["for", "on"].contains(word) {
                range = range.lowerBound - 1..<range.upperBound
            }
            if let moment = moment(time.value, day, range, request) { return moment }
        }
        return nil
    }

    private static let partsOfDay: Set<String> = ["morning", "evening", "afternoon", "night"]

    private static func moment(
        _ time: ClockTime, _ day: DayReference?, _ range: Range<Int>, _ request: SkillRequest
    ) -> AlarmMoment? {
        let on = day.flatMap { $0.resolve(now: request.now, calendar: request.calendar) }
        if day != nil, on == nil { return nil }
        guard let due = time.next(after: request.now, on: on, calendar: request.calendar) else {
            return AlarmMoment(
                due: request.now, range: range, phrase: "", daySuffix: "", problem: "That time has passed already.")
        }
        let suffix = daySuffix(due, request)
        let isTooFar = due.timeIntervalSince(request.now) > TimerSkill.longest
        return AlarmMoment(
            due: due, range: range, phrase: "at " + SpokenDate.time(due, request.calendar) + suffix, daySuffix: suffix,
            problem: isTooFar ? "That's too far away. I can think ahead 30 days." : nil)
    }

    private static func daySuffix(_ due: Date, _ request: SkillRequest) -> String {
        let today = request.calendar.startOfDay(for: request.now)
        let days =
            request.calendar.dateComponents([.day], from: today, to: request.calendar.startOfDay(for: due)).day ?? 0
        switch days {
        case 0: return ""
        case 1: return " tomorrow"
        default: return " on \(SpokenDate.day(due, request.calendar))"
        }
    }
}
