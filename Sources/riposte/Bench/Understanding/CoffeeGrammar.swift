import RiposteDialog

/// What the benchmark's spoken coffee orders were said from: the publisher's grammar, as training data.
///
/// The intent is `orderDrink`; a drink with size, roast and shots before it in any order, and milk and sugar behind it.
enum CoffeeGrammar {
    static let lookups: [String: [String]] = [
        "coffeeDrink": [
            "americano", "cappuccino", "espresso", "iced mocha", "latte", "mocha", "coffee", "drip coffee",
            "house coffee", "iced coffee",
        ],
        "size": ["small", "medium", "large", "eight ounce", "twelve ounce", "sixteen ounce", "twenty ounce"],
        "roast": ["light roast", "medium roast", "dark roast"],
        "numberOfShots": ["single shot", "double shot", "triple shot"],
        "milkAmount": amounts.flatMap { amount in
            ["milk", "skim milk", "whole milk", "soy milk", "almond milk", "cream"].map { amount + $0 }
        },
        "sugarAmount": amounts.flatMap { amount in ["sugar", "brown sugar", "sweetener"].map { amount + $0 } },
    ]

    private static let amounts = ["", "some ", "a little bit of ", "a bit of ", "a lot of ", "lots of "]

    private static let openings = [
        "", "i would like a", "can i have a", "could i get a", "i'll have a", "give me a", "get me a", "make me a",
        "please make me a", "i want a", "may i have a", "let me get a", "i'd like to order a", "one", "bring me a",
    ]

    /// The training data, always the same.
    static var trainingData: TrainingData {
        var chance = OrderChance()
        var examples = (0..<120).map { _ in order(&chance) }
        for (intent, texts) in others.sorted(by: { $0.key < $1.key }) {
            examples += texts.map { TrainingData.Example($0, intent: intent) }
        }
        return TrainingData(examples: examples, lookups: lookups)
    }

    private static func order(_ chance: inout OrderChance) -> TrainingData.Example {
        func pick(_ slot: String) -> String { chance.pick(lookups[slot] ?? []) }
        var before = ["size", "roast", "numberOfShots"].filter { _ in chance.number(2) == 0 }
        if chance.number(2) == 0 { before.reverse() }
        var parts: [(slot: String, words: String)] = before.map { ($0, pick($0)) }
        parts.append(("coffeeDrink", pick("coffeeDrink")))
        let behind = ["milkAmount", "sugarAmount"].filter { _ in chance.number(3) == 0 }
        for (index, slot) in behind.enumerated() {
            parts.append(("", index == 0 ? "with" : "and"))
            parts.append((slot, pick(slot)))
        }
        var text = chance.pick(openings)
        var entities: [ParsedEntity] = []
        for part in parts {
            if !text.isEmpty { text += " " }
            let start = text.unicodeScalars.count
            text += part.words
            guard !part.slot.isEmpty else { continue }
            entities.append(ParsedEntity(part.slot, value: part.words, in: start..<text.unicodeScalars.count))
        }
        return TrainingData.Example(text, intent: "orderDrink", entities: entities)
    }

    private static let others: [String: [String]] = [
        "affirm": ["yes", "yeah", "yes please", "that's right", "sure", "correct", "sounds good", "exactly"],
        "deny": ["no", "no thanks", "that's wrong", "nope", "not that", "i don't want that"],
        "cancel": ["cancel", "cancel my order", "forget it", "stop", "never mind", "i changed my mind"],
        "greet": ["hello", "hi there", "good morning", "hey", "good evening"],
        "goodbye": ["goodbye", "bye", "see you later", "that's all", "have a nice day"],
        "status": ["is my coffee ready", "how long will it take", "where is my order", "is it done yet"],
    ]
}

/// Chance that is the same at every run.
struct OrderChance {
    private var state: UInt64 = 0x9E37_79B9_7F4A_7C15

    /// 0 … below `limit`.
    mutating func number(_ limit: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(max(limit, 1)))
    }

    mutating func pick(_ values: [String]) -> String { values.isEmpty ? "" : values[number(values.count)] }
}
