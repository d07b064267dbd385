import Foundation
import RiposteCore

/// Cancels timers, reminders and alarms, one or all, and lengthens timers.
public struct AlarmCancelSkill: Skill {
    static let whichOne = "Which one should I cancel?"

    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "cancel_timer",
            purpose: "Cancels timers, reminders and alarms.",
            example: "cancel the pasta timer")
    }

    public var vocabulary: Set<String> { Self.cancel.vocabulary.union(Self.extend.vocabulary) }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if let answer = extend(request) { return answer }
        let kinds = AlarmListSkill.kinds(request.utterance)
        if let answer = Self.cancel.match(
            request.utterance,
            accept: { slots -> SkillAnswer? in
                let range = slots["which"] ?? 0..<0
                guard range.count <= 6 else { return nil }
                // The noun belongs to the words that choose: "timers" means all of them.
                let isPlural = request.utterance.contains(["timers", "alarms", "reminders"])
                let words = isPlural ? request.utterance : request.utterance.part(range)
                return cancel(words, request, kinds)
            })
        {
            return answer
        }
        if Self.cancelThat.matches(request.utterance), case .one(let alarm) = choice(Utterance(""), request, []) {
            return cancelled([alarm], request)
        }
        return followUp(request)
    }

    // "Which one should I cancel?" "The pasta one."
    private func followUp(_ request: SkillRequest) -> SkillAnswer? {
        guard request.lastAnswer.hasSuffix(Self.whichOne), request.utterance.count <= 8 else { return nil }
        if request.utterance.contains(["none", "neither", "no", "nothing", "nevermind", "never"]) {
            return SkillAnswer("Okay, I'll leave them on.")
        }
        switch choice(request.utterance, request, []) {
        case .one(let alarm): return cancelled([alarm], request)
        case .all(let alarms): return cancelled(alarms, request)
        case .unclear(let alarms): return asking(alarms, request)
        case .unknown, .none: return nil
        }
    }

    private func asking(_ alarms: [Alarm], _ request: SkillRequest) -> SkillAnswer {
        SkillAnswer(
            "You have \(AlarmNames(alarms, request.calendar).definite).", Self.whichOne, expectation: .freeText)
    }

    private func choice(_ words: Utterance, _ request: SkillRequest, _ kinds: Set<AlarmKind>) -> AlarmChoice.Outcome {
        AlarmChoice(request: request, kinds: kinds).choose(words)
    }

    private func cancel(_ words: Utterance, _ request: SkillRequest, _ kinds: Set<AlarmKind>) -> SkillAnswer {
        switch choice(words, request, kinds) {
        case .none: return SkillAnswer("There is no \(AlarmListSkill.noun(request.utterance)) to cancel.")
        case .one(let alarm): return cancelled([alarm], request)
        case .all(let alarms): return cancelled(alarms, request)
        case .unclear(let alarms): return asking(alarms, request)
        case .unknown(let name):
            return SkillAnswer("You have no \(name) \(AlarmListSkill.noun(request.utterance)).")
        }
    }

    private func cancelled(_ alarms: [Alarm], _ request: SkillRequest) -> SkillAnswer {
        let effects = alarms.map { Effect.cancelAlarm(id: $0.id) }
        guard alarms.count > 1 else {
            return SkillAnswer(
                "Okay, your \(alarms.first?.name(request.calendar) ?? "timer") is canceled.", effects: effects)
        }
        let kinds = Set(alarms.map(AlarmKind.init))
        let noun = kinds.count == 1 ? kinds.first?.rawValue ?? "timer" : "one"
        return SkillAnswer("Okay, I canceled all \(SpokenNumber.count(alarms.count, noun)).", effects: effects)
    }

    // "add five minutes to the pasta timer".
    private func extend(_ request: SkillRequest) -> SkillAnswer? {
        // "five more minutes" is a length of five minutes.
        let utterance = Utterance(
            text: request.utterance.text,
            tokens: request.utterance.tokens.filter { !["more", "extra"].contains($0.word) })
        guard utterance.count < request.utterance.count || utterance.contains(Self.extending),
            let duration = DurationExtractor().all(in: utterance).first
        else { return nil }
        let marked = utterance.replacing([(duration.range, "#")])
        return Self.extend.match(marked) { slots -> SkillAnswer? in
            let words = slots["which"].map { marked.part($0) } ?? Utterance("")
            guard words.count <= 4 else { return nil }
            switch AlarmChoice(request: request, kinds: [.timer]).choose(words) {
            case .none: return SkillAnswer("There is no timer running.")
            case .one(let timer): return extended(timer, by: duration.value, request)
            case .all(let timers), .unclear(let timers):
                let names = AlarmNames(timers, request.calendar).definite
                return SkillAnswer("You have \(names).", "Say which one you mean, please.")
            case .unknown(let name): return SkillAnswer("You have no \(name) timer.")
            }
        }
    }

    private func extended(_ timer: Alarm, by seconds: Double, _ request: SkillRequest) -> SkillAnswer {
        let left = timer.remaining(at: request.now) + seconds
        guard left <= TimerSkill.longest else { return SkillAnswer("That's too long for a timer.") }
        var longer = Alarm.timer(timer.duration + seconds, label: timer.label, among: [], now: request.now)
        longer.id = timer.id
        longer.due = request.now.addingTimeInterval(left)
        return SkillAnswer(
            "Okay, your \(timer.label.map { $0 + " " } ?? "")timer has \(SpokenDuration.remaining(left)) left now.",
            effects: [.cancelAlarm(id: timer.id), .schedule(longer)])
    }

    private static let parts = [
        "cancel": """
        cancel|stop|delete|remove|clear|kill|end|turn off|switch off|dismiss|disable|drop|abort|shut off|get \
        rid of|forget|forget about|council|counsel|cancels|canceled|cancelled|quit|erase|scrap|silence|do not \
        need|i do not need|undo|please cancel
        """,
        "timer": "timer|alarm|reminder|countdown|timers|alarms|reminders|time her",
    ]

    private static let cancel = Phrases(
        [
            "{cancel} [all] [of] [the|my|that|this|those|these|any] {timer} [now|again|anymore|then]",
            "{cancel} [the|my|that|this] <which> {timer} [now|anymore]",
            "{cancel} [the|my] {timer} (for|on|called|named|of|to|at|about) [the|my] <which>",
            "turn [all] [the|my] [<which>] {timer} off", "{timer} off",
            "(cancel|delete|remove|clear) {timer} [number] <which>",
            "(no more|never mind [about] [the|my]) [<which>] {timer}",
            "{cancel} (both|all|all of them|both of them|everything|them all)",
        ], parts: parts)

    private static let cancelThat: Phrases = [
        "cancel [that|it|this|the last one|this one|that one]", "(stop|undo|delete|remove) (that|it) [timer|one]",
        "scratch that", "never mind [that|it]",
        "nevermind",
    ]

    private static let extending: Set<String> = [
        "add", "at", "and", "extend", "lengthen", "increase", "prolong", "longer", "give",
    ]

    private static let extend = Phrases([
        "(add|at|give|and) [another|an extra|on|me] # [to|on|onto|in] [the|my] [<which>] [timer]",
        "(extend|lengthen|increase|prolong) [the|my] [<which>] timer (by|for) [another] #",
        "# [longer] (on|to|for) [the|my] [<which>] timer", "[another] #", "make [the|my] [<which>] timer # longer",
    ])
}
