import RiposteCore

/// Converts units: "how many miles is ten kilometers", "convert 350 Fahrenheit to Celsius", "how many cups in a
/// quart".
public struct ConversionSkill: Skill {
    private let quantities = QuantityExtractor()
    private let units = UnitExtractor()

    public init() {}

    public var tool: ToolSummary? {
        .init(
            name: "convert_units",
            purpose: "Converts units.",
            example: "how many miles are five kilometers")
    }

    public var ability: String? { "convert units" }

    public var vocabulary: Set<String> {
        UnitExtractor.vocabulary.union(NumberWords.vocabulary).union(Self.phrases.vocabulary)
    }

    public func answer(to request: SkillRequest) -> SkillAnswer? {
        let utterance = request.utterance
        guard utterance.contains(UnitExtractor.vocabulary) else { return nil }
        return Self.phrases.match(utterance) { slots -> SkillAnswer? in
            guard let from = slots["from"], let to = slots["to"], let quantity = quantity(utterance, from),
                let unit = units.whole(utterance, to)
            else { return nil }
            return Self.answer(quantity, to: unit)
        }
    }

    // "And in celsius?", "and ten miles?", "and twenty?"
    public func completed(_ fragment: Fragment, after earlier: Utterance, in conversation: Conversation) -> String? {
        let asked = earlier.request
        typealias Sides = (from: Range<Int>, to: Range<Int>, quantity: Quantity)
        let sides = Self.phrases.match(asked) { slots -> Sides? in
            guard let from = slots["from"], let to = slots["to"], let quantity = quantity(asked, from),
                units.whole(asked, to) != nil
            else { return nil }
            return (from, to, quantity)
        }
        guard let sides else { return nil }
        var words = fragment.words
        if let first = words.word(0), ["in", "to", "into", "as", "for"].contains(first) {
            words = words.part(1..<words.count)
        }
        guard !words.isEmpty else { return nil }
        let (said, from) = (words.text(of: 0..<words.count), asked.text(of: sides.from))
        if units.whole(words) != nil { return "convert \(from) to \(said)" }
        let to = asked.text(of: sides.to)
        if quantities.whole(words) != nil { return "convert \(said) to \(to)" }
        guard NumberExtractor(allowsSign: true).whole(words) != nil, sides.quantity.parts.count == 1,
            let unit = sides.quantity.parts.first?.unit.candidates.first
        else { return nil }
        return "convert \(said) \(unit.plural) to \(to)"
    }

    private func quantity(_ utterance: Utterance, _ range: Range<Int>) -> Quantity? {
        if let quantity = quantities.whole(utterance, range) { return quantity }
        // "from pounds to kilos" is of one pound; a number alone has no unit.
        return units.whole(utterance, range).map { Quantity(parts: [.init(value: 1, unit: $0)]) }
    }

    private static func answer(_ quantity: Quantity, to named: NamedUnit) -> SkillAnswer? {
        guard let first = quantity.parts.first else { return nil }
        for target in named.candidates {
            for source in first.unit.candidates where source != target {
                guard let value = converted(quantity, source, target) else { continue }
                return SkillAnswer(sentence(quantity, source, value, target))
            }
        }
        guard let source = first.unit.candidates.first, let target = named.candidates.first else { return nil }
        if source == target { return SkillAnswer("That's the same unit.") }
        return SkillAnswer(
            "I can't convert \(source.plural) to \(target.plural): one is \(kind(source)), the other \(kind(target)).")
    }

    private static func converted(_ quantity: Quantity, _ source: MeasurementUnit, _ target: MeasurementUnit) -> Double?
    {
        var sum = 0.0
        for (index, part) in quantity.parts.enumerated() {
            let unit = index == 0 ? source : part.unit.candidates.first { $0.dimension == source.dimension }
            guard let value = unit?.convert(part.value, to: target) else { return nil }
            sum += value
        }
        return sum
    }

    private static func sentence(
        _ quantity: Quantity, _ source: MeasurementUnit, _ value: Double, _ target: MeasurementUnit
    ) -> String {
        let given = quantity.parts.enumerated().map { index, part -> String in
            let unit = index == 0 ? source : part.unit.candidates.first { $0.dimension == source.dimension } ?? source
            let number = SpokenNumber(part.value, decimals: 6, rounding: 6)
            return number.text + " " + (number.isOne ? unit.singular : unit.plural)
        }
        let lowest = target.dimension == .temperature ? -target.offset / target.factor : 0
        if target.dimension == .temperature, value < lowest - 1e-6 { return "Nothing can be that cold." }
        let number = SpokenNumber(value, decimals: abs(value) < 1 ? 4 : 2)
        return "\(given.joined(separator: " ").sentenceStart) is \(number.counting(target.singular, target.plural))."
    }

    private static func kind(_ unit: MeasurementUnit) -> String {
        switch unit.dimension {
        case .area: "an area"
        case .mass: "a weight"
        case .time: "a time"
        case .data: "an amount of data"
        default: "a " + unit.dimension.rawValue
        }
    }

    private static let parts = [
        "is": """
        is|are|are in|is in|in|are there in|is there in|make|makes|make up|do|does|equal|equals|to|fit in|fit \
        into|go into|per|for|would be|was|were|are there to|go in|is it in|there are in|will
        """,
        "to": """
        to|into|in|as|too|is in|2|equals|equal|and|is how many|is how much|equals how many|makes how many|is \
        what in|in to|with|for
        """,
        "what": """
        what is|what are|what does|how much is|how much are|how far is|how far are|how long is|how long are|how \
        hot is|how cold is|how tall is|how heavy is|how fast is|how big is|how warm is|calculate|what about|how \
        about|and|give me|show me|change|turn|translate|switch|express|what temperature is|what|how|i need|make
        """,
    ]

    private static let phrases = Phrases(
        [
            "how (many|much) <to> {is} [a|the] <from> [make|equal|is it|is that|have|equals|in total|contain]",
            "how many <to> [is] <from>", "<from> (is|are|equals|makes|make|equal) how (many|much) <to>",
            """
            (convert|conversion of|conversion from|converting|convert from|transform|convert me|concert) <from> \
            {to} <to>
            """,
            "[{what}] <from> {to} <to>", "{what} <from> (if converted|converted) (to|into|in) <to>",
            "how (many|much) <to> does <from> (have|make|equal|contain|weigh)",
            "what is the <to> (equivalent of|for|of|value of|in) <from>", "how do you convert <from> to <to>",
            "in <to> [what|how much|how many] [is] <from>", "in <to> how (much|many|far|long|hot) is <from>",
            "what is <from> [when] in <to>",
        ], parts: parts)
}
