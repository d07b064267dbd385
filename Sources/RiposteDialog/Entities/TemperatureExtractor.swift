/// A temperature as it was said.
public struct Temperature: Sendable, Equatable {
    public enum Scale: String, Sendable {
        case celsius, fahrenheit, kelvin
        /// "degrees" alone.
        case degree
    }

    public var degrees: Double
    public var scale: Scale
}

/// Finds temperatures: "20 degrees", "minus five degrees Celsius", "350°F".
public struct TemperatureExtractor: EntityExtractor {
    private let numbers = NumberExtractor(allowsSign: true)
    private let units = UnitExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Temperature>? {
        guard let number = numbers.extract(from: utterance, at: index),
            let unit = units.extract(from: utterance, at: number.range.upperBound),
            unit.value.candidates.contains(where: { $0.dimension == .temperature })
        else { return nil }
        let words = utterance.words(of: unit.range)
        // A single letter is a scale only behind "degrees" or a sign.
        guard words.count > 1 || utterance.token(unit.range.lowerBound)?.gap == Token.Gap.none else { return nil }
        let candidates = unit.value.candidates.filter { $0.dimension == .temperature }
        let scale: Temperature.Scale =
            candidates.count > 1
            ? .degree
            : candidates[0].singular.hasSuffix("Celsius")
                ? .celsius : candidates[0].singular.hasSuffix("Fahrenheit") ? .fahrenheit : .kelvin
        return Entity(Temperature(degrees: number.value, scale: scale), index..<unit.range.upperBound)
    }
}
