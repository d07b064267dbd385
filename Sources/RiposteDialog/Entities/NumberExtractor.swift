import Foundation

/// Finds numbers as they are said and as recognisers write them: "twenty-one", "a hundred and five", "1,000",
/// "1.5 million", "two point five", "2 1/2", "two and a half", "half", "three quarters", "a couple of",
/// "a dozen", "three fifty" (350).
///
/// Numbers have no sign unless `allowsSign`; "and" joins within a number ("one hundred and five") unless
/// `joinsAnd` is false (for "add a hundred and five").
public struct NumberExtractor: EntityExtractor {
    public var allowsSign: Bool
    public var joinsAnd: Bool

    public init(allowsSign: Bool = false, joinsAnd: Bool = true) {
        self.allowsSign = allowsSign
        self.joinsAnd = joinsAnd
    }

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Double>? {
        if allowsSign, let word = utterance.word(index), word == "minus" || word == "negative" {
            return magnitude(utterance, index + 1).map { Entity(-$0.value, index..<$0.end) }
        }
        return magnitude(utterance, index).map { Entity($0.value, index..<$0.end) }
    }

    /// A number and the position after it.
    typealias Found = (value: Double, end: Int)

    private func magnitude(_ utterance: Utterance, _ index: Int) -> Found? {
        if let found = dozens(utterance, index) ?? fraction(utterance, index) { return found }
        guard var found = decimal(utterance, index) else { return nil }
        if let scale = utterance.word(found.end).flatMap({ NumberWords.scales[$0] }), found.value < scale {
            found = (found.value * scale, found.end + 1)
        }
        return withFraction(utterance, found)
    }

    // "a couple of", "half a dozen", "two dozen".
    private func dozens(_ utterance: Utterance, _ index: Int) -> Found? {
        if utterance.has(["half", "a", "dozen"], at: index) { return (6, index + 3) }
        let start = utterance.word(index) == "a" ? index + 1 : index
        if utterance.word(start) == "couple" {
            return (2, utterance.word(start + 1) == "of" ? start + 2 : start + 1)
        }
        if utterance.word(start) == "dozen" { return (12, start + 1) }
        if let count = whole(utterance, index), utterance.word(count.end) == "dozen" {
            return (count.value * 12, count.end + 1)
        }
        return nil
    }

    // "half", "a quarter", "two thirds", "1/2".
    private func fraction(_ utterance: Utterance, _ index: Int) -> Found? {
        if let found = writtenFraction(utterance, index) { return found }
        guard let word = utterance.word(index) else { return nil }
        if word == "half" || word == "quarter" {
            return NumberWords.fractions[word].map { ($0, index + 1) }
        }
        if ["a", "one"].contains(word) || utterance.token(index)?.number == 1,
            let part = utterance.word(index + 1).flatMap({ NumberWords.fractions[$0] })
        {
            return (part, index + 2)
        }
        if let part = NumberWords.fractions[word], utterance.word(index + 1) == "of" { return (part, index + 1) }
        if let count = whole(utterance, index),
            let part = utterance.word(count.end).flatMap({ NumberWords.fractionPlurals[$0] })
        {
            return (count.value * part, count.end + 1)
        }
        return nil
    }

    // Only proper fractions: "10/2" is a division.
    private func writtenFraction(_ utterance: Utterance, _ index: Int) -> Found? {
        guard let top = utterance.token(index)?.number, let slash = utterance.token(index + 1), slash.word == "/",
            slash.gap == .none, let bottom = utterance.token(index + 2), bottom.gap == .none,
            let divisor = bottom.number, top > 0, top < divisor, divisor <= 100
        else { return nil }
        return (top / divisor, index + 3)
    }

    // "and a half", "1/2", "½" after a whole number.
    private func withFraction(_ utterance: Utterance, _ found: Found) -> Found {
        guard found.value == found.value.rounded() else { return found }
        if let part = writtenFraction(utterance, found.end) { return (found.value + part.value, part.end) }
        if let token = utterance.token(found.end), let part = token.number, part > 0, part < 1, token.word.count == 1 {
            return (found.value + part, found.end + 1)
        }
        guard joinsAnd, utterance.word(found.end) == "and" else { return found }
        // "two and half of …" is not a number of its own.
        guard let part = fraction(utterance, found.end + 1), part.value < 1, utterance.word(part.end) != "of"
        else { return found }
        return (found.value + part.value, part.end)
    }

