/// A sum of money.
public struct Money: Sendable, Equatable {
    public var amount: Double
    /// By its code ("USD"). "Dollars" are those of the United States, "pounds" those of Britain.
    public var currency: String
}

/// Finds sums of money: "$12.50", "twelve dollars and fifty cents", "five bucks", "20 euros", "fifty cents",
/// "twelve fifty" only with a currency ("twelve fifty dollars" is 1 250 to nobody: it is 12.50).
public struct MoneyExtractor: EntityExtractor {
    private let numbers = NumberExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Money>? {
        if let token = utterance.token(index), token.kind == .sign, let currency = Self.currencies[token.word]?.code,
            let number = numbers.extract(from: utterance, at: index + 1)
        {
            return Entity(Money(amount: number.value, currency: currency), index..<number.range.upperBound)
        }
        guard let first = part(utterance, index) else { return nil }
        guard !first.isMinor else {
            return Entity(Money(amount: first.amount / 100, currency: first.currency), index..<first.end)
        }
        let next = utterance.word(first.end) == "and" ? first.end + 1 : first.end
        if let rest = part(utterance, next), rest.isMinor, rest.amount < 100 {
            return Entity(Money(amount: first.amount + rest.amount / 100, currency: first.currency), index..<rest.end)
        }
        // "three pounds fifty".
        if next == first.end, let rest = numbers.extract(from: utterance, at: next), (10..<100).contains(rest.value),
            rest.range.upperBound == utterance.count
        {
            let amount = first.amount + rest.value / 100
            return Entity(Money(amount: amount, currency: first.currency), index..<rest.range.upperBound)
        }
        return Entity(Money(amount: first.amount, currency: first.currency), index..<first.end)
    }

    private typealias Part = (amount: Double, currency: String, isMinor: Bool, end: Int)

    private func part(_ utterance: Utterance, _ index: Int) -> Part? {
        var amount = 1.0
        var end = index
        if let number = numbers.extract(from: utterance, at: index) {
            (amount, end) = (number.value, number.range.upperBound)
            // "twelve ninety nine" is a price.
            if (1..<100).contains(amount), let cents = numbers.extract(from: utterance, at: end),
                (10..<100).contains(cents.value), Self.currencies[utterance.word(cents.range.upperBound) ?? ""] != nil
            {
                (amount, end) = (amount + cents.value / 100, cents.range.upperBound)
            }
        } else if let word = utterance.word(index), word == "a" || word == "an" {
            end += 1
        } else {
            return nil
        }
        guard let word = utterance.word(end), let currency = Self.currencies[word] else { return nil }
        // "two pounds of flour" is no price.
        if word.hasPrefix("pound"), utterance.word(end + 1) == "of" { return nil }
        return (amount, currency.code, currency.isMinor, end + 1)
    }

    static let currencies: [String: (code: String, isMinor: Bool)] = [
        "dollar": ("USD", false), "dollars": ("USD", false), "buck": ("USD", false), "bucks": ("USD", false),
        "usd": ("USD", false), "cent": ("USD", true), "cents": ("USD", true), "euro": ("EUR", false),
        "euros": ("EUR", false), "eur": ("EUR", false), "pound": ("GBP", false), "pounds": ("GBP", false),
        "quid": ("GBP", false), "gbp": ("GBP", false), "pence": ("GBP", true), "yen": ("JPY", false),
        "rupee": ("INR", false), "rupees": ("INR", false), "franc": ("CHF", false), "francs": ("CHF", false),
        "yuan": ("CNY", false), "peso": ("MXN", false), "pesos": ("MXN", false),
    ]
}
