import RiposteCore

/// Sums as they are said: "what's twelve times seven", "15 percent of 80", "the square root of 144".
public struct ArithmeticSkill: Skill {
    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "calculate",
            purpose: "Does sums.",
            example: "what is 15 percent of 80")
    }

    public var ability: String? { "do sums" }

    public var vocabulary: Set<String> {
        NumberWords.vocabulary.union(Self.framed.vocabulary).union([
            "times", "divided", "multiplied", "percent", "square", "squared", "cubed", "minus", "factorial",
        ])
    }

    // "And times three?", "plus ten", "what's half of that": goes on with what came of it.
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        guard let value = try? Self.expression(earlier.request)?.value(), value.isFinite, abs(value) < 1e12 else {
            return nil
        }
        let result = "\(value < 0 ? "minus " : "")\(SpokenNumber.decimal(abs(value), 9))"
        let words = fragment.words.tokens.map(\.word)
        if let index = words.lastIndex(where: { Self.results.contains($0) }) {
            let before = fragment.words.words(of: 0..<index)
            let start = index > 0 && words[index - 1] == "the" ? String(before.dropLast(3)) : before
            return "\(start) \(result) \(fragment.words.words(of: index + 1..<words.count))"
        }
        guard let first = words.first, Self.continuing.contains(first) else { return nil }
        return "\(result) \(fragment.words.words(of: 0..<words.count))"
    }

    private static let results: Set<String> = ["that", "it", "this", "result"]
    private static let continuing: Set<String> = [
        "plus", "minus", "times", "over", "divided", "multiplied", "less", "squared", "cubed", "/", "x", "mod",
        "modulo",
    ]

    private static func expression(_ utterance: Utterance) -> Expression? {
        utterance.contains(operators) ? framed.match(utterance) { read(utterance, $0) } : nil
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        guard let expression = Self.expression(request.utterance) else { return nil }
        do {
            let number = SpokenNumber(try expression.value(), rounding: 2)
            if case .share(let part, let whole) = expression {
                return SkillAnswer("\(part.spoken.sentenceStart) is \(number.withHedge) percent of \(whole.spoken).")
            }
            return SkillAnswer("\(expression.spoken.sentenceStart) is \(number.withHedge).")
        } catch {
            switch error {
            case .divisionByZero: return SkillAnswer("That can't be done: nothing can be divided by zero.")
            case .rootOfNegative: return SkillAnswer("A negative number has no such root among the real numbers.")
            case .undefined: return SkillAnswer("A factorial needs a whole number that isn't negative.")
            case .tooLarge: return SkillAnswer("That's too big a number for me to say.")
            }
        }
    }

    private static func read(_ utterance: Utterance, _ slots: Phrase.Slots) -> Expression? {
        func whole(_ name: String, joinsAnd: Bool = true) -> Expression? {
            guard let range = slots[name] else { return nil }
            var reader = ExpressionReader(utterance.part(range), joinsAnd: joinsAnd)
            guard let expression = reader.expression(), reader.isAtEnd else { return nil }
            return expression
        }
        if slots["sum"] != nil {
            guard let sum = whole("sum"), sum.isCalculation else { return nil }
            return sum
        }
        let pairs: [(left: String, right: String, operation: Expression.Operation)] = [
            ("a", "b", .plus), ("from", "less", .minus), ("factor", "by", .times), ("top", "bottom", .over),
            ("number", "mod", .modulo),
        ]
        for (left, right, operation) in pairs {
            guard let one = whole(left, joinsAnd: false) ?? whole(left), let other = whole(right) else { continue }
            return .binary(operation, one, other)
        }
        if let part = whole("part"), let of = whole("of") { return .share(part, of: of) }
        return nil
    }

    /// No calculation is without one of these.
    private static let operators: Set<String> = [
        "plus", "minus", "times", "time", "x", "over", "/", "divided", "divide", "multiplied", "multiply", "less",
        "take", "takeaway",
        "subtract", "add", "added", "sum", "difference", "product", "quotient", "ratio", "remainder", "rest", "deduct",
        "percent",
        "percentage", "percents", "cent", "root", "roots", "route", "squareroot", "square", "cube", "squared", "cubed",
        "power", "raised",
        "factorial", "mod", "modulo", "of", "to", "twice", "double", "triple", "split",
    ]

    private static let parts = [
        "what": """
        what is|what are|what does|what do|how much is|how much are|how much does|how many is|calculate|compute|\
        work out|what do you get if you [do]|what do you get when you|what would be|what is the result of|what \
        is the answer to|what is the value of|what about|how about|and|solve|give me|find|what will|evaluate|\
        tell me|say|what equals|what the|was is|what was|watts|what
        """,
        "end": """
        [equal|equals|make|makes|is|be|come to|is what|equals what|is equal to|equal to what|give|gives|is how \
        much|makes what|in total|all together|altogether|on it|then]
        """,
    ]

    private static let framed = Phrases(
        [
            "[{what}] <sum> {end}",
            "[{what}] [the] sum of <a> (and|plus) <b> {end}", "[{what}] add <a> (and|to|plus|with) <b> {end}",
            "[{what}] (add|sum) [up|together] <a> (and|plus|with) <b> [together|up]",
            "[{what}] the difference (between|of) <from> and <less> {end}",
            "[{what}] (subtract|take|take away|minus|deduct) <less> [away] from <from> {end}",
            "[{what}] [the] product of <factor> (and|times) <by> {end}",
            "[{what}] multiply <factor> (by|with|and|times) <by> {end}",
            "[{what}] divide <top> (by|and|over|into|with) <bottom> {end}",
            "[{what}] [the] quotient of <top> and <bottom> {end}", "[{what}] [the] ratio of <top> (to|and) <bottom>",
            "[{what}] [the] (remainder|rest) of <number> (divided by|over|and) <mod> {end}",
            "[{what}] [the] (remainder|rest) when [you divide] <number> [is] (divided by|by) <mod> {end}",
            "(what|which) (percent|percentage) of <of> is <part>",
            "(what|which) (percent|percentage) is <part> [out] of <of>",
            "<part> is (what|which|how many) (percent|percentage) of <of>",
            "how many (percent|percentage) of <of> is <part>", "how many times does <bottom> go into <top>",
        ], parts: parts)
}

extension String {
    /// With a capital at the start.
    var sentenceStart: String { prefix(1).uppercased() + dropFirst() }
}
