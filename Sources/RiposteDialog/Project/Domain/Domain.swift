import RiposteCore

/// What a project's dialog is made of, as Rasa's `domain.yml` says it.
public struct Domain: Sendable, Equatable {
    public var intents: [String: Intent] = [:]
    public var entities: [String: SourcePlace] = [:]
    public var slots: [String: Slot] = [:]
    public var forms: [String: Form] = [:]
    /// By name ("utter_greet"); at least one way to say it for each.
    public var responses: [String: [Response]] = [:]
    /// Actions that are neither responses nor forms: carried out by an action server.
    public var actions: [String: SourcePlace] = [:]
    public var session = SessionSettings()

    public init() {}

    public struct Intent: Sendable, Equatable {
        /// Entities that count for what is decided; nil: all.
        public var usedEntities: [String]?
        public var ignoredEntities: [String] = []
        public var place: SourcePlace
    }

    public struct Form: Sendable, Equatable {
        public var name: String
        /// Asked for in this order.
        public var requiredSlots: [String]
        public var ignoredIntents: [String] = []
        public var place: SourcePlace
    }

    public struct SessionSettings: Sendable, Equatable {
        /// Minutes of silence after which a conversation begins anew; 0: never. Default: an hour, as in Rasa.
        public var expiration = 60.0
        /// Default: true.
        public var carriesOverSlots = true
    }

    /// The slots of a form that are asked for, and nothing else asks for.
    func forms(requiring slot: String) -> [Form] { forms.values.filter { $0.requiredSlots.contains(slot) } }

    /// Whether something of this name can be carried out.
    public func hasAction(_ name: String) -> Bool {
        responses[name] != nil || forms[name] != nil || actions[name] != nil || Self.defaultActions.contains(name)
            || isRetrievalResponse(name)
    }

    /// Whether "utter_faq" stands for "utter_faq/opening_hours" and its like.
    func isRetrievalResponse(_ name: String) -> Bool { responses.keys.contains { $0.hasPrefix(name + "/") } }

    var actionNames: [String] {
        let retrieval = responses.keys.compactMap { $0.split(separator: "/").first.map(String.init) }
        return Array(responses.keys) + retrieval + Array(forms.keys) + Array(actions.keys)
            + Self.defaultActions.sorted()
    }

    /// What every project can do without saying so.
    static let defaultActions: Set<String> = [
        "action_listen", "action_restart", "action_session_start", "action_default_fallback",
        "action_deactivate_loop", "action_revert_fallback_events", "action_default_ask_affirmation",
        "action_default_ask_rephrase", "action_two_stage_fallback", "action_unlikely_intent", "action_back",
        "action_extract_slots", "action_cancel", "action_repeat", "action_help", "action_skill",
        "action_confirm_words", "action_start_over", "action_reprompt", "action_reset_slots", "action_same_again",
        "action_recall",
    ]
}