    // "two point oh five", "point five".
    private func decimal(_ utterance: Utterance, _ index: Int) -> Found? {
        let whole = whole(utterance, index)
        let point = whole?.end ?? index
        guard utterance.word(point) == "point", let first = utterance.token(point + 1),
            NumberWords.digit(first) != nil || (first.number.map { $0 >= 10 && $0 < 100 } ?? false)
                || NumberWords.tens[first.word] != nil || NumberWords.teens[first.word] != nil
        else { return whole }
        if let pair = self.whole(utterance, point + 1), pair.value >= 10, pair.value < 100,
            let integer = Int(exactly: pair.value)
        {
            // "three point fourteen", "3 point 14".
            return (Double("\(Self.plain(whole?.value ?? 0)).\(integer)") ?? 0, pair.end)
        }
        var digits = ""
        var end = point + 1
        while let digit = utterance.token(end).flatMap(NumberWords.digit), digits.count < 15 {
            digits += String(digit)
            end += 1
        }
        return (Double("\(Self.plain(whole?.value ?? 0)).\(digits)") ?? 0, end)
    }

    private static func plain(_ value: Double) -> String { Int(exactly: value).map(String.init) ?? "0" }

    // "one hundred and five", "1,000", "2 million", "a thousand".
    private func whole(_ utterance: Utterance, _ index: Int) -> Found? {
        guard let token = utterance.token(index) else { return nil }
        if let value = token.number { return (value, index + 1) }
        if NumberWords.zeros.contains(token.word) { return (0, index + 1) }
        var reader = WholeNumberReader()
        var end = index
        if token.word == "a", let next = utterance.word(index + 1), next == "hundred" || NumberWords.scales[next] != nil
        {
            reader.take("one")
            end += 1
        }
        while let next = utterance.token(end) {
            if next.gap == .sentence, end > index { break }
            if next.word == "and", joinsAnd, reader.allowsAnd, let after = utterance.word(end + 1),
                reader.accepts(after), NumberWords.scales[after] == nil
            {
                reader.take(after)
                end += 2
            } else if reader.accepts(next.word) {
                reader.take(next.word)
                end += 1
            } else {
                break
            }
        }
        return reader.isEmpty ? nil : (reader.value, end)
    }
}

/// Adds up number words from left to right; says which word may come next.
private struct WholeNumberReader {
    private enum Last { case nothing, unit, teen, ten, hundred, scale }

    private var total = 0.0
    private var group = 0.0
    private var smallestScale = Double.infinity
    private var last = Last.nothing

    var isEmpty: Bool { last == .nothing }
    var value: Double { total + group }
    var allowsAnd: Bool { last == .hundred || last == .scale }

    func accepts(_ word: String) -> Bool {
        if NumberWords.units[word] != nil { return [.nothing, .ten, .hundred, .scale].contains(last) }
        if NumberWords.teens[word] != nil { return [.nothing, .hundred, .scale].contains(last) }
        if NumberWords.tens[word] != nil {
            // "three fifty" is 350.
            return [.nothing, .hundred, .scale].contains(last) || (last == .unit && group < 10 && total == 0)
        }
        if word == "hundred" { return group >= 1 && group < 100 && [.unit, .teen, .ten].contains(last) }
        if let scale = NumberWords.scales[word] { return group >= 1 && scale < smallestScale && last != .scale }
        return false
    }

    mutating func take(_ word: String) {
        if let value = NumberWords.units[word] {
            group += value
            last = .unit
        } else if let value = NumberWords.teens[word] {
            group += value
            last = .teen
        } else if let value = NumberWords.tens[word] {
            group = last == .unit ? group * 100 + value : group + value
            last = .ten
        } else if word == "hundred" {
            group *= 100
            last = .hundred
        } else if let scale = NumberWords.scales[word] {
            total += group * scale
            group = 0
            smallestScale = scale
            last = .scale
        }
    }
}

/// Finds ordinals: "21st", "twenty first", "third".
public struct OrdinalExtractor: EntityExtractor {
    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<Int>? {
        guard let token = utterance.token(index) else { return nil }
        if case .ordinal(let value) = token.kind { return Entity(value, index..<index + 1) }
        if let value = NumberWords.ordinals[token.word] { return Entity(value, index..<index + 1) }
        if let tens = NumberWords.tens[token.word], let unit = utterance.word(index + 1),
            let value = NumberWords.ordinals[unit], value < 10
        {
            return Entity(Int(tens) + value, index..<index + 2)
        }
        return nil
    }
}
