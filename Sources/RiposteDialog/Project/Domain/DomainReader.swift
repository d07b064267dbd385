import RiposteCore

/// Reads the parts of `domain.yml`, which may be spread over several files.
struct DomainReader {
    private(set) var domain = Domain()
    private(set) var warnings: [String] = []
    private var sessionPlace: SourcePlace?

    static let keys = [
        "intents", "entities", "slots", "forms", "responses", "actions", "e2e_actions", "session_config", "config",
    ]

    mutating func read(_ key: String, _ section: SourceNode) throws {
        switch key {
        case "intents": try readIntents(section)
        case "entities": try readEntities(section)
        case "slots":
            for entry in try section.entries("slots") { try add(slot: SlotReader.slot(entry)) }
        case "forms": try readForms(section)
        case "responses": try readResponses(section)
        case "actions": try readActions(section)
        case "session_config": try readSession(section)
        case "config": _ = try section.fields("config", ["store_entities_as_slots"])
        default:
            if try !section.items(key).isEmpty {
                throw section.error("actions named by their text are not supported; write a response and name that.")
            }
        }
    }

    private mutating func readIntents(_ section: SourceNode) throws {
        for item in try section.items("intents") {
            var intent = Domain.Intent(place: item.place)
            var name = ""
            if item.isMapping {
                let entries = try item.entries("an intent")
                guard let entry = entries.first, entries.count == 1 else {
                    throw item.error("an intent is a name, or a name with use_entities or ignore_entities below it.")
                }
                name = entry.key
                let fields = try entry.value.fields(
                    "intent \u{201C}\(name)\u{201D}", ["use_entities", "ignore_entities"])
                if let used = fields["use_entities"] { intent.usedEntities = try entityList(used) }
                if let ignored = fields["ignore_entities"] { intent.ignoredEntities = try entityList(ignored) ?? [] }
            } else {
                name = try item.name("an intent")
            }
            domain.intents[name] = intent
        }
    }

    /// nil: all of them.
    private func entityList(_ node: SourceNode) throws -> [String]? {
        if let all = try? node.bool("") { return all ? nil : [] }
        return try node.texts("a list of entities")
    }

    private mutating func readEntities(_ section: SourceNode) throws {
        for item in try section.items("entities") {
            guard item.isMapping else {
                domain.entities[try item.name("an entity")] = item.place
                continue
            }
            for entry in try item.entries("an entity") {
                let known = ["roles", "groups", "influence_conversation"]
                _ = try entry.value.fields("entity \u{201C}\(entry.key)\u{201D}", known)
                domain.entities[entry.key] = entry.place
            }
        }
    }

    private mutating func add(slot: Slot) throws {
        if let other = domain.slots[slot.name], other != slot {
            throw slot.place.error("slot \u{201C}\(slot.name)\u{201D} is said to be something else at \(other.place).")
        }
        domain.slots[slot.name] = slot
    }

    private mutating func readForms(_ section: SourceNode) throws {
        for entry in try section.entries("forms") {
            let what = "form \u{201C}\(entry.key)\u{201D}"
            let fields = try entry.value.fields(what, ["required_slots", "ignored_intents"])
            var form = Domain.Form(name: entry.key, requiredSlots: [], place: entry.place)
            form.requiredSlots = try fields["required_slots"]?.texts("required_slots") ?? []
            form.ignoredIntents = try fields["ignored_intents"]?.texts("ignored_intents") ?? []
            if let other = domain.forms[entry.key] {
                throw entry.place.error("\(what) is already at \(other.place).")
            }
            domain.forms[entry.key] = form
        }
    }

    mutating func readResponses(_ section: SourceNode) throws {
        for entry in try section.entries("responses") {
            guard entry.key.hasPrefix("utter_") else {
                throw entry.place.error(
                    "the name of a response must begin with utter_.",
                    suggestion: "Did you mean \u{201C}utter_\(entry.key)\u{201D}?")
            }
            let ways = try entry.value.items("the ways to say \(entry.key)").map { try ResponseReader.response($0) }
            guard !ways.isEmpty else { throw entry.place.error("\(entry.key) has nothing to say.") }
            if let other = domain.responses[entry.key]?.first {
                throw entry.place.error("\(entry.key) is already at \(other.place).")
            }
            domain.responses[entry.key] = ways
        }
    }

    private mutating func readActions(_ section: SourceNode) throws {
        for item in try section.items("actions") {
            guard item.isMapping else {
                domain.actions[try item.name("an action")] = item.place
                continue
            }
            for entry in try item.entries("an action") {
                _ = try entry.value.fields("action \u{201C}\(entry.key)\u{201D}", ["send_domain"])
                domain.actions[entry.key] = entry.place
            }
        }
    }

    private mutating func readSession(_ section: SourceNode) throws {
        let fields = try section.fields(
            "session_config",
            ["session_expiration_time", "carry_over_slots_to_new_session", "start_session_after_expiry"])
        if let minutes = fields["session_expiration_time"] {
            domain.session.expiration = try minutes.number("session_expiration_time")
            guard domain.session.expiration >= 0 else {
                throw minutes.error("session_expiration_time is in minutes, from 0.")
            }
        }
        if let carries = fields["carry_over_slots_to_new_session"] {
            domain.session.carriesOverSlots = try carries.bool("carry_over_slots_to_new_session")
        }
        if let other = sessionPlace { throw section.error("session_config is already at \(other).") }
        sessionPlace = section.place
    }
}
