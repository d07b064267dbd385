import RiposteCore

/// What `config.yml` says, as far as it means something here: thresholds and how far policies look back.
public struct ProjectSettings: Sendable, Equatable {
    /// A message less likely to be its intent than this was not understood. Default: 0.3, as in Rasa.
    public var threshold = 0.3
    /// Nor was one whose second intent is nearer than this. Default: 0.1, as in Rasa.
    public var ambiguity = 0.1
    /// Messages that stories look back at. Default: 5, as in Rasa.
    public var history = 5
    /// An action less sure than this is not taken. Default: 0.3, as in Rasa.
    public var actionThreshold = 0.3
    /// What is done instead.
    public var fallbackAction = "action_default_fallback"
    /// Whether stories may be applied where they do not fit wholly.
    public var generalizes = true

    public init() {}

    /// What is too uncertain for the project, by its thresholds, is none of its intents: `nlu_fallback` comes first.
    public func judged(_ message: ParsedMessage) -> ParsedMessage {
        guard let first = message.intent, first.name != ParsedMessage.outOfScope else { return message }
        let second = message.ranking.dropFirst().first { $0.name != ParsedMessage.outOfScope }
        let isAmbiguous = second.map { first.confidence - $0.confidence < ambiguity } ?? false
        guard first.confidence < threshold || isAmbiguous else { return message }
        var message = message
        message.ranking.insert(.init(ParsedMessage.outOfScope, 1 - first.confidence), at: 0)
        return message
    }
}

/// Reads `config.yml`.
enum SettingsReader {
    private static let keys = ["recipe", "language", "pipeline", "policies", "assistant_id", "version", "importers"]

    static func read(_ root: SourceNode) throws -> ProjectSettings {
        var settings = ProjectSettings()
        let fields = try root.fields("config.yml", keys)
        for component in try fields["pipeline"]?.items("pipeline") ?? [] {
            let fields = try self.fields(component)
            guard fields["name"]?.text == "FallbackClassifier" else { continue }
            try set(&settings.threshold, "threshold", fields, component)
            try set(&settings.ambiguity, "ambiguity_threshold", fields, component)
        }
        for policy in try fields["policies"]?.items("policies") ?? [] {
            let fields = try self.fields(policy)
            switch fields["name"]?.text {
            case "RulePolicy":
                try set(&settings.actionThreshold, "core_fallback_threshold", fields, policy)
                settings.fallbackAction = fields["core_fallback_action_name"]?.text ?? settings.fallbackAction
            case "MemoizationPolicy", "AugmentedMemoizationPolicy":
                if case .number(let count) = fields["max_history"] ?? .empty, count >= 1, count <= 50 {
                    settings.history = Int(count)
                }
            default: break
            }
        }
        return settings
    }

    /// A component with its options; which it has is its own matter.
    private static func fields(_ node: SourceNode) throws -> [String: SlotValue] {
        guard case .object(let fields) = try node.value() else { return ["name": .text(try node.name("a component"))] }
        guard fields["name"]?.text != nil else { throw node.error("this component has no name.") }
        return fields
    }

    private static func set(_ value: inout Double, _ key: String, _ fields: [String: SlotValue], _ node: SourceNode)
        throws
    {
        guard let field = fields[key] else { return }
        guard case .number(let number) = field, (0...1).contains(number) else {
            throw node.error("\(key) must be a number from 0 to 1.")
        }
        value = number
    }
}
