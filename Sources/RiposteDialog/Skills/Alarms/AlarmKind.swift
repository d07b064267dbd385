import Foundation
import RiposteCore

/// What an alarm was asked for as; the beginning of its identifier says it.
enum AlarmKind: String, CaseIterable {
    case timer, reminder, alarm

    init(_ alarm: Alarm) {
        self = Self.allCases.first { alarm.id.hasPrefix($0.rawValue + "-") } ?? .timer
    }
}

extension Alarm {
    /// An alarm that no other one of the conversation shares its identifier with.
    static func made(
        _ kind: AlarmKind, due: Date, text: String, label: String?, duration: Double, among taken: [Alarm], now: Date
    ) -> Alarm {
        // The time makes it unlike those that have rung already, the number unlike those of the same moment.
        let stamp = Int((now.timeIntervalSince1970 * 1000).rounded())
        let used = Set(taken.map(\.id))
        let free = (0...taken.count).lazy.map { "\(kind.rawValue)-\(stamp)-\($0)" }.first { !used.contains($0) }
        return Alarm(id: free ?? "\(kind.rawValue)-\(stamp)", due: due, text: text, label: label, duration: duration)
    }

    static func timer(_ seconds: Double, label: String?, among taken: [Alarm], now: Date) -> Alarm {
        let name = label ?? SpokenDuration.adjective(seconds)
        return made(
            .timer, due: now.addingTimeInterval(seconds), text: "Your \(name) timer is done.", label: label,
            duration: seconds, among: taken, now: now)
    }

    /// "pasta timer", "10 minute timer", "reminder to check the oven", "alarm for seven o'clock in the morning".
    func name(_ calendar: Calendar) -> String {
        switch AlarmKind(self) {
        case .timer: "\(label ?? SpokenDuration.adjective(duration)) timer"
        case .reminder: label.map { "reminder \($0)" } ?? "reminder"
        case .alarm: "alarm for \(SpokenDate.time(due, calendar))"
        }
    }

    func remaining(at now: Date) -> Double { max(0, due.timeIntervalSince(now)) }
}

/// What alarms are called beside each other: two with the same name are told apart by their length.
struct AlarmNames {
    private let alarms: [Alarm]
    private let calendar: Calendar

    init(_ alarms: [Alarm], _ calendar: Calendar) {
        self.alarms = alarms
        self.calendar = calendar
    }

    /// "3 timers", or "3 things" of different kinds.
    var count: String {
        let kinds = Set(alarms.map(AlarmKind.init))
        return SpokenNumber.count(alarms.count, kinds.count == 1 ? kinds.first?.rawValue ?? "timer" : "thing")
    }

    func name(_ alarm: Alarm) -> String {
        let name = alarm.name(calendar)
        let isShared = alarms.contains { $0.id != alarm.id && $0.name(calendar) == name }
        guard isShared, AlarmKind(alarm) == .timer, alarm.label != nil else { return name }
        return SpokenDuration.adjective(alarm.duration) + " " + name
    }

    /// "an 8 minute timer", "an egg timer", "a pasta timer".
    func indefinite(_ alarm: Alarm) -> String {
        let name = name(alarm)
        let number = name.prefix { $0.isNumber }
        let isVowel =
            number.hasPrefix("8") || ["11", "18"].contains(number) || name.first.map { "aeio".contains($0) } == true
        return (isVowel ? "an " : "a ") + name
    }

    /// "the pasta timer and the 10 minute timer"; the first few of many.
    var definite: String {
        let most = 4
        let listed = alarms.prefix(alarms.count > most ? most - 1 : most).map { "the " + name($0) }
        return SpokenList.joined(alarms.count > most ? listed + ["\(alarms.count - listed.count) more"] : listed)
    }
}

/// Which of the pending alarms somebody means.
struct AlarmChoice {
    enum Outcome: Equatable {
        case all([Alarm])
        case one(Alarm)
        /// Several could be meant.
        case unclear([Alarm])
        /// There are some, but none like this; the words it was named by.
        case unknown(String)
        case none
    }

    let request: SkillRequest
    /// The kinds that count; all of them when empty.
    let kinds: Set<AlarmKind>

    private var pending: [Alarm] {
        request.conversation.alarms.filter { $0.due > request.now }
            .filter { kinds.isEmpty || kinds.contains(AlarmKind($0)) }.sorted { $0.due < $1.due }
    }

    /// - Parameter description: the words that say which one ("the pasta", "my ten minute", "both"); may be empty.
    func choose(_ description: Utterance) -> Outcome {
        let pending = preferred(pending)
        guard !pending.isEmpty else { return .none }
        let words = description.tokens.map(\.word).filter { !Self.empty.contains($0) }
        if words.contains(where: { Self.everything.contains($0) }) { return .all(pending) }
        if words.isEmpty { return pending.count == 1 ? .one(pending[0]) : .unclear(pending) }
        let matches = candidates(pending, words, description)
        switch matches.count {
        case 0: return .unknown(words.joined(separator: " "))
        case 1: return .one(matches[0])
        default: return .unclear(matches)
        }
    }

    /// "the alarm" is said of anything that rings, but first of an alarm.
    private func preferred(_ pending: [Alarm]) -> [Alarm] {
        guard request.utterance.contains(["alarm", "alarms"]) else { return pending }
        let alarms = pending.filter { AlarmKind($0) == .alarm }
        return alarms.isEmpty ? pending : alarms
    }

    private func candidates(_ pending: [Alarm], _ words: [String], _ description: Utterance) -> [Alarm] {
        if let duration = DurationExtractor().all(in: description).first {
            let same = pending.filter { $0.duration == duration.value }
            if !same.isEmpty { return same }
        }
        let clocks = ClockTimeExtractor(allowsBareHour: true).all(in: description).map(\.value)
        let atTime = pending.filter { alarm in
            clocks.contains { $0.next(after: request.now, on: alarm.due, calendar: request.calendar) == alarm.due }
        }
        if !atTime.isEmpty { return atTime }
        let labelled = pending.filter { alarm in
            guard let label = alarm.label else { return false }
            let parts = Set(Utterance(label).tokens.map { Self.stem($0.word) })
            return words.allSatisfy { parts.contains(Self.stem($0)) }
        }
        if !labelled.isEmpty { return labelled }
        let byStart = pending.sorted {
            $0.due.addingTimeInterval(-$0.duration) < $1.due.addingTimeInterval(-$1.duration)
        }
        switch words.first {
        case "first", "oldest": return Array(byStart.prefix(1))
        case "second" where byStart.count > 1: return [byStart[1]]
        case "third" where byStart.count > 2: return [byStart[2]]
        case "last", "latest", "newest": return Array(byStart.suffix(1))
        case "next", "shortest", "shorter": return Array(pending.prefix(1))
        case "longest", "longer": return Array(pending.suffix(1))
        default: return []
        }
    }

    private static func stem(_ word: String) -> Substring {
        word.count > 3 && word.hasSuffix("s") ? word.dropLast() : word[...]
    }

    private static let everything: Set<String> = [
        "all", "every", "both", "everything", "each", "timers", "alarms", "reminders",
    ]
    private static let empty: Set<String> = [
        "the", "my", "a", "an", "that", "this", "timer", "alarm", "reminder", "one", "for", "on", "of", "called",
        "named", "to",
        "it", "current", "running", "active", "set", "please", "with", "in", "at", "just", "i", "countdown", "name",
        "clock",
        "about", "time", "your",
    ]
}
