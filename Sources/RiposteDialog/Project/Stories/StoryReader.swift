import RiposteCore

/// Reads stories, rules, and tests of conversations.
struct StoryReader {
    private(set) var stories: [Story] = []

    /// - Parameter isTest: whether what the user says stands there in words.
    mutating func readStories(_ section: SourceNode, isTest: Bool = false) throws {
        for item in try section.items("stories") {
            let fields = try item.fields("a story", ["story", "steps", "metadata"])
            let (name, steps) = try Self.nameAndSteps("story", fields, item)
            stories.append(
                Story(name: name, steps: try steps.map { try Self.step($0, isTest: isTest) }, place: item.place))
        }
    }

    mutating func readRules(_ section: SourceNode) throws {
        for item in try section.items("rules") {
            let known = ["rule", "steps", "condition", "conversation_start", "wait_for_user_input", "metadata"]
            let fields = try item.fields("a rule", known)
            let (name, steps) = try Self.nameAndSteps("rule", fields, item)
            var rule = Story(name: name, isRule: true, steps: try steps.map { try Self.step($0) }, place: item.place)
            rule.conditions = try fields["condition"]?.items("condition").map { try Self.step($0) } ?? []
            for condition in rule.conditions {
                switch condition.kind {
                case .form, .slots: break
                default: throw condition.place.error("a condition of a rule is an active_loop or a slot_was_set.")
                }
            }
            rule.startsConversation = try fields["conversation_start"]?.bool("conversation_start") ?? false
            rule.waitsForUser = try fields["wait_for_user_input"]?.bool("wait_for_user_input") ?? true
            for step in rule.steps {
                if case .checkpoint = step.kind { throw step.place.error("a rule cannot have checkpoints.") }
            }
            stories.append(rule)
        }
    }

    private static func nameAndSteps(_ kind: String, _ fields: [String: SourceNode], _ item: SourceNode) throws
        -> (String, [SourceNode])
    {
        guard let name = try fields[kind]?.name("the name of a \(kind)") else {
            throw item.error("this \(kind) has no name.")
        }
        guard let steps = try fields["steps"]?.items("steps"), !steps.isEmpty else {
            throw item.error("\(kind) \u{201C}\(name)\u{201D} has no steps.")
        }
        return (name, steps)
    }

    private static let keys = [
        "intent", "user", "entities", "action", "bot", "active_loop", "slot_was_set", "checkpoint", "or", "metadata",
    ]

    private static func step(_ node: SourceNode, isTest: Bool = false) throws -> Story.Step {
        let fields = try node.fields("a step", keys)
        if let bot = fields["bot"] {
            throw bot.error(
                "what the assistant says cannot stand there in words.", suggestion: "Name an action: action: utter_….")
        }
        let kind: Story.Kind
        if let either = fields["or"] {
            let steps = try either.items("or").map { try step($0, isTest: isTest) }
            guard !steps.isEmpty else { throw either.error("this or has nothing to choose from.") }
            kind = .either(steps)
        } else if let checkpoint = fields["checkpoint"] {
            kind = .checkpoint(try checkpoint.name("checkpoint"), slots: try fields["slot_was_set"].map(slots) ?? [])
        } else if fields["intent"] != nil || fields["user"] != nil {
            kind = try user(fields, node, isTest: isTest)
        } else if let action = fields["action"] {
            kind = .action(try action.name("action"))
        } else if let form = fields["active_loop"] {
            kind = .form(try form.isNull ? nil : form.name("active_loop"))
        } else if let needs = fields["slot_was_set"] {
            kind = .slots(try slots(needs))
        } else {
            throw node.error("this step says nothing: there is neither intent, action, active_loop nor slot_was_set.")
        }
        return Story.Step(kind: kind, place: node.place)
    }

    private static func user(_ fields: [String: SourceNode], _ node: SourceNode, isTest: Bool) throws -> Story.Kind {
        let intent = try fields["intent"]?.name("intent")
        let text = try fields["user"]?.name("user")
        if intent == nil, !isTest {
            throw node.error("stories are told by intents.", suggestion: "Add intent: … to this step.")
        }
        if isTest, text == nil { throw node.error("a step of a test needs the words: user: ….") }
        var entities = try fields["entities"].map(self.entities) ?? []
        var words = text
        if let text {
            let marked = try ExampleText(text, at: node.place)
            words = marked.text
            entities += marked.entities.map {
                Story.EntityNeed(entity: $0.entity, value: $0.value, role: $0.role, group: $0.group)
            }
        }
        return .user(intent: intent, entities: entities, text: words)
    }

    private static func entities(_ node: SourceNode) throws -> [Story.EntityNeed] {
        try node.items("entities").map { item in
            guard item.isMapping else { return Story.EntityNeed(entity: try item.name("an entity")) }
            var need = Story.EntityNeed(entity: "")
            for entry in try item.entries("an entity") {
                switch entry.key {
                case "role": need.role = try entry.value.name("role")
                case "group": need.group = try entry.value.name("group")
                default:
                    guard need.entity.isEmpty else { throw entry.place.error("an entity has one name.") }
                    need.entity = entry.key
                    need.value = try entry.value.isNull ? nil : entry.value.text("the value of an entity")
                }
            }
            guard !need.entity.isEmpty else { throw item.error("this entity has no name.") }
            return need
        }
    }

    private static func slots(_ node: SourceNode) throws -> [Story.SlotNeed] {
        if node.isMapping { return try node.entries("slot_was_set").map(need) }
        return try node.items("slot_was_set").flatMap { item in
            guard item.isMapping else { return [Story.SlotNeed(slot: try item.name("a slot"), value: nil)] }
            return try item.entries("slot_was_set").map(need)
        }
    }

    private static func need(_ entry: SourceNode.Entry) throws -> Story.SlotNeed {
        .init(slot: entry.key, value: .some(try entry.value.value()))
    }
}
