import RiposteCore

/// A path gone through as if it were a conversation: what was decided in it, and how things stood then.
struct StoryTelling {
    private(set) var decisions: [DialogDecision] = []
    private(set) var places: [SourcePlace] = []
    /// How things stand at each decision, for whoever wants to ask another policy.
    private(set) var trackers: [Tracker] = []

    private var tracker = Tracker()
    private let domain: Domain
    private var hasActed = false

    init(_ path: Story, domain: Domain) {
        self.domain = domain
        for step in path.steps { tell(step) }
        if hasActed { decide(Tracker.listen, at: path.place) }
    }

    private mutating func tell(_ step: Story.Step) {
        switch step.kind {
        case .user(let intent, let entities, let text):
            if hasActed { decide(Tracker.listen, at: step.place) }
            var message = ParsedMessage(text: text ?? "")
            if let intent { message.ranking = [.init(intent, 1)] }
            message.entities = entities.map {
                ParsedEntity($0.entity, value: $0.value ?? "", in: 0..<0, role: $0.role, group: $0.group)
            }
            tracker.apply(.user(message: message))
            hasActed = false
        case .action(let name):
            decide(name, at: step.place)
            hasActed = true
        case .form(let name):
            tracker.apply(.form(name: name))
        case .slots(let needs):
            for need in needs where domain.feature(of: need) != nil {
                let value = need.value ?? .bool(true)
                tracker.apply(.slot(name: need.slot, value: domain.slots[need.slot]?.accepts(value) ?? value))
            }
        case .checkpoint, .either:
            break
        }
    }

    private mutating func decide(_ action: String, at place: SourcePlace) {
        trackers.append(tracker)
        decisions.append(DialogDecision(tracker.moment, action))
        places.append(place)
        tracker.apply(.action(name: action))
    }
}
