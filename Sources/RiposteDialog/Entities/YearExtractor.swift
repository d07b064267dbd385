/// Finds years: "2026", "twenty twenty six", "nineteen eighty four", "two thousand and nine".
public struct YearExtractor: EntityExtractor {
    private let numbers = NumberExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Int>? {
        guard let number = numbers.extract(from: utterance, at: index), let value = Int(exactly: number.value) else {
            return nil
        }
        let end = number.range.upperBound
        if (1900...2099).contains(value) {
            // "2000 dollars" is no year; "in 2026" is, and so is "2026" written alone.
            let isCounted = utterance.word(end).map { $0.hasSuffix("s") || $0 == "percent" } ?? false
            return isCounted ? nil : Entity(value, index..<end)
        }
        guard value == 19 || value == 20, end == index + 1 else { return nil }
        if let word = utterance.word(end), word == "oh" || word == "o",
            let digit = utterance.token(end + 1).flatMap(NumberWords.digit)
        {
            return Entity(value * 100 + digit, index..<end + 2)
        }
        guard let rest = numbers.extract(from: utterance, at: end), let low = Int(exactly: rest.value),
            (10...99).contains(low)
        else { return nil }
        return Entity(value * 100 + low, index..<rest.range.upperBound)
    }
}
