import RiposteCore

/// Does what the rules say: of those that hold, the one that asks for most.
struct RulePolicy: DialogPolicy {
    struct Entry: Sendable {
        /// The moments up to the decision, the oldest first.
        var patterns: [MomentPattern]
        var action: String
        var startsConversation: Bool
        var name: String
        var place: SourcePlace

        var weight: Int { patterns.reduce(0) { $0 + $1.weight } + 10 * patterns.count + (startsConversation ? 5 : 0) }
    }

    private let domain: Domain
    /// By the intent of the last moment, else by the action before it, else under "".
    private var entries: [String: [Entry]] = [:]

    init(_ rules: [Story], domain: Domain) {
        self.domain = domain
        for rule in rules {
            for entry in Self.entries(of: rule, domain) { entries[Self.key(entry), default: []].append(entry) }
        }
        for key in entries.keys { entries[key]?.sort { $0.weight > $1.weight } }
    }

    var all: [Entry] { entries.values.flatMap { $0 } }

    /// Whether a rule begins with this intent.
    func begins(with intent: String) -> Bool {
        (entries["intent " + intent.baseIntent] ?? []).contains { $0.patterns.count == 1 }
            || (entries["intent " + intent] ?? []).contains { $0.patterns.count == 1 }
    }

    func decide(_ tracker: Tracker) -> PolicyDecision? {
        let now = tracker.moment
        let before = tracker.relevantDecisions(withFormTurns: true)
        var keys = ["after \(now.previousAction)", ""]
        if let intent = now.message?.intent?.name { keys = ["intent \(intent)", "intent \(intent.baseIntent)"] + keys }
        let candidates = Set(keys).flatMap { entries[$0] ?? [] }
        let holding = candidates.filter { holds($0, now, before, isWhole: tracker.isWhole) }
        guard let best = holding.max(by: { ($0.weight, $1.place) < ($1.weight, $0.place) }) else { return nil }
        return PolicyDecision(action: best.action, confidence: 1, source: best.place)
    }

    private func holds(_ entry: Entry, _ now: DialogMoment, _ before: [DialogDecision], isWhole: Bool) -> Bool {
        guard let last = entry.patterns.last, before.count + 1 >= entry.patterns.count else { return false }
        if entry.startsConversation, !isWhole || before.count + 1 != entry.patterns.count { return false }
        guard last.holds(now, nil, in: domain) else { return false }
        return zip(entry.patterns.dropLast().reversed(), before.reversed()).allSatisfy { pattern, decision in
            pattern.holds(decision.moment, decision.action, in: domain)
        }
    }

    private static func key(_ entry: Entry) -> String {
        if let intent = entry.patterns.last?.intent { return "intent \(intent)" }
        return entry.patterns.last?.previousAction.map { "after \($0)" } ?? ""
    }

    // MARK: - What a rule says

    private static func entries(of rule: Story, _ domain: Domain) -> [Entry] {
        alternatives(of: rule.steps[...]).prefix(1_000).flatMap { steps in
            var told = Telling(rule: rule, domain: domain)
            for step in steps { told.tell(step) }
            told.end()
            return told.entries
        }
    }

    static func alternatives(of steps: ArraySlice<Story.Step>) -> [[Story.Step]] {
        var rows: [[Story.Step]] = [[]]
        for step in steps {
            let ways: [Story.Step] = if case .either(let ways) = step.kind { ways } else { [step] }
            rows = rows.prefix(1_000).flatMap { row in ways.map { row + [$0] } }
        }
        return rows
    }

    /// A rule being gone through, step by step.
    private struct Telling {
        let rule: Story
        let domain: Domain
        var entries: [Entry] = []
        private var patterns: [MomentPattern] = []
        private var now = MomentPattern()
        /// Whether an action has been told, or the user has spoken: what comes first is only a condition.
        private var hasBegun = false

        init(rule: Story, domain: Domain) {
            self.rule = rule
            self.domain = domain
            for condition in rule.conditions { tell(condition) }
        }

        mutating func tell(_ step: Story.Step) {
            switch step.kind {
            case .user(let intent, let entities, _):
                if now.previousAction != nil, now.previousAction != Tracker.listen {
                    decide(Tracker.listen, at: step.place)
                }
                now.previousAction = Tracker.listen
                now.intent = intent
                now.entities = Set(entities)
                hasBegun = true
            case .action(let name):
                decide(name, at: step.place)
            case .form(let name):
                now.form = name.map { .form($0) } ?? .noForm
            case .slots(let needs):
                for need in needs { now.slots[need.slot] = domain.feature(of: need) }
            case .checkpoint, .either:
                break
            }
        }

        private mutating func decide(_ action: String, at place: SourcePlace) {
            patterns.append(now)
            if hasBegun {
                entries.append(
                    Entry(
                        patterns: patterns, action: action, startsConversation: rule.startsConversation,
                        name: rule.name,
                        place: place))
            }
            hasBegun = true
            now.previousAction = action
            now.intent = nil
            now.entities = []
        }

        mutating func end() {
            if rule.waitsForUser, !patterns.isEmpty { decide(Tracker.listen, at: rule.place) }
        }
    }
}
