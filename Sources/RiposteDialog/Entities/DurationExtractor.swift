/// Finds lengths of time, in seconds: "ten minutes", "1 hour 30 minutes", "an hour and a half", "half an hour",
/// "90 seconds", "10-minute", "1h", "a couple of minutes", "too minutes" (as recognisers hear "two").
///
/// Parts are joined when their units descend, so "five minutes and ten minutes" are two durations.
public struct DurationExtractor: EntityExtractor {
    private let numbers = NumberExtractor()

    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Double>? {
        guard var part = part(utterance, index, isFirst: true) else { return nil }
        var seconds = part.seconds
        var smallest = part.unit
        while true {
            let next = utterance.word(part.end) == "and" ? part.end + 1 : part.end
            if let more = self.part(utterance, next, isFirst: false), more.unit < smallest {
                seconds += more.seconds
                smallest = more.unit
                part = more
            } else if let rest = bareRest(utterance, next, below: smallest) {
                return Entity(seconds + rest.seconds, index..<rest.end)
            } else {
                return Entity(seconds, index..<part.end)
            }
        }
    }

    private typealias Part = (seconds: Double, unit: Double, end: Int)

    private func part(_ utterance: Utterance, _ index: Int, isFirst: Bool) -> Part? {
        guard let quantity = quantity(utterance, index, isFirst: isFirst),
            let token = utterance.token(quantity.end),
            let unit = unit(token, after: utterance.token(quantity.end - 1))
        else { return nil }
        let end = quantity.end + 1
        if quantity.isArticle, token.word == "second", let next = utterance.word(end), Self.countable.contains(next) {
            return nil
        }
        // "an hour and a half", "two hours and a quarter".
        let tail: [(words: [String], value: Double)] = [
            (["and", "a", "half"], 0.5), (["and", "half"], 0.5), (["and", "a", "quarter"], 0.25),
            (["and", "three", "quarters"], 0.75),
        ]
        for (words, value) in tail where utterance.has(words, at: end) {
            let after = utterance.token(end + words.count)
            // "an hour and half a minute" goes on with another part.
            guard after.flatMap({ self.unit($0, after: nil) }) == nil, after?.word != "a", after?.word != "an" else {
                break
            }
            return ((quantity.value + value) * unit, unit, end + words.count)
        }
        return (quantity.value * unit, unit, end)
    }

    /// "a second timer" is the second of two.
    private static let countable: Set<String> = ["timer", "timers", "alarm", "reminder", "one", "countdown"]

    private func quantity(
        _ utterance: Utterance, _ index: Int, isFirst: Bool
    ) -> (value: Double, end: Int, isArticle: Bool)? {
        if let number = numbers.extract(from: utterance, at: index) {
            var end = number.range.upperBound
            if number.value < 1 {
                if utterance.word(end) == "of" { end += 1 }
                if let article = utterance.word(end), article == "a" || article == "an" { end += 1 }
            }
            return (number.value, end, false)
        }
        guard let word = utterance.word(index) else { return nil }
        if word == "a" || word == "an" { return (1, index + 1, true) }
        guard let value = NumberWords.homophones[word] else { return nil }
        // "to" and "for" are numbers only where the word itself cannot stand: after another of their kind.
        if word == "to" || word == "for" {
            guard isFirst, let last = utterance.word(index - 1) else { return nil }
            guard Self.leading.contains(last) || (word == "to" && last == "timer") else { return nil }
        }
        return (value, index + 1, false)
    }

    private static let leading: Set<String> = ["for", "in", "of", "at"]

    /// "one hour thirty", "two minutes thirty": a number without a unit, at the end of the duration.
    private func bareRest(_ utterance: Utterance, _ index: Int, below unit: Double) -> (seconds: Double, end: Int)? {
        guard unit == 3600 || unit == 60, utterance.word(index - 1) != "and",
            let number = numbers.extract(from: utterance, at: index), number.value > 1, number.value < 60,
            number.value == number.value.rounded()
        else { return nil }
        let next = utterance.token(number.range.upperBound)
        guard next == nil || next?.gap == .sentence || Self.countable.contains(next?.word ?? "") else { return nil }
        return (number.value * unit / 60, number.range.upperBound)
    }

    /// The unit in seconds. Single letters count only right behind their number ("90s").
    private func unit(_ token: Token, after number: Token?) -> Double? {
        if let unit = Self.units[token.word] { return unit }
        return token.gap == .none && number?.number != nil ? Self.letters[token.word] : nil
    }

    static let units: [String: Double] = [
        "second": 1, "seconds": 1, "minute": 60, "minutes": 60, "minuets": 60, "minuet": 60, "hour": 3600,
        "hours": 3600,
        "ours": 3600, "day": 86_400, "days": 86_400, "week": 604_800, "weeks": 604_800, "fortnight": 1_209_600,
    ]
    private static let letters: [String: Double] = ["s": 1, "m": 60, "h": 3600, "d": 86_400]
}
