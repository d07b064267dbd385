import RiposteCore

/// Finds in a message what fills slots.
struct SlotFilling {
    private let domain: Domain
    private let message: ParsedMessage
    /// Whether the intent is one that somebody else would rather answer.
    private let isDigression: Bool

    /// - Parameter isDigression: whether the intent is sure, and a rule of its own answers it: then its words are no
    ///   answer to a question for any text.
    init(_ message: ParsedMessage, domain: Domain, isDigression: Bool) {
        self.message = message
        self.domain = domain
        self.isDigression = isDigression
    }

    /// Fills what the message fills. What is named comes first: where it corrects something, "no" was not the answer
    /// to the question.
    func fill(_ turn: inout DialogTurn) {
        let form = turn.tracker.activeForm.flatMap { domain.forms[$0] }
        if let form, let intent = message.intent?.name, form.ignoredIntents.contains(intent) { return }
        fillNamed(&turn)
        let requested = turn.tracker.requestedSlot
        let slots = domain.slots.values.sorted { $0.name < $1.name }
        for slot in slots where !turn.filled.contains(slot.name) {
            if let value = told(slot, form, requested, turn) { set(value, slot, form, requested, &turn) }
        }
    }

    /// Fills what is named; also once more when a form begins, because some slots are filled only in one.
    func fillNamed(_ turn: inout DialogTurn) {
        let form = turn.tracker.activeForm.flatMap { domain.forms[$0] }
        let requested = turn.tracker.requestedSlot
        for slot in domain.slots.values.sorted(by: { $0.name < $1.name }) where !turn.filled.contains(slot.name) {
            if let value = named(slot, form, requested) { set(value, slot, form, requested, &turn) }
        }
    }

    private func set(
        _ value: SlotValue, _ slot: Slot, _ form: Domain.Form?, _ requested: String?, _ turn: inout DialogTurn
    ) {
        guard let accepted = slot.accepts(value) else {
            if slot.name == requested || form?.requiredSlots.contains(slot.name) == true {
                turn.refused[slot.name] = value
            }
            return
        }
        let old = domain.value(of: slot.name, in: turn.tracker.slots)
        turn.filled.insert(slot.name)
        if old.isSet, old != accepted, slot.name != requested, form != nil {
            turn.corrected.append(slot.name)
        }
        if old != accepted { turn.record(.slot(name: slot.name, value: accepted)) }
    }

    // MARK: - Mappings

    private func applies(_ mapping: SlotMapping, _ form: Domain.Form?, _ requested: String?) -> Bool {
        let intent = message.intent?.name ?? ""
        let names = [intent, intent.baseIntent]
        if !mapping.intents.isEmpty, !mapping.intents.contains(where: names.contains) { return false }
        if mapping.otherIntents.contains(where: names.contains) { return false }
        guard !mapping.conditions.isEmpty else { return true }
        return mapping.conditions.contains { condition in
            if condition.excludesForms { return form == nil }
            if let needed = condition.form, needed != form?.name { return false }
            return condition.requestedSlot == nil || condition.requestedSlot == requested
        }
    }

    /// The value of an entity that is named.
    private func named(_ slot: Slot, _ form: Domain.Form?, _ requested: String?) -> SlotValue? {
        for mapping in slot.mappings where applies(mapping, form, requested) {
            guard case .entity(let entity, let role, let group) = mapping.source else { continue }
            if form != nil, slot.name != requested, !isUnique(mapping.source, slot.name, form) { continue }
            let values = message.entities.filter {
                $0.entity == entity && (role == nil || role == $0.role) && (group == nil || group == $0.group)
                    && (slot.name == requested || isMeant($0))
            }.map { SlotValue.text($0.value) }
            if values.isEmpty { continue }
            if case .list = slot.kind { return .list(values) }
            // Who says two means the second: "a small, no, a large one".
            return values.last
        }
        return nil
    }

    /// In a sentence that is none of the project's, what only sounds somewhat like a value is none: "green elephants"
    /// do not want cream.
    private func isMeant(_ entity: ParsedEntity) -> Bool {
        message.intent?.name != ParsedMessage.outOfScope || (entity.confidence ?? 1) >= Self.clear
    }

    /// From where on a value was said rather than something like it, 0–1: one sound in seven is another.
    private static let clear = 0.85

    /// Whether an entity fills only this slot of the form.
    private func isUnique(_ source: SlotMapping.Source, _ name: String, _ form: Domain.Form?) -> Bool {
        guard let form, form.requiredSlots.contains(name) else { return true }
        return !form.requiredSlots.contains { other in
            other != name && domain.slots[other]?.mappings.contains { $0.source == source } ?? false
        }
    }

    /// A value that follows from the words or the intent as a whole.
    private func told(_ slot: Slot, _ form: Domain.Form?, _ requested: String?, _ turn: DialogTurn) -> SlotValue? {
        let isRequested = slot.name == requested
        let isOfForm = !domain.forms(requiring: slot.name).isEmpty
        for mapping in slot.mappings where applies(mapping, form, requested) {
            switch mapping.source {
            case .text:
                // What a form asks for is told when it is asked for.
                guard isRequested || (!isOfForm || !mapping.conditions.isEmpty), turn.corrected.isEmpty, !isDigression
                else {
                    continue
                }
                let value = SlotValue.text(message.text)
                // What a number is asked for and holds none is something else that was said.
                guard slot.accepts(value) != nil || (slot.isNumber && SpokenValue.number(value) != nil) else {
                    continue
                }
                return value
            case .intent(let value):
                // "Yes" answers the question that was asked, not one that is still to come.
                let isAnswer: Bool = if case .bool = slot.kind { isOfForm && mapping.conditions.isEmpty } else { false }
                guard isRequested || !isAnswer, !isRequested || !isInstead(value, turn) else { continue }
                return value
            default: continue
            }
        }
        guard isRequested, case .bool = slot.kind, !isDigression, let answer = SpokenValue.bool(message.text),
            !isInstead(.bool(answer), turn)
        else { return nil }
        return .bool(answer)
    }

    /// "No, a large one" is no refusal: something is to be different.
    private func isInstead(_ value: SlotValue, _ turn: DialogTurn) -> Bool {
        !turn.corrected.isEmpty || (value == .bool(false) && !turn.filled.isEmpty)
    }
}
