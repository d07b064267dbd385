import Foundation
import RiposteCore

/// Leaves it to chance: "flip a coin", "roll two dice", "a number between one and ten", "choose tea or coffee".
///
/// What comes of it follows from the moment it is asked for, so that an answer that is prepared twice is the same.
public struct ChanceSkill: Skill {
    /// More dice are not taken in by ear.
    private static let mostDice = 10
    private static let sides = 2...1000

    public init() {}

    public var ability: String? { "roll dice and flip coins" }
    public var variesEachTime: Bool { true }
    public var vocabulary: Set<String> { ["coin", "dice", "random", "number", "heads", "tails"] }

    public var tool: ToolSummary? {
        .init(name: "chance", purpose: "Rolls dice, flips coins, picks random numbers.", example: "roll two dice")
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        var chance = SeededChance(Self.seed(request.conversation))
        if Self.coin.matches(utterance) { return SkillAnswer(Bool.random(using: &chance) ? "Heads." : "Tails.") }
        return dice(utterance, &chance) ?? number(utterance, &chance) ?? choice(utterance, &chance)
    }

    /// The same at the same moment of the same conversation.
    private static func seed(_ conversation: Conversation) -> Int {
        let moment = Int((conversation.now.timeIntervalSince1970 * 1000).rounded())
        return "\(conversation.id) \(conversation.turns.count) \(moment)".utf8.reduce(5381) { $0 &* 33 &+ Int($1) }
    }

    private func dice(_ utterance: Utterance, _ chance: inout SeededChance) -> SkillAnswer? {
        typealias Throw = (count: Int, sides: Int)
        let thrown = Self.dice.match(utterance) { slots -> Throw? in
            guard let count = slots["count"].map({ Self.whole(utterance.part($0)) }) ?? 1,
                let sides = slots["sides"].map({ Self.whole(utterance.part($0)) }) ?? 6
            else { return nil }
            return (count, sides)
        }
        guard let thrown else { return nil }
        guard Self.sides.contains(thrown.sides) else { return SkillAnswer("I have no such dice.") }
        guard (1...Self.mostDice).contains(thrown.count) else {
            return SkillAnswer("I can roll up to \(Self.mostDice) dice at once.")
        }
        let values = (0..<thrown.count).map { _ in Int.random(in: 1...thrown.sides, using: &chance) }
        let listed = SpokenList.joined(values.map(String.init))
        return SkillAnswer(
            values.count == 1 ? "I rolled \(listed)." : "I rolled \(listed), \(values.reduce(0, +)) in all.")
    }

    private func number(_ utterance: Utterance, _ chance: inout SeededChance) -> SkillAnswer? {
        if Self.anyNumber.matches(utterance) { return SkillAnswer("\(Int.random(in: 1...100, using: &chance)).") }
        let bounds = Self.numberBetween.match(utterance) { slots -> (Int, Int)? in
            guard let low = slots["low"].flatMap({ Self.whole(utterance.part($0)) }),
                let high = slots["high"].flatMap({ Self.whole(utterance.part($0)) })
            else { return nil }
            return (min(low, high), max(low, high))
        }
        return bounds.map { SkillAnswer("\(Int.random(in: $0...$1, using: &chance)).") }
    }

    private func choice(_ utterance: Utterance, _ chance: inout SeededChance) -> SkillAnswer? {
        let ways = Self.choice.match(utterance) { slots -> [String]? in
            guard let one = slots["one"], let other = slots["other"] else { return nil }
            let before = utterance.part(one)
            // "red, green or blue".
            let starts = [0] + before.tokens.indices.dropFirst().filter { before.tokens[$0].gap == .clause }
            let ends = starts.dropFirst() + [before.count]
            return zip(starts, ends).map { before.text(of: $0..<$1) } + [utterance.text(of: other)]
        }
        guard let ways, ways.count <= 20, let way = ways.randomElement(using: &chance) else { return nil }
        return SkillAnswer("I'd say: \(SecondPerson.turned(way)).")
    }

    /// A whole number that can be said in a few words.
    private static func whole(_ words: Utterance) -> Int? {
        guard words.count <= 6, let value = NumberExtractor(allowsSign: true).whole(words), abs(value) <= 1e9,
            value == value.rounded()
        else { return nil }
        return Int(value)
    }

    private static let coin: Phrases = [
        "(flip|toss|throw|spin) [me|us] [a|the|one] coin [for (me|us)] [again]", "heads or tails", "coin (flip|toss)",
        "(do|make|i need|give me) a coin (flip|toss)",
    ]

    private static let dice: Phrases = [
        "(roll|throw|toss|cast) [me|us] [a|the|one|some] (die|dice) [for (me|us)] [again]",
        "(roll|throw|toss|cast) [me|us] <count> (die|dice|dices) [for (me|us)]",
        "[roll|throw|toss|cast] [me|us] [a|one] <sides> sided (die|dice)",
        "(roll|throw|toss|cast) [me|us] <count> <sides> sided (die|dice|dices)",
        "(roll|throw|toss|cast) [me|us] [a|one] d <sides>", "(roll|throw|toss|cast) <count> d <sides>",
    ]

    private static let anyNumber: Phrases = [
        "(pick|choose|give me|tell me|say|think of|generate|i need) a (random number|number) [for me|please]",
        "[a] random number",
    ]

    private static let numberBetween: Phrases = [
        """
        [pick|choose|give me|tell me|say|think of|generate|i need] [a] [random] number (between|from) <low> (and|to) \
        <high>
        """
    ]

    private static let choice: Phrases = [
        "(choose|pick|decide) [one] [for (me|us)] [between|from] <one> or <other>",
        "(choose|pick|decide) [one] [for (me|us)] between <one> and <other>",
    ]
}
