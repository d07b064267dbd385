/// A unit as it was named. Some names stand for several ("ounces", "degrees"); the other side of a conversion
/// tells which.
public struct NamedUnit: Sendable, Equatable {
    /// The likeliest first.
    public var candidates: [MeasurementUnit]
}

/// Finds names of units: "miles", "km", "square feet", "degrees Fahrenheit", "metres per second".
public struct UnitExtractor: EntityExtractor {
    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<NamedUnit>? {
        var index = index
        let start = index
        if utterance.word(index) == "us" || utterance.word(index) == "american" { index += 1 }
        for length in stride(from: Self.longestName, through: 1, by: -1) where index + length <= utterance.count {
            let name = (index..<index + length).map { Self.american(utterance.tokens[$0].word) }.joined(separator: " ")
            if let units = Self.byName[name] { return Entity(NamedUnit(candidates: units), start..<index + length) }
        }
        return nil
    }

    private static let longestName = 3

    private static let byName: [String: [MeasurementUnit]] = {
        var names: [String: [MeasurementUnit]] = [:]
        for (unit, others) in MeasurementUnit.all {
            for name in Set([unit.singular.lowercased(), unit.plural.lowercased()]).union(
                others.split(separator: "|").map(String.init))
            {
                names[name, default: []].append(unit)
            }
        }
        // An ounce is a mass unless the other side is a volume; "degrees" is whichever scale is not the other side.
        for name in ["ounce", "ounces", "oz"] { names[name, default: []] += names["fluid ounce"] ?? [] }
        for name in ["degree", "degrees"] {
            names[name] = (names["fahrenheit"] ?? []) + (names["celsius"] ?? [])
        }
        return names
    }()

    static let vocabulary = Set(byName.keys.flatMap { $0.split(separator: " ").map(String.init) })

    /// "metres" and "litres" in the spelling of the table.
    private static func american(_ word: String) -> String {
        for (british, american) in [("metre", "meter"), ("litre", "liter")] where word.contains(british) {
            return word.replacing(british, with: american)
        }
        return word
    }
}

/// A number of units; "five feet ten" has two parts.
public struct Quantity: Sendable, Equatable {
    public struct Part: Sendable, Equatable {
        public var value: Double
        public var unit: NamedUnit
    }

    public var parts: [Part]
}

/// Finds quantities: "10 kilometers", "350°F", "five foot ten", "a cup", "minus forty degrees Celsius",
/// "half a pound".
public struct QuantityExtractor: EntityExtractor {
    private let numbers = NumberExtractor(allowsSign: true)
    private let units = UnitExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Quantity>? {
        guard let first = part(utterance, index) else { return nil }
        var parts = [first.value]
        var end = first.range.upperBound
        while parts.count < 3 {
            let next = utterance.word(end) == "and" ? end + 1 : end
            if let more = part(utterance, next), Self.continues(parts[parts.count - 1], more.value) {
                parts.append(more.value)
                end = more.range.upperBound
            } else if let inches = inches(utterance, end, after: parts[parts.count - 1]) {
                parts.append(inches.value)
                end = inches.range.upperBound
            } else {
                break
            }
        }
        return Entity(Quantity(parts: parts), index..<end)
    }

    private func part(_ utterance: Utterance, _ index: Int) -> Entity<Quantity.Part>? {
        var value = 1.0
        var start = index
        if let number = numbers.extract(from: utterance, at: index) {
            value = number.value
            start = number.range.upperBound
            if abs(value) < 1, utterance.word(start) == "of" { start += 1 }
            if abs(value) < 1, let article = utterance.word(start), article == "a" || article == "an" { start += 1 }
        } else if let article = utterance.word(index), article == "a" || article == "an" {
            start += 1
        } else {
            return nil
        }
        guard let unit = units.extract(from: utterance, at: start) else { return nil }
        return Entity(.init(value: value, unit: unit.value), index..<unit.range.upperBound)
    }

    /// Whether a part goes on with a smaller unit of the same kind.
    private static func continues(_ part: Quantity.Part, _ next: Quantity.Part) -> Bool {
        guard let unit = part.unit.candidates.first, unit.dimension != .temperature else { return false }
        return next.unit.candidates.contains { $0.dimension == unit.dimension && $0.factor < unit.factor }
    }

    // "five foot ten".
    private func inches(_ utterance: Utterance, _ index: Int, after part: Quantity.Part) -> Entity<Quantity.Part>? {
        guard part.unit.candidates.first?.singular == "foot", let number = numbers.extract(from: utterance, at: index),
            (0..<12).contains(number.value),
            let inch = MeasurementUnit.length.first(where: { $0.unit.singular == "inch" })
        else { return nil }
        return Entity(.init(value: number.value, unit: NamedUnit(candidates: [inch.unit])), number.range)
    }
}
