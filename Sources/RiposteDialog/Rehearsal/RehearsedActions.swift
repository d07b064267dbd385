import RiposteCore

/// Stands for the server of a project's own actions while a conversation is rehearsed, so that a test changes nothing
/// in the world: what the test says is set after an action is what the action sets.
struct RehearsedActions: ActionRunner {
    /// By action, in the order of its turns' steps; the first one counts.
    private let slots: [String: [Story.SlotNeed]]

    /// - Parameter steps: what follows a message, up to the next one.
    init(_ steps: [Story.Step]) {
        var slots: [String: [Story.SlotNeed]] = [:]
        var action: String?
        for step in steps {
            switch step.kind {
            case .action(let name): action = slots[name] == nil ? name : nil
            case .slots(let needs): if let action { slots[action, default: []] += needs }
            default: continue
            }
        }
        self.slots = slots
    }

    func run(_ action: String, _ request: ActionRequest) async throws -> ActionOutcome {
        var outcome = ActionOutcome()
        if let needs = slots[action] {
            outcome.events = needs.compactMap { need in
                need.value.map { value in
                    .slot(name: need.slot, value: request.domain.slots[need.slot]?.accepts(value) ?? value)
                }
            }
        } else if action == "action_reset_slots" {
            let filled = request.domain.slots.values.filter {
                request.domain.value(of: $0.name, in: request.tracker.slots) != $0.initialValue
            }
            outcome.events = filled.sorted { $0.name < $1.name }
                .map { .slot(name: $0.name, value: $0.initialValue) }
        }
        return outcome
    }
}
