/// Finds percentages: "15%", "fifteen percent", "two and a half per cent".
public struct PercentageExtractor: EntityExtractor {
    private let numbers = NumberExtractor(allowsSign: true)

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Double>? {
        guard let number = numbers.extract(from: utterance, at: index) else { return nil }
        let end = number.range.upperBound
        if utterance.word(end) == "percent" { return Entity(number.value, index..<end + 1) }
        return utterance.has(["per", "cent"], at: end) ? Entity(number.value, index..<end + 2) : nil
    }
}
