import RiposteCore

/// Chooses how something is said, and puts the slots' values into it.
struct ResponseChoice {
    let domain: Domain
    let channel: String

    /// The way to say it; nil where there is none that fits.
    ///
    /// Of several the one is taken that the conversation's length points at: the same at the same moment, another one the
    /// next time.
    func response(_ name: String, for turn: DialogTurn) -> Response? {
        var ways = domain.responses[name] ?? []
        if ways.isEmpty, let intent = turn.tracker.latestMessage?.intent?.name, let slash = intent.firstIndex(of: "/") {
            ways = domain.responses["\(name)\(intent[slash...])"] ?? []
        }
        let fitting = ways.filter { way in
            (way.channel == nil || way.channel == channel)
                && way.conditions.allSatisfy { holds($0, turn.tracker) }
        }
        // A way with a condition that holds, or for this channel, says more than one without.
        let special = fitting.filter { $0.channel != nil || !$0.conditions.isEmpty }
        let choice = special.isEmpty ? fitting : special
        guard !choice.isEmpty else { return nil }
        let start = (turn.tracker.eventCount &+ Self.number(of: name)) % choice.count
        let last = turn.conversation.turns.last?.assistant ?? ""
        let order = choice[start...] + choice[..<start]
        return order.first { !last.contains(text(of: $0, turn.tracker)) } ?? order.first
    }

    private func holds(_ condition: Response.Condition, _ tracker: Tracker) -> Bool {
        let value = domain.value(of: condition.slot, in: tracker.slots)
        return value == condition.value
            || (domain.slots[condition.slot]?.accepts(condition.value) == value && value.isSet)
    }

    /// The same for the same name, on every machine.
    private static func number(of name: String) -> Int { name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xFFFF } }

    /// The text with the slots' values in it. What an empty slot leaves over of a list, ", ,", is left out too.
    /// - Parameter values: what stands in braces besides slots.
    func text(of response: Response, _ tracker: Tracker, _ values: [String: SlotValue] = [:]) -> String {
        var rest = Substring(response.text)
        var text = ""
        var hasGap = false
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = String(rest[rest.index(after: open)..<close])
            text += rest[..<open]
            if values[name] != nil || domain.slots[name] != nil || tracker.slots[name] != nil {
                let value = (values[name] ?? domain.value(of: name, in: tracker.slots)).description
                if value.isEmpty { hasGap = true }
                text += value
            } else {
                text += rest[open...close]
            }
            rest = rest[rest.index(after: close)...]
        }
        text += rest
        guard hasGap else { return text }
        return text.replacing(/\s*,(\s*,)+/, with: ",").replacing(/\s*,?\s*([.?!:;])/) { $0.output.1 }
            .replacing(/^\s*,\s*/, with: "").replacing(/([:;.?!])\s*,/) { $0.output.1 }
    }
}
