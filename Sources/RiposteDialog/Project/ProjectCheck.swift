import RiposteCore

/// Finds what does not fit together in a project: names that are nowhere, rules and stories that contradict each other.
struct ProjectCheck {
    private let project: DialogProject
    private let domain: Domain
    private let trainedIntents: [String: SourcePlace]
    private let markedEntities: [String: SourcePlace]

    init(_ project: DialogProject, intents: [String: SourcePlace], entities: [String: SourcePlace]) {
        self.project = project
        domain = project.domain
        trainedIntents = intents
        markedEntities = entities
    }

    /// - Throws: `.badInput` with the first thing that is wrong.
    func run(_ warnings: inout [String]) throws {
        try checkDomain()
        for story in project.rules + project.stories { try check(story.conditions + story.steps) }
        try checkRules()
        try checkStories()
        warnings += harmless()
    }

    // MARK: - Names

    private func unknown(_ what: String, _ name: String, _ place: SourcePlace, _ known: some Sequence<String>)
        -> RiposteError
    {
        place.error(
            "there is no \(what) \u{201C}\(name)\u{201D} in the domain.",
            suggestion: NearestName.suggestion(for: name, among: known))
    }

    private func checkDomain() throws {
        for form in domain.forms.values.sorted(by: { $0.place < $1.place }) {
            for slot in form.requiredSlots where domain.slots[slot] == nil {
                throw unknown("slot", slot, form.place, domain.slots.keys)
            }
            for intent in form.ignoredIntents { try check(intent: intent, form.place) }
            for slot in form.requiredSlots where !canBeAsked(slot, form.name) {
                throw form.place.error(
                    "form \u{201C}\(form.name)\u{201D} cannot ask for \u{201C}\(slot)\u{201D}.",
                    suggestion: "Write a response utter_ask_\(slot).")
            }
        }
        for slot in domain.slots.values.sorted(by: { $0.place < $1.place }) {
            for mapping in slot.mappings { try check(mapping) }
        }
        for response in domain.responses.values.joined().sorted(by: { $0.place < $1.place }) {
            for condition in response.conditions where domain.slots[condition.slot] == nil {
                throw unknown("slot", condition.slot, response.place, domain.slots.keys)
            }
        }
    }

    private func canBeAsked(_ slot: String, _ form: String) -> Bool {
        ["utter_ask_\(form)_\(slot)", "utter_ask_\(slot)", "action_ask_\(form)_\(slot)", "action_ask_\(slot)"]
            .contains(where: domain.hasAction)
    }

    private func check(_ mapping: SlotMapping) throws {
        if case .entity(let entity, _, _) = mapping.source { try check(entity: entity, mapping.place) }
        for intent in mapping.intents + mapping.otherIntents { try check(intent: intent, mapping.place) }
        for condition in mapping.conditions {
            if let form = condition.form, domain.forms[form] == nil {
                throw unknown("form", form, mapping.place, domain.forms.keys)
            }
            if let slot = condition.requestedSlot, domain.slots[slot] == nil {
                throw unknown("slot", slot, mapping.place, domain.slots.keys)
            }
        }
    }

    private func check(intent: String, _ place: SourcePlace) throws {
        guard domain.intents[intent.baseIntent] == nil, !Self.defaultIntents.contains(intent) else { return }
        throw unknown("intent", intent, place, domain.intents.keys)
    }

    private static let defaultIntents: Set<String> = [
        ParsedMessage.outOfScope, "restart", "back", "session_start", "out_of_scope",
    ]

    private func check(entity: String, _ place: SourcePlace) throws {
        guard domain.entities[entity] == nil else { return }
        throw unknown("entity", entity, place, domain.entities.keys)
    }

    private func check(_ steps: [Story.Step]) throws {
        for step in steps {
            switch step.kind {
            case .user(let intent, let entities, _):
                if let intent { try check(intent: intent, step.place) }
                for need in entities { try check(entity: need.entity, step.place) }
            case .action(let name):
                if !domain.hasAction(name) { throw unknown("action", name, step.place, domain.actionNames) }
            case .form(let name?):
                if domain.forms[name] == nil { throw unknown("form", name, step.place, domain.forms.keys) }
            case .form(nil): break
            case .slots(let needs), .checkpoint(_, let needs):
                for need in needs where domain.slots[need.slot] == nil && need.slot != Tracker.requestedSlot {
                    throw unknown("slot", need.slot, step.place, domain.slots.keys)
                }
            case .either(let ways): try check(ways)
            }
        }
    }

