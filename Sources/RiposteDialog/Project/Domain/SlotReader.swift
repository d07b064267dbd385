import RiposteCore

/// Reads a slot of `domain.yml`.
enum SlotReader {
    static func slot(_ entry: SourceNode.Entry) throws -> Slot {
        let what = "slot \u{201C}\(entry.key)\u{201D}"
        let fields = try entry.value.fields(
            what,
            [
                "type", "mappings", "values", "min_value", "max_value", "initial_value", "influence_conversation",
                "value_reset_delay",
            ])
        guard let type = fields["type"] else { throw entry.place.error("\(what) has no type.") }
        var slot = Slot(name: entry.key, kind: try kind(type, fields, what), place: entry.place)
        if case .any = slot.kind { slot.influencesConversation = false }
        if let influences = fields["influence_conversation"] {
            slot.influencesConversation = try influences.bool("influence_conversation")
            if case .any = slot.kind, slot.influencesConversation {
                throw influences.error("a slot of type any cannot influence the conversation.")
            }
        }
        slot.mappings = try fields["mappings"]?.items("mappings").map { try mapping($0, what) } ?? []
        if let initial = fields["initial_value"], !initial.isNull {
            guard let value = slot.accepts(try initial.value()) else {
                throw initial.error("\(what) cannot hold its initial value.")
            }
            slot.initialValue = value
        }
        return slot
    }

    private static let types = ["text", "bool", "float", "categorical", "list", "any"]

    private static func kind(_ type: SourceNode, _ fields: [String: SourceNode], _ what: String) throws -> Slot.Kind {
        let name = try type.name("type")
        for (key, owner) in [("values", "categorical"), ("min_value", "float"), ("max_value", "float")] {
            if let node = fields[key], name != owner {
                throw node.error("\(what) is of type \(name); only \(owner) slots have \(key).")
            }
        }
        switch name {
        case "text": return .text
        case "bool": return .bool
        case "list": return .list
        case "any": return .any
        case "float":
            let least = try fields["min_value"]?.number("min_value")
            let most = try fields["max_value"]?.number("max_value")
            if let least, let most, least > most, let node = fields["min_value"] {
                throw node.error("\(what): min_value is more than max_value.")
            }
            return .number(least: least, most: most)
        case "categorical":
            guard let values = fields["values"] else { throw type.error("\(what) is categorical and has no values.") }
            let texts = try values.texts("values")
            guard !texts.isEmpty else { throw values.error("\(what) is categorical and has no values.") }
            return .category(texts)
        default:
            throw type.error(
                "there is no slot type \u{201C}\(name)\u{201D}.",
                suggestion: NearestName.suggestion(for: name, among: types))
        }
    }

    private static let sources = ["from_entity", "from_text", "from_intent", "from_trigger_intent", "custom"]

    private static func mapping(_ node: SourceNode, _ what: String) throws -> SlotMapping {
        let fields = try node.fields(
            "a mapping of \(what)",
            ["type", "entity", "role", "group", "intent", "not_intent", "value", "action", "conditions"])
        guard let type = fields["type"] else { throw node.error("a mapping of \(what) has no type.") }
        let name = try type.name("type")
        func needed(_ key: String) throws -> SourceNode {
            guard let field = fields[key] else { throw node.error("a mapping \(name) needs \u{201C}\(key)\u{201D}.") }
            return field
        }
        let allowed = try Self.allowed(name, type)
        for (key, field) in fields where !allowed.contains(key) {
            throw field.error("a mapping \(name) has no key \u{201C}\(key)\u{201D}.")
        }
        let source: SlotMapping.Source
        switch name {
        case "from_entity":
            source = .entity(
                try needed("entity").name("entity"), role: try fields["role"]?.name("role"),
                group: try fields["group"]?.name("group"))
        case "from_text": source = .text
        case "from_intent": source = .intent(try needed("value").value())
        case "from_trigger_intent": source = .triggerIntent(try needed("value").value())
        default: source = .custom(action: try fields["action"]?.name("action"))
        }
        return SlotMapping(
            source: source, intents: try fields["intent"]?.texts("intent") ?? [],
            otherIntents: try fields["not_intent"]?.texts("not_intent") ?? [],
            conditions: try fields["conditions"]?.items("conditions").map(condition) ?? [], place: node.place)
    }

    private static func allowed(_ name: String, _ type: SourceNode) throws -> Set<String> {
        let common: Set<String> = ["type", "intent", "not_intent", "conditions"]
        switch name {
        case "from_entity": return common.union(["entity", "role", "group", "value"])
        case "from_text": return common
        case "from_intent", "from_trigger_intent": return common.union(["value"])
        case "custom": return ["type", "action", "conditions"]
        default:
            throw type.error(
                "there is no mapping \u{201C}\(name)\u{201D}.",
                suggestion: NearestName.suggestion(for: name, among: sources))
        }
    }

    private static func condition(_ node: SourceNode) throws -> SlotMapping.Condition {
        let fields = try node.fields("a condition", ["active_loop", "requested_slot"])
        guard !fields.isEmpty else { throw node.error("a condition names an active_loop.") }
        var condition = SlotMapping.Condition()
        if let form = fields["active_loop"] {
            condition.excludesForms = form.isNull
            if !form.isNull { condition.form = try form.name("active_loop") }
        }
        condition.requestedSlot = try fields["requested_slot"]?.name("requested_slot")
        return condition
    }
}
