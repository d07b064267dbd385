import Foundation
import RiposteCore

/// Questions about what is running: "how much time is left", "what timers do I have".
public struct AlarmListSkill: Skill {
    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "list_timers",
            purpose: "Tells which timers, reminders and alarms are set, and how long they still take.",
            example: "how much time is left on the pasta timer")
    }

    public var vocabulary: Set<String> { Self.remaining.vocabulary.union(Self.list.vocabulary) }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if Self.list.matches(request.utterance) { return list(request, kinds: Self.kinds(request.utterance)) }
        return Self.remaining.match(request.utterance) { slots -> SkillAnswer? in
            let range = slots["which"] ?? 0..<0
            guard range.count <= 6, range.isEmpty || request.utterance.contains(Self.telling) else { return nil }
            return remaining(request.utterance.part(range), request)
        }
    }

    // "And the eggs?"
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        let words = fragment.words.tokens.map(\.word).filter { !["the", "my", "one", "timer", "on"].contains($0) }
        guard (1...3).contains(words.count), Self.remaining.matches(earlier.request) else { return nil }
        let labels = conversation.alarms.compactMap(\.label).map { Set(Utterance($0).tokens.map(\.word)) }
        guard labels.contains(where: { $0.isSuperset(of: words) }) else { return nil }
        return "how much time is left on the \(words.joined(separator: " ")) timer"
    }

    private func remaining(_ description: Utterance, _ request: SkillRequest) -> SkillAnswer? {
        switch AlarmChoice(request: request, kinds: Self.kinds(request.utterance)).choose(description) {
        case .none: return SkillAnswer("You have no \(Self.noun(request.utterance))s.")
        case .one(let alarm):
            return SkillAnswer("Your \(alarm.name(request.calendar)) has \(Self.left(alarm, request)) left.")
        case .all(let alarms), .unclear(let alarms): return SkillAnswer(Self.sentence(alarms, request))
        case .unknown(let name):
            guard request.utterance.contains(Self.nouns) else { return nil }
            return SkillAnswer("You have no \(name) \(Self.noun(request.utterance)).")
        }
    }

    private static let nouns: Set<String> = [
        "timer", "timers", "alarm", "alarms", "reminder", "reminders", "countdown",
    ]
    /// Without one of these, "how many minutes are in …" asks about something else.
    private static let telling = nouns.union(["left", "remaining", "longer", "done", "ready"])

    private func list(_ request: SkillRequest, kinds: Set<AlarmKind>) -> SkillAnswer {
        let alarms = request.conversation.alarms.filter { $0.due > request.now }
            .filter { kinds.isEmpty || kinds.contains(AlarmKind($0)) }.sorted { $0.due < $1.due }
        guard !alarms.isEmpty else { return SkillAnswer("You have no \(Self.noun(request.utterance))s.") }
        return SkillAnswer(Self.sentence(alarms, request))
    }

    /// More than can be kept in mind are not read out.
    private static let mostListed = 4

    private static func sentence(_ alarms: [Alarm], _ request: SkillRequest) -> String {
        let listed = alarms.count > mostListed ? Array(alarms.prefix(mostListed - 1)) : alarms
        let names = AlarmNames(alarms, request.calendar)
        let items = listed.map { alarm -> String in
            let name = names.indefinite(alarm)
            return AlarmKind(alarm) == .alarm ? name : "\(name) with \(left(alarm, request)) left"
        }
        let list = SpokenList.joined(items)
        if alarms.count == 1 { return "You have \(list)." }
        if alarms.count > listed.count { return "You have \(names.count). The next ones are \(list)." }
        return "You have \(names.count): \(list)."
    }

    private static func left(_ alarm: Alarm, _ request: SkillRequest) -> String {
        SpokenDuration.remaining(alarm.remaining(at: request.now))
    }

    static func kinds(_ utterance: Utterance) -> Set<AlarmKind> {
        var kinds: Set<AlarmKind> = []
        if utterance.contains(["timer", "timers", "countdown"]) { kinds.insert(.timer) }
        if utterance.contains(["reminder", "reminders"]) { kinds.insert(.reminder) }
        if utterance.contains(["alarm", "alarms"]) { kinds.insert(.alarm) }
        // "cancel the alarm" is also said of a timer.
        return kinds == [.alarm] ? [] : kinds
    }

    static func noun(_ utterance: Utterance) -> String {
        if utterance.contains(["reminder", "reminders"]) { return "reminder" }
        return utterance.contains(["alarm", "alarms"]) ? "alarm" : "timer"
    }

    private static let parts = [
        "timer": "timer|timers|alarm|reminder|countdown|reminders|alarms|time her",
        "on": "[(on|for|of|in|with|until|till) [the|my] [<which>] [{timer}]]",
        "now": "[now|right now|at the moment|currently|please]",
    ]

    private static let remaining = Phrases(
        [
            """
            how (much|many) [more] [time|minutes|seconds|longer|hours] (is|are|do i have|have i got|remains|does it \
            have|is there|are there|do we have) [still] [left|remaining|to go|go] 
            """
                + "{on} [left|remaining|to go] {now}",
            "how (much|many) [more] [time|minutes|seconds|hours] (left|remaining|remains|is left|are left) {on} {now}",
            """
            how long [is|do i have|have i got|does it have|do we have|until] [still] (left|to go|remaining) {on} \
            {now}
            """,
            """
            how (long|much longer|much time|many minutes|much more time) [is|does|until|till|has|before|are] [the|\
            my] [<which>] {timer} [is|are|be|has|have] [left|rings|ring|done|is done|go off|goes off|remaining|have \
            left|ends|is up|still have|to go|got left|up|left|got|over|finished|still]
            """,
            "how (much|long|much longer|many minutes) (is|are|for|on|until|left on) [the|my] [<which>] {timer} [left]",
            "how (much longer|long|much more time|much time) {now}",
            "what is [the] [time] (left|remaining|the remaining time|remaining time|time left) {on} {now}",
            "[what] time (left|remaining) {on}",
            "what is [the|my] [<which>] {timer} (at|on|status)",
            "(how is|what about|how about|check|check on) [the|my] [<which>] {timer} [doing|going]",
            """
            when (does|will|is|do) [the|my] [<which>] {timer} [going to] (ring|end|go off|finish|stop|be done|done|\
            be over|be up|over|up|ends|expire)
            """,
            "(timer status|status of [the|my] [<which>] {timer}|check time left)",
            """
            is [the|my] [<which>] {timer} (done|over|up|finished|still running|still going|ready|running|on) [yet|\
            already|now]
            """,
            "how many minutes [left]",
            "when is [the|my] <which> (done|ready)",
        ], parts: parts)

    private static let list = Phrases(
        [
            """
            (what|which|how many|any) [other|of my|active|running] (timers|alarms|reminders) (do i have|are there|\
            are running|are set|are on|are active|have i set|have i got|are left|did i set|is running|i have|do you \
            have|are still running) [set|running|going|active|left|right now|now|on]
            """,
            """
            (list|show|read|tell|give|name|say) [me] [all] [of] [my|the] [active|running|current] (timers|alarms|\
            reminders)
            """,
            "[list|show] [all] [my] (timers|alarms|reminders)",
            "what are [all] [my|the] [active|running|current] (timers|alarms|reminders)",
            """
            (are there|do i have|have i got|is there) [any|a] [other|active|running] (timers|alarms|reminders|timer|\
            alarm|reminder) [set|running|active|on|left|going] [right now|now|today]
            """,
            "what (timer|alarm|reminder) (is|do i have) [running|set|on|active]",
        ])
}
