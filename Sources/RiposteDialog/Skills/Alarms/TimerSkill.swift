import Foundation
import RiposteCore

/// Timers that ring: set, with a name or without, several at once.
public struct TimerSkill: Skill {
    /// A longer one is not kept in mind by something that may be restarted.
    static let longest = 30 * 86_400.0
    static let howLong = "For how long?"

    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "set_timer",
            purpose: "Sets timers, with a name or without.",
            example: "set a pasta timer for ten minutes")
    }

    public var ability: String? { "set timers and reminders" }

    public var vocabulary: Set<String> {
        Set(DurationExtractor.units.keys).union(NumberWords.vocabulary).union(TimerPhrases.single.vocabulary).union([
            "cancel", "timers",
        ])
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        if let answer = set(request.utterance, request) { return answer }
        guard request.lastAnswer.hasSuffix(Self.howLong), let before = request.conversation.turns.last?.user else {
            return nil
        }
        // "Set a pasta timer." "For how long?" "Ten minutes."
        guard DurationExtractor().all(in: request.utterance).count == 1, request.utterance.count <= 8 else {
            return nil
        }
        let length = request.utterance.text(of: 0..<request.utterance.count)
        return [" ", " for "].lazy.compactMap { set(Utterance(before.trimmed + $0 + length).request, request) }.first
    }

    // "Another one for five minutes."
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        let words = fragment.words
        guard let duration = DurationExtractor().all(in: words).first else { return nil }
        let marked = words.replacing([(duration.range, TimerPhrases.duration)])
        guard Self.another.matches(marked) else { return nil }
        return "set a timer for \(words.text(of: duration.range))"
    }

    private static let another: Phrases = [
        "[set|start|make] (another|another one|one|one more|a second|a second one|a third one) [timer] (for|of|with) #",
        "[set|start|make] (another|a second) # (one|timer)",
    ]

    private func set(_ utterance: Utterance, _ request: SkillRequest) -> SkillAnswer? {
        let durations = DurationExtractor().all(in: utterance)
        guard !durations.isEmpty else {
            return TimerPhrases.withoutDuration.matches(utterance) ? SkillAnswer(Self.howLong) : nil
        }
        let marked = utterance.replacing(durations.map { ($0.range, TimerPhrases.duration) })
        let clauses = Self.clauses(marked)
        guard clauses.count == durations.count else { return nil }
        var timers: [Alarm] = []
        for (index, (clause, duration)) in zip(clauses, durations).enumerated() {
            guard let naming = Self.naming(clause, isFirst: index == 0) else { return nil }
            if let problem = Self.problem(duration.value) { return SkillAnswer(problem) }
            timers.append(
                .timer(
                    duration.value, label: naming.label, among: request.conversation.alarms + timers, now: request.now)
            )
        }
        return SkillAnswer(sentences: [Self.confirmation(timers)], effects: timers.map(Effect.schedule))
    }

    private static func problem(_ seconds: Double) -> String? {
        if seconds < 1 { return "A timer needs at least one second." }
        if !(seconds <= longest) { return "That's too long for a timer. The longest I can set is 30 days." }
        return nil
    }

    /// One clause for each duration: "a timer for five minutes" and "another one for ten minutes".
    private static func clauses(_ utterance: Utterance) -> [Utterance] {
        var clauses: [Utterance] = []
        var start = 0
        var hasDuration = false
        for index in utterance.tokens.indices {
            let token = utterance.tokens[index]
            let isBreak = token.word == "and" || (token.gap == .clause && token.word != TimerPhrases.duration)
            let more = utterance.tokens[index...].contains { $0.word == TimerPhrases.duration }
            if isBreak, hasDuration, more {
                clauses.append(utterance.part(start..<index))
                start = token.word == "and" ? index + 1 : index
                hasDuration = false
            }
            if token.word == TimerPhrases.duration { hasDuration = true }
        }
        clauses.append(utterance.part(start..<utterance.count))
        return clauses.map { $0.word(0) == "and" ? $0.part(1..<$0.count) : $0 }
    }

    private enum Naming {
        case unnamed
        case named(String)

        var label: String? { if case .named(let name) = self { name } else { nil } }
    }

    /// What the timer is called; nil if the words do not set a timer.
    private static func naming(_ clause: Utterance, isFirst: Bool) -> Naming? {
        let phrases = isFirst ? [TimerPhrases.single] : [TimerPhrases.single, TimerPhrases.another]
        return phrases.lazy.compactMap { $0.match(clause, accept: { naming(clause, $0) }) }.first
    }

    private static func naming(_ clause: Utterance, _ slots: Phrase.Slots) -> Naming? {
        guard let range = slots["label"] else { return .unnamed }
        let words = clause.tokens[range].map(\.word)
        // What comes in a sentence of its own is no name.
        let isApart = range.contains { $0 > 0 && clause.tokens[$0].gap == .sentence }
        guard words.count <= 4, !isApart, !words.contains(where: { TimerPhrases.neverLabels.contains($0) })
        else { return nil }
        return .named(words.joined(separator: " "))
    }

    private static func confirmation(_ timers: [Alarm]) -> String {
        if timers.count == 1, let timer = timers.first {
            let length = SpokenDuration.phrase(timer.duration)
            guard let label = timer.label else { return "Timer set for \(length)." }
            return "\(label.prefix(1).uppercased() + label.dropFirst()) timer set for \(length)."
        }
        let list = timers.map { timer in
            SpokenDuration.phrase(timer.duration) + (timer.label.map { " for the \($0)" } ?? "")
        }
        return "\(timers.count) timers set: \(SpokenList.joined(list))."
    }
}

extension String {
    /// Without spaces and punctuation at the end.
    var trimmed: String {
        var rest = self[...]
        while let last = rest.last, !last.isLetter, !last.isNumber { rest.removeLast() }
        return String(rest)
    }
}
