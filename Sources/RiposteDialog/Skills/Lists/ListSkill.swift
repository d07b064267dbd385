import RiposteCore

/// Lists that last: "add milk and eggs to the shopping list", "what's on my list", "cross off the milk".
public struct ListSkill: Skill {
    static let whatToAdd = "What should I add?"

    /// More are not kept on a list, and no more lists.
    static let mostItems = 100
    static let mostLists = 20
    /// More are not taken in by ear at once.
    private static let mostListed = 12

    public init() {}

    public var ability: String? { "keep lists" }
    public var vocabulary: Set<String> { ["shopping", "grocery", "groceries", "list", "lists"] }

    public var tool: ToolSummary? {
        .init(
            name: "lists",
            purpose: "Adds to the user's lists, such as the shopping list, reads, shortens and clears them.",
            example: "add milk and eggs to the shopping list")
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if request.lastAnswer.hasSuffix(Self.whatToAdd), let answer = answered(request) { return answer }
        guard utterance.contains(ListPhrases.words) else { return nil }
        if ListPhrases.which.matches(utterance) { return which(request) }
        return change(request) ?? question(request)
    }

    private func change(_ request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if let name = ListPhrases.clear.match(utterance, accept: { ListNames.name(utterance, $0["list"]) }) {
            return clear(name, request)
        }
        let removal = ListPhrases.remove.match(utterance) { Named($0, utterance) }
        if let removal { return remove(removal.items, from: removal.list, request) }
        if ListPhrases.addNothing.match(utterance, accept: { ListNames.name(utterance, $0["list"]) }) != nil {
            return SkillAnswer(Self.whatToAdd, expectation: .freeText)
        }
        let addition = ListPhrases.add.match(utterance) { Named($0, utterance) }
        if let addition { return add(addition.items, to: addition.list, request) }
        // "Add it to the list": nothing is named.
        let isNameless = ListPhrases.add.match(utterance) { ListNames.name(utterance, $0["list"]) } != nil
        return isNameless ? SkillAnswer(Self.whatToAdd, expectation: .freeText) : nil
    }

    private func question(_ request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        if let name = ListPhrases.read.match(utterance, accept: { ListNames.name(utterance, $0["list"]) }) {
            return read(name, request)
        }
        if let name = ListPhrases.bare.match(utterance, accept: { ListNames.name(utterance, $0["list"]) }),
            ListNames.common.contains(name) || request.list(name) != nil
        {
            return read(name, request)
        }
        if let name = ListPhrases.count.match(utterance, accept: { ListNames.name(utterance, $0["list"]) }) {
            let count = request.list(name)?.items.count ?? 0
            return SkillAnswer("\(SpokenNumber.count(count, "thing").sentenceStart) on your \(name) list.")
        }
        guard let check = ListPhrases.check.match(utterance, accept: { Named($0, utterance) }) else { return nil }
        let list = request.list(check.list)
        let missing = check.items.filter { list?.has($0) != true }
        if missing.isEmpty { return SkillAnswer("Yes, \(Self.are(check.items)) on your \(check.list) list.") }
        return SkillAnswer("No, \(Self.are(missing)) not on your \(check.list) list.")
    }

    /// Items and the list they are named with.
    private struct Named {
        var items: [String]
        var list: String

        init?(_ slots: Phrase.Slots, _ utterance: Utterance) {
            guard let range = slots["items"], let list = ListNames.name(utterance, slots["list"]) else { return nil }
            items = ListItems.items(in: utterance.part(range))
            self.list = list
            if items.isEmpty { return nil }
        }
    }

    // "Add something to my shopping list." "What should I add?" "Milk and eggs."
    private func answered(_ request: SkillRequest) -> SkillAnswer? {
        guard request.utterance.count <= 40, let before = request.conversation.turns.last?.user else { return nil }
        if [.no, .yes].contains(Confirmation(request.utterance.text)) { return SkillAnswer("Okay.") }
        let asked = Utterance(before).request
        let name = ListPhrases.addNothing.match(asked) { ListNames.name(asked, $0["list"]) }
        let items = ListItems.items(in: request.utterance)
        return items.isEmpty ? nil : add(items, to: name ?? ListNames.usual, request)
    }

