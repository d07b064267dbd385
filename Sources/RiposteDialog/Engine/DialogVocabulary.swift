import RiposteCore

/// What a project's users say: values of entities, titles of buttons.
struct DialogVocabulary: Sendable {
    /// More phrases than these are no hint any more.
    static let mostPhrases = 500

    private let domain: Domain
    /// Values of each entity as they are said, those that are meant first.
    private let entityValues: [String: [String]]
    /// Everything that may be said at any time.
    private let common: [String]
    /// By intent, what its examples name.
    private let carried: [String: Set<String>]

    init(_ project: DialogProject) {
        domain = project.domain
        var values: [String: [String]] = project.training.lookups
        var variants: [String: [String]] = [:]
        var carried: [String: Set<String>] = [:]
        for example in project.training.examples {
            carried[example.intent, default: []].formUnion(example.entities.map(\.entity))
            for entity in example.entities {
                values[entity.entity, default: []].append(entity.value)
                variants[entity.entity, default: []].append(Self.surface(of: entity, in: example.text))
            }
        }
        for (entity, spoken) in variants { values[entity, default: []] += spoken }
        self.carried = carried
        entityValues = values.mapValues(Self.distinct)
        let used = Set(project.domain.slots.values.flatMap(\.mappings).compactMap(\.entity))
        let all = used.sorted().flatMap { values[$0] ?? [] }
        common = Array(Self.distinct(all.filter { $0.count > 2 }).prefix(Self.mostPhrases))
    }

    private static func surface(of entity: ParsedEntity, in text: String) -> String {
        let scalars = text.unicodeScalars
        guard let start = scalars.index(scalars.startIndex, offsetBy: entity.start, limitedBy: scalars.endIndex),
            let end = scalars.index(scalars.startIndex, offsetBy: entity.end, limitedBy: scalars.endIndex), start <= end
        else { return entity.value }
        return String(scalars[start..<end])
    }

    private static func distinct(_ values: [String]) -> [String] {
        var seen: Set<String> = []
        return values.filter { !$0.isEmpty && seen.insert($0.lowercased()).inserted }
    }

    /// The entities that fill a slot.
    func entities(filling slot: String?) -> [String] {
        slot.flatMap { domain.slots[$0] }?.mappings.compactMap(\.entity) ?? []
    }

    /// The entities that an intent's examples name.
    func entities(of intent: String) -> Set<String> { carried[intent] ?? [] }

    /// What can be said for a slot, where that is known; the shortest way for each.
    func values(of slot: String) -> [String] {
        if case .category(let values) = domain.slots[slot]?.kind { return values }
        return Self.distinct(entities(filling: slot).flatMap { entityValues[$0] ?? [] })
    }

    /// What is likely to be said next: what is asked for first.
    func phrases(for tracker: Tracker) -> [String] {
        var expected: [String] = []
        if let slot = tracker.requestedSlot {
            expected = values(of: slot) + entities(filling: slot).flatMap { entityValues[$0] ?? [] }
        }
        return Array(Self.distinct(expected + common).prefix(Self.mostPhrases))
    }

    /// What a button says that was offered last and is named by its title; nil where none is.
    func payload(of text: String, for turn: DialogTurn) -> String? {
        let offered = turn.tracker.decisions.last { $0.action != Tracker.listen }?.action
        let slot = turn.tracker.requestedSlot.map { "utter_ask_\($0)" }
        let form = turn.tracker.activeForm.flatMap { form in
            turn.tracker.requestedSlot.map { "utter_ask_\(form)_\($0)" }
        }
        let said = Utterance(text).request.spoken
        for name in [form, slot, offered].compactMap({ $0 }) {
            for button in (domain.responses[name] ?? []).flatMap(\.buttons)
            where Utterance(button.title).spoken == said && !said.isEmpty { return button.payload }
        }
        return nil
    }
}

extension Utterance {
    fileprivate var spoken: String { words(of: 0..<count) }
}

extension SlotMapping {
    var entity: String? { if case .entity(let name, _, _) = source { name } else { nil } }
}
