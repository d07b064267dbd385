/// What a dialog remembers: its events, one after the other, make it. A pure value.
///
///     var tracker = Tracker()
///     tracker.apply([.user(message: message), .slot(name: "size", value: .text("large"))])
///     tracker.slots["size"]   // .text("large")
public struct Tracker: Sendable, Equatable, Codable {
    /// The action that waits for the user.
    public static let listen = "action_listen"
    /// The slot that holds what the active form asks for, as in Rasa.
    public static let requestedSlot = "requested_slot"

    /// Decisions further back are forgotten: no policy looks at so many.
    public static let mostDecisions = 60

    /// Slots that were set. Those that were not have their initial value, which the domain knows.
    public private(set) var slots: [String: SlotValue] = [:]
    public private(set) var activeForm: String?
    /// Forms that wait for the active one to end, the next one last.
    public private(set) var suspendedForms: [String] = []
    /// The slots as they were before what made each form begin.
    public private(set) var formStarts: [String: [String: SlotValue]] = [:]
    /// What was told to the form that ended last, for "the same again".
    public private(set) var completedForm: CompletedForm?
    /// Whether the active form could do nothing with the latest message.
    public private(set) var isFormRefused = false
    public private(set) var latestMessage: ParsedMessage?
    public private(set) var latestAction = Tracker.listen
    /// What was asked back and is not settled.
    public private(set) var question: Question?
    /// What was decided and how things stood then, the oldest first; at most `mostDecisions`.
    public private(set) var decisions: [DialogDecision] = []
    /// How many events there were; tells apart what is said at different times.
    public private(set) var eventCount = 0
    /// Whether `decisions` begin where the conversation began.
    public private(set) var isWhole = true
    /// The state before the latest message, for `rewound`.
    private var earlier: [Snapshot] = []

    public init() {}

    public var requestedSlot: String? { slots[Self.requestedSlot]?.text }

    /// How things stand now.
    public var moment: DialogMoment {
        DialogMoment(
            previousAction: latestAction, message: latestAction == Self.listen ? latestMessage : nil,
            form: activeForm, slots: slots)
    }

    public mutating func apply(_ events: [DialogEvent]) {
        for event in events { apply(event) }
    }

    public mutating func apply(_ event: DialogEvent) {
        eventCount += 1
        switch event {
        case .user(let message):
            earlier = [Snapshot(self)]
            latestMessage = message
            latestAction = Self.listen
            isFormRefused = false
        case .action(let name):
            decide(name)
        case .slot(let name, let value):
            slots[name] = value
        case .form(let name):
            if let name {
                // What begins a form by a message may have told it something already.
                let before = latestAction == name ? earlier.first?.slots : nil
                formStarts[name] = formStarts[name] ?? before ?? slots
            } else {
                complete()
                slots[Self.requestedSlot] = .empty
            }
            activeForm = name
            isFormRefused = false
        case .formSuspended(let name):
            suspendedForms.removeAll { $0 == name }
            suspendedForms.append(name)
        case .formResumed(let name):
            suspendedForms.removeAll { $0 == name }
            activeForm = name
            isFormRefused = false
        case .formRefused(let name):
            isFormRefused = name == activeForm
        case .question(let question):
            self.question = question
        case .restarted:
            let count = eventCount
            self = Tracker()
            eventCount = count
        case .sessionStarted(let keepsSlots):
            let (count, kept) = (eventCount, slots)
            self = Tracker()
            eventCount = count
            if keepsSlots { slots = kept.filter { $0.key != Self.requestedSlot } }
        case .rewound:
            earlier.first?.restore(&self)
            earlier = []
        }
    }

    private mutating func decide(_ name: String) {
        decisions.append(DialogDecision(moment, name))
        if decisions.count > Self.mostDecisions {
            decisions.removeFirst(decisions.count - Self.mostDecisions)
            isWhole = false
        }
        latestAction = name
        if name == activeForm { isFormRefused = false }
    }

    /// The active form has ended. One that was canceled has been emptied before.
    private mutating func complete() {
        guard let activeForm else { return }
        let before = formStarts.removeValue(forKey: activeForm) ?? [:]
        let told = slots.filter { $0.value.isSet && $0.key != Self.requestedSlot && before[$0.key] != $0.value }
        if !told.isEmpty { completedForm = CompletedForm(name: activeForm, slots: told) }
    }

    /// A form, and the slots that were filled while it asked.
    public struct CompletedForm: Sendable, Equatable, Codable {
        public var name: String
        public var slots: [String: SlotValue]
    }

    /// What `rewound` goes back to.
    private struct Snapshot: Sendable, Equatable, Codable {
        var slots: [String: SlotValue]
        var activeForm: String?
        var suspendedForms: [String]
        var formStarts: [String: [String: SlotValue]]
        var latestMessage: ParsedMessage?
        var latestAction: String
        var question: Question?
        var decisions: [DialogDecision]

        init(_ tracker: Tracker) {
            slots = tracker.slots
            activeForm = tracker.activeForm
            suspendedForms = tracker.suspendedForms
            formStarts = tracker.formStarts
            latestMessage = tracker.latestMessage
            latestAction = tracker.latestAction
            question = tracker.question
            decisions = tracker.decisions
        }

        func restore(_ tracker: inout Tracker) {
            tracker.slots = slots
            tracker.activeForm = activeForm
            tracker.suspendedForms = suspendedForms
            tracker.formStarts = formStarts
            tracker.latestMessage = latestMessage
            tracker.latestAction = latestAction
            tracker.question = question
            tracker.decisions = decisions
            tracker.isFormRefused = false
        }
    }
}
