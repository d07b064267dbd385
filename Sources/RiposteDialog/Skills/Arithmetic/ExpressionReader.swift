/// Reads a calculation from the words it is said in, by precedence: "three plus four times two".
///
/// Reading never fails half-way: `expression` gives what could be read, and the caller looks whether words
/// are left over.
struct ExpressionReader {
    private let utterance: Utterance
    private(set) var position: Int
    private let numbers: NumberExtractor
    /// Nested operands ("the square root of the square root of …") beyond this are not followed.
    private var depth = 0
    private static let deepest = 24

    init(_ utterance: Utterance, from position: Int = 0, joinsAnd: Bool = true) {
        self.utterance = utterance
        self.position = position
        numbers = NumberExtractor(joinsAnd: joinsAnd)
    }

    var isAtEnd: Bool { position >= utterance.count }

    mutating func expression() -> Expression? {
        guard var left = product() else { return nil }
        while true {
            if take("plus") || take("add") || take("added", "to") || take("and", "then", "add") {
                left = changed(left, sign: 1)
            } else if take("minus") || take("less") || take("take", "away") || take("subtract") || take("takeaway") {
                left = changed(left, sign: -1)
            } else {
                return left
            }
            guard !failed else { return nil }
        }
    }

    private var failed = false

    /// "plus 15 percent" grows the left side by so much; "plus 15" adds to it.
    private mutating func changed(_ left: Expression, sign: Double) -> Expression {
        let start = position
        if let rate = number(), takePercent(), utterance.word(position) != "of" {
            return .changed(left, byPercent: sign * rate)
        }
        position = start
        guard let right = product() else {
            failed = true
            return left
        }
        return .binary(sign > 0 ? .plus : .minus, left, right)
    }

    private mutating func product() -> Expression? {
        guard var left = power() else { return nil }
        while let operation = productOperation() {
            guard let right = power() else { return nil }
            left = .binary(operation, left, right)
        }
        return left
    }

    private mutating func productOperation() -> Expression.Operation? {
        if take("times") || take("multiplied", "by") || take("multiplied", "with") || take("x")
            || take("multiply", "by")
            || take("time") || take("multiply")
        {
            return .times
        }
        if take("divided", "by") || take("divide", "by") || take("over") || take("/") || take("divided", "with")
            || take("divided")
            || take("split", "by")
        {
            return .over
        }
        return take("modulo") || take("mod") ? .modulo : nil
    }

    private mutating func power() -> Expression? {
        guard var base = operand() else { return nil }
        while true {
            if take("squared") {
                base = .function(.squared, base)
            } else if take("cubed") {
                base = .function(.cubed, base)
            } else if take("factorial") {
                base = .function(.factorial, base)
            } else if take("to", "the", "power", "of") || take("to", "the", "power") || take("power")
                || take("raised", "to")
                || take("to", "power", "of")
            {
                _ = take("the", "power", "of") || take("the", "power") || take("the")
                guard let exponent = ordinal() ?? operand() else { return nil }
                _ = take("power")
                base = .binary(.power, base, exponent)
            } else if utterance.has(["to", "the"], at: position), let exponent = ordinal(after: 2) {
                _ = take("power")
                base = .binary(.power, base, exponent)
            } else {
                return base
            }
        }
    }

    // "to the fifth".
    private mutating func ordinal(after offset: Int = 0) -> Expression? {
        guard let ordinal = OrdinalExtractor().extract(from: utterance, at: position + offset) else { return nil }
        position = ordinal.range.upperBound
        return .number(Double(ordinal.value))
    }

    private mutating func operand() -> Expression? {
        guard depth < Self.deepest else { return nil }
        depth += 1
        defer { depth -= 1 }
        if take("minus") || take("negative") { return operand().map { .function(.negative, $0) } }
        if let function = functionOf() { return power().map { .function(function, $0) } }
        if take("twice") || take("double") {
            _ = take("of")
            return power().map { .binary(.times, .number(2), $0) }
        }
        if take("triple") { return power().map { .binary(.times, .number(3), $0) } }
        return fractionOf() ?? percentOf() ?? number().map(Expression.number)
    }

    private mutating func functionOf() -> Expression.Function? {
        let start = position
        _ = take("the")
        if take("square", "root") || take("root") || take("squared", "root") || take("square", "route")
            || take("square", "roots")
            || take("squareroot")
        {
            _ = take("of") || take("from")
            return .squareRoot
        }
        if take("cube", "root") || take("cubed", "root") || take("cubic", "root") {
            _ = take("of")
            return .cubeRoot
        }
        if take("square", "of") { return .squared }
        if take("cube", "of") { return .cubed }
        if take("factorial", "of") { return .factorial }
        position = start
        return nil
    }

    // "half of 38", "two thirds of 90".
    private mutating func fractionOf() -> Expression? {
        let start = position
        if let part = numbers.extract(from: utterance, at: position), part.value < 1, part.value > 0 {
            let name = utterance.words(of: part.range)
            position = part.range.upperBound
            if take("of") {
                if let whole = power() { return .part(Self.spokenPart(name, part.value), part.value, of: whole) }
            }
        }
        position = start
        return nil
    }

    private static func spokenPart(_ name: String, _ value: Double) -> String {
        if name.contains("/") || name.contains("½") || name.contains("point") || name.first?.isNumber == true {
            return SpokenNumber(value, rounding: 3).text
        }
        return ["third", "quarter", "fifth", "tenth", "eighth", "sixth", "fourth"].contains(name) ? "a " + name : name
    }

    // "15 percent of 80", "20% off 50", "a 20 percent tip on 45".
    private mutating func percentOf() -> Expression? {
        let start = position
        _ = take("a") || take("an")
        if let rate = number(), takePercent() {
            if take("off") || take("discount", "on") || take("off", "of") {
                if let whole = power() { return .changed(whole, byPercent: -rate) }
            } else if take("of") || take("tip", "on") || take("tip", "for") || take("tip", "of") || take("tax", "on")
                || take("on")
            {
                _ = take("a") && !isAtEnd
                if let whole = power() { return .percent(rate, of: whole) }
            }
        }
        position = start
        return nil
    }

    private mutating func takePercent() -> Bool {
        take("percent") || take("per", "cent") || take("percents") || take("percentage")
    }

    private mutating func number() -> Double? {
        // A currency says nothing about the sum.
        _ = take("dollars") || take("euros") || take("pounds")
        if let top = utterance.token(position)?.number, utterance.word(position + 1) == "/" {
            // A third has no decimal to be said back: "1 divided by 3".
            position += 1
            return top
        }
        if let number = numbers.extract(from: utterance, at: position) {
            position = number.range.upperBound
            _ = take("dollars") || take("euros") || take("bucks") || take("dollar")
            return number.value
        }
        // "two" where a number must stand, as recognisers may write it.
        guard let word = utterance.word(position), let value = NumberWords.homophones[word] else { return nil }
        position += 1
        return value
    }

    private mutating func take(_ words: String...) -> Bool {
        guard utterance.has(words, at: position) else { return false }
        position += words.count
        return true
    }
}