    // MARK: Changes

    private func add(_ items: [String], to name: String, _ request: SkillRequest) -> SkillAnswer {
        let list = request.list(name) ?? NamedList(name: name)
        let new = items.filter { !list.has($0) }
        guard !new.isEmpty else { return SkillAnswer("\(Self.are(items).sentenceStart) on your \(name) list already.") }
        guard list.items.count + new.count <= Self.mostItems else { return SkillAnswer("Your \(name) list is full.") }
        guard !list.items.isEmpty || request.conversation.lists.count < Self.mostLists else {
            return SkillAnswer("You have \(Self.mostLists) lists; clear one first.")
        }
        return SkillAnswer(
            "Okay, \(Self.are(new)) on your \(name) list.", effects: [.changeList(name: name, change: .add(items: new))]
        )
    }

    private func remove(_ items: [String], from name: String, _ request: SkillRequest) -> SkillAnswer {
        guard let list = request.list(name) else { return SkillAnswer("Your \(name) list is empty.") }
        if items == ["everything"] || items == ["all"] { return clear(name, request) }
        let there = items.compactMap { item in list.items.first { ListItems.isMeant($0, by: item) } }
        guard !there.isEmpty else { return SkillAnswer("\(Self.are(items).sentenceStart) not on your \(name) list.") }
        return SkillAnswer(
            "Okay, \(Self.are(there)) off your \(name) list.",
            effects: [.changeList(name: name, change: .remove(items: there))])
    }

    private func clear(_ name: String, _ request: SkillRequest) -> SkillAnswer {
        guard request.list(name) != nil else { return SkillAnswer("Your \(name) list is empty already.") }
        return SkillAnswer("Okay, your \(name) list is empty.", effects: [.changeList(name: name, change: .clear)])
    }

    // MARK: Questions

    private func read(_ name: String, _ request: SkillRequest) -> SkillAnswer {
        guard let items = request.list(name)?.items else { return SkillAnswer("Your \(name) list is empty.") }
        let listed = items.count > Self.mostListed ? items.prefix(Self.mostListed - 1) + ["more"] : items[...]
        let count = items.count > 3 ? "\(items.count) things are" : items.count == 1 ? "There is" : "There are"
        if items.count > 3 { return SkillAnswer("\(count) on your \(name) list: \(SpokenList.joined(Array(listed))).") }
        return SkillAnswer("On your \(name) list \(count.lowercased()): \(SpokenList.joined(items)).")
    }

    private func which(_ request: SkillRequest) -> SkillAnswer {
        let names = request.conversation.lists.map { "the \($0.name) list" }
        return SkillAnswer(names.isEmpty ? "You have no lists." : "You have \(SpokenList.joined(names)).")
    }

    /// "milk is", "milk and eggs are", "eggs are".
    private static func are(_ items: [String]) -> String {
        let isPlural = items.count > 1 || items.first.map(ListItems.isPlural) == true
        return "\(SpokenList.joined(items)) \(isPlural ? "are" : "is")"
    }

    // MARK: Going on

    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        let words = fragment.words
        // Anything may be put on a list, so that it must be clear that it is to be.
        guard fragment.hasLead, fragment.isNothingElse, words.count <= 6, !words.contains(ListItems.neverItems) else {
            return nil
        }
        let items = words.text(of: 0..<words.count)
        let request = earlier.request
        for (phrases, verb, joint) in [
            (ListPhrases.remove, "remove", "from"), (ListPhrases.add, "add", "to"), (ListPhrases.check, "is", "on"),
        ] {
            guard let name = phrases.match(request, accept: { ListNames.name(request, $0["list"]) }) else { continue }
            return "\(verb) \(items) \(joint) the \(name) list"
        }
        return nil
    }
}

extension SkillRequest {
    fileprivate func list(_ name: String) -> NamedList? { conversation.lists.first { $0.name == name } }
}