    // MARK: - Contradictions

    private func checkRules() throws {
        var seen: [[MomentPattern]: RulePolicy.Entry] = [:]
        for entry in RulePolicy(project.rules, domain: domain).all.sorted(by: { $0.place < $1.place }) {
            guard let other = seen[entry.patterns] else {
                seen[entry.patterns] = entry
                continue
            }
            guard other.action != entry.action, other.startsConversation == entry.startsConversation else { continue }
            throw entry.place.error(
                "rule \u{201C}\(entry.name)\u{201D} goes on with \(entry.action) where rule "
                    + "\u{201C}\(other.name)\u{201D} "
                    + "(\(other.place)) goes on with \(other.action).",
                suggestion: "Give one of them a condition, or make them one.")
        }
    }

    /// Stories looked at for contradictions; with more, the rest is taken as it is.
    private static let mostPathsChecked = 2_000

    private func checkStories() throws {
        let rules = RulePolicy(project.rules, domain: domain)
        let stories = StoryPolicy(project.paths, domain: domain, settings: project.settings)
        var seen: [[StoryPolicy.Key]: (action: String, place: SourcePlace, name: String)] = [:]
        for line in stories.lines.prefix(Self.mostPathsChecked) {
            for position in line.keys.indices {
                let window = Array(line.keys[...position].suffix(4 * project.settings.history))
                let here = (action: line.actions[position], place: line.places[position], name: line.name)
                guard let other = seen[window] else {
                    seen[window] = here
                    continue
                }
                // Where a story only ends, another may go on.
                guard other.action != here.action, other.action != Tracker.listen, here.action != Tracker.listen else {
                    continue
                }
                throw here.place.error(
                    "story \u{201C}\(here.name)\u{201D} goes on with \(here.action) where story "
                        + "\u{201C}\(other.name)\u{201D} "
                        + "(\(other.place)), told the same until here, goes on with \(other.action).",
                    suggestion: "Tell them apart by a slot_was_set, or make them one.")
            }
        }
        for path in project.paths.prefix(Self.mostPathsChecked) { try check(path, against: rules) }
    }

    private func check(_ path: Story, against rules: RulePolicy) throws {
        let told = StoryTelling(path, domain: domain)
        for (index, decision) in told.decisions.enumerated() where !decision.isFormTurn {
            guard let rule = rules.decide(told.trackers[index]), rule.action != decision.action,
                // The end of a story leaves open what comes.
                index < told.decisions.count - 1
            else { continue }
            throw told.places[index].error(
                "story \u{201C}\(path.name)\u{201D} goes on with \(decision.action) where the rule at \(rule.source) "
                    + "goes on with \(rule.action).",
                suggestion: "A rule always holds: change the story, or give the rule a condition.")
        }
    }

    // MARK: - What does no harm

    private func harmless() -> [String] {
        var warnings: [String] = []
        for (intent, place) in trainedIntents.sorted(by: { $0.value < $1.value })
        where domain.intents[intent.baseIntent] == nil && intent.baseIntent != ParsedMessage.outOfScope {
            let near = NearestName.suggestion(for: intent.baseIntent, among: domain.intents.keys).map { " " + $0 }
            warnings.append("\(place): intent \u{201C}\(intent)\u{201D} is not in the domain.\(near ?? "")")
        }
        for (entity, place) in markedEntities.sorted(by: { $0.value < $1.value }) where domain.entities[entity] == nil {
            let near = NearestName.suggestion(for: entity, among: domain.entities.keys).map { " " + $0 }
            warnings.append("\(place): entity \u{201C}\(entity)\u{201D} is not in the domain.\(near ?? "")")
        }
        if !trainedIntents.isEmpty {
            let trained = Set(trainedIntents.keys.map(\.baseIntent))
            for (intent, properties) in domain.intents.sorted(by: { $0.key < $1.key })
            where !trained.contains(intent) && !Self.defaultIntents.contains(intent) {
                warnings.append("\(properties.place): intent \u{201C}\(intent)\u{201D} has no examples.")
            }
        }
        for (action, place) in domain.actions.sorted(by: { $0.key < $1.key })
        where domain.responses[action] == nil && domain.forms[action] == nil
            && !Domain.defaultActions.contains(action) && project.actionEndpoint == nil && !action.hasPrefix("utter_")
        {
            warnings.append("\(place): nobody carries out \(action): endpoints.yml names no action_endpoint.")
        }
        return warnings
    }
}
