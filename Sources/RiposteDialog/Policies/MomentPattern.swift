import RiposteCore

/// What must hold for a moment of a dialog; nil and empty: nothing.
struct MomentPattern: Sendable, Hashable {
    enum FormNeed: Sendable, Hashable {
        case any
        case noForm
        case form(String)
    }

    var previousAction: String?
    var intent: String?
    var entities: Set<Story.EntityNeed> = []
    var form = FormNeed.any
    /// What stories see of the slots; `.empty`: nothing in it.
    var slots: [String: SlotValue] = [:]

    /// How much it asks for; of two that hold, the one that asks for more counts.
    var weight: Int {
        let parts = [previousAction != nil, intent != nil, form != .any].filter { $0 }.count
        return parts + entities.count + slots.count
    }

    /// - Parameter action: what was decided at that moment; nil for the present one.
    func holds(_ moment: DialogMoment, _ action: String?, in domain: Domain) -> Bool {
        if let previousAction, previousAction != moment.previousAction { return false }
        if let intent {
            guard let name = moment.message?.intent?.name, name == intent || name.baseIntent == intent else {
                return false
            }
        }
        switch form {
        case .any: break
        case .noForm: if moment.form != nil { return false }
        case .form(let name):
            // A form that is begun and filled by one message has asked too.
            if moment.form != name, action != name { return false }
        }
        guard entities.allSatisfy({ need in moment.message?.entities.contains { need.isMet(by: $0) } ?? false }) else {
            return false
        }
        return slots.allSatisfy { name, needed in domain.feature(of: name, in: moment.slots) == needed }
    }
}

extension Story.EntityNeed {
    /// - Parameter entity: with any value, where none is asked for.
    func isMet(by entity: ParsedEntity) -> Bool {
        entity.entity == self.entity && (role == nil || role == entity.role) && (group == nil || group == entity.group)
            && (value == nil || value == entity.value)
    }
}

extension String {
    /// "faq" of "faq/opening_hours".
    var baseIntent: String { firstIndex(of: "/").map { String(self[..<$0]) } ?? self }
}

extension Domain {
    /// The value of a slot, be it the one it has from the beginning.
    func value(of name: String, in slots: [String: SlotValue]) -> SlotValue {
        slots[name] ?? self.slots[name]?.initialValue ?? .empty
    }

    /// What rules and stories see of a slot.
    func feature(of name: String, in slots: [String: SlotValue]) -> SlotValue {
        if name == Tracker.requestedSlot { return slots[name] ?? .empty }
        return self.slots[name].map { $0.feature(of: value(of: name, in: slots)) } ?? .empty
    }

    /// The same of what a story says; nil where the slot does not count for decisions.
    func feature(of need: Story.SlotNeed) -> SlotValue? {
        guard need.slot != Tracker.requestedSlot else { return need.value ?? .bool(true) }
        guard let slot = slots[need.slot], slot.influencesConversation else { return nil }
        guard let value = need.value else {
            // That it is set says nothing about which value it has.
            if case .bool = slot.kind { return nil }
            if case .category = slot.kind { return nil }
            return .bool(true)
        }
        return slot.feature(of: slot.accepts(value) ?? value)
    }

    /// What may come between without having been meant by any story: the assistant's own courtesies.
    static let transparentActions: Set<String> = [
        "action_cancel", "action_repeat", "action_help", "action_skill", "action_confirm_words", "action_reprompt",
        "action_start_over", sameAgain, "action_default_ask_affirmation", "action_default_ask_rephrase",
        "action_back", "action_recall",
    ]

    /// What is recorded where a request is carried out once more.
    static let sameAgain = "action_same_again"
}

extension Tracker {
    /// What was decided up to now, without what no rule and no story speaks of.
    /// - Parameter withFormTurns: whether those count in which a form asks and is answered.
    func relevantDecisions(withFormTurns: Bool) -> [DialogDecision] {
        decisions.filter { decision in
            if Domain.transparentActions.contains(decision.action) { return false }
            // A form only asks again after one; what is done once more is done.
            let before = decision.moment.previousAction
            if before != Domain.sameAgain, Domain.transparentActions.contains(before) { return false }
            return withFormTurns || !decision.isFormTurn
        }
    }
}

extension DialogDecision {
    /// Whether the active form goes on by itself: it asks, or waits for an answer.
    var isFormTurn: Bool {
        guard let form = moment.form else { return false }
        return action == form || (action == Tracker.listen && moment.previousAction == form)
    }
}
