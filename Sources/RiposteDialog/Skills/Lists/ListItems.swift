/// What is put on lists, as it was said.
enum ListItems {
    /// Cuts "some milk, a dozen eggs and butter" into what is to be kept: "milk", "a dozen eggs", "butter".
    static func items(in words: Utterance) -> [String] {
        var items: [String] = []
        var start = 0
        func end(_ index: Int) {
            let part = words.part(start..<index)
            if let item = item(part) { items.append(item) }
        }
        for index in words.tokens.indices {
            let isAnd = words.tokens[index].word == "and"
            if isAnd, isPair(words, at: index) { continue }
            if index > start, [.clause, .sentence].contains(words.tokens[index].gap) {
                end(index)
                start = index
            }
            if isAnd {
                if index > start { end(index) }
                start = index + 1
            }
        }
        end(words.count)
        return items
    }

    /// What belongs together, though there is an "and" in it.
    private static func isPair(_ words: Utterance, at index: Int) -> Bool {
        pairs.contains("\(words.word(index - 1) ?? "") \(words.word(index + 1) ?? "")")
    }

    private static let pairs: Set<String> = [
        "salt pepper", "mac cheese", "macaroni cheese", "fish chips", "oil vinegar", "half half", "ham cheese",
        "bread butter", "gin tonic", "sweet sour", "black white",
    ]

    private static func item(_ words: Utterance) -> String? {
        var range = 0..<words.count
        while let word = words.word(range.lowerBound), !range.isEmpty,
            always.contains(word)
                || (articles.contains(word) && !measures.contains(words.word(range.lowerBound + 1) ?? ""))
        {
            range = range.lowerBound + 1..<range.upperBound
        }
        while let word = words.word(range.upperBound - 1), !range.isEmpty, endings.contains(word) {
            range = range.lowerBound..<range.upperBound - 1
        }
        let text = words.text(of: range)
        let isPronoun = words.part(range).tokens.allSatisfy { pronouns.contains($0.word) }
        return text.isEmpty || text.count > longest || isPronoun ? nil : text
    }

    /// In characters.
    private static let longest = 80
    /// They name nothing.
    private static let pronouns: Set<String> = [
        "it", "that", "this", "them", "those", "these", "one", "something", "things",
    ]
    private static let always: Set<String> = ["some", "also", "please", "more", "the", "my", "our", "any"]
    private static let articles: Set<String> = ["a", "an"]
    /// "A dozen eggs" is more than "dozen eggs".
    private static let measures: Set<String> = [
        "dozen",
        "couple",
        "few",
        "bottle",
        "pack",
        "packet",
        "bag",
        "box",
        "can",
        "jar",
        "loaf",
        "kilo",
        "pound",
        "bunch",
        "liter", "litre", "half", "piece", "lot", "quart", "gallon", "case", "carton", "tin", "tube", "bar", "hundred",
    ]
    private static let endings: Set<String> = ["please", "too", "also"]

    /// What begins a question, or points at something.
    static let neverItems: Set<String> = [
        "what", "how", "who", "when", "where", "why", "which", "is", "are", "was", "can", "could", "do", "does", "did",
        "tell",
        "set",
        "play",
        "turn",
        "open",
        "call",
        "you",
        "me",
        "no",
        "yes",
        "not",
        "stop",
        "cancel",
        "i",
        "it",
        "that",
        "tomorrow", "today", "thanks", "thank", "then", "now", "okay", "so", "well", "again", "more", "else", "next",
        "here",
        "there", "hello", "hi", "bye", "goodbye", "never", "maybe", "good", "great", "let", "please", "remind", "add",
        "remove",
    ]

    /// Whether what is on the list is what is named: "eggs" are "a dozen eggs".
    static func isMeant(_ kept: String, by named: String) -> Bool {
        let (one, other) = (stems(kept), stems(named))
        return !other.isEmpty && (one == other || other.allSatisfy(one.contains))
    }

    private static func stems(_ text: String) -> [Substring] {
        Utterance(text).tokens.map(\.word).filter { !articles.contains($0) && !always.contains($0) }.map { word in
            word.count > 3 && word.hasSuffix("s") ? word.dropLast() : word[...]
        }
    }

    static func isPlural(_ item: String) -> Bool {
        let last = Utterance(item).tokens.last?.word ?? ""
        return last.hasSuffix("s") && !last.hasSuffix("ss") && !["hummus", "asparagus", "couscous"].contains(last)
    }
}

/// What lists are called.
enum ListNames {
    /// The list that is meant where none is named.
    static let usual = "shopping"
    /// Lists that everybody may have.
    static let common: Set<String> = [usual, "to do"]

    /// The name in a slot, or the usual one where there is none; nil for what is no name.
    static func name(_ utterance: Utterance, _ range: Range<Int>?) -> String? {
        guard let range else { return usual }
        let words = utterance.tokens[range].map(\.word)
        guard (1...3).contains(words.count) else { return nil }
        let name = words.joined(separator: " ")
        if ["to do", "to dos"].contains(words.joined(separator: " ")) { return "to do" }
        guard !words.contains(where: { never.contains($0) }) else { return nil }
        if ["grocery", "groceries", "shop", "shops", "store", "food", "supermarket"].contains(name) { return usual }
        return ["todo", "task", "tasks", "two do", "todos"].contains(name) ? "to do" : name
    }

    private static let never: Set<String> = [
        "the",
        "a",
        "an",
        "my",
        "of",
        "from",
        "off",
        "to",
        "with",
        "is",
        "are",
        "on",
        "in",
        "and",
        "or",
        "for",
        "that",
        "this",
        "what",
        "any",
        "guest",
        "timers", "timer", "alarms", "reminders", "voices", "contact", "mailing",
    ]
}
