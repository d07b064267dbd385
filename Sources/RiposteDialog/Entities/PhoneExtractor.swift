/// Finds telephone numbers, written and digit by digit: "555-0123", "+44 20 7946 0958", "five five five oh one two
/// three", "double four", "triple one". At least seven digits, at most fifteen (as in ITU-T E.164).
public struct PhoneExtractor: EntityExtractor {
    public init() {}

    public func extract(from utterance: Utterance, at index: Int) -> Entity<String>? {
        var digits = ""
        var end = index
        if utterance.word(end) == "plus" {
            digits = "+"
            end += 1
        }
        while let next = group(utterance, end), digits.count + next.digits.count <= 16 {
            digits += next.digits
            end = next.end
            if utterance.word(end) == "minus" { end += group(utterance, end + 1) == nil ? 0 : 1 }
        }
        let count = digits.filter(\.isNumber).count
        guard (7...15).contains(count), end - index > 1 || count >= 10 else { return nil }
        return Entity(digits, index..<end)
    }

    private func group(_ utterance: Utterance, _ index: Int) -> (digits: String, end: Int)? {
        guard let token = utterance.token(index) else { return nil }
        if token.number != nil { return token.word.allSatisfy(\.isNumber) ? (token.word, index + 1) : nil }
        let times = ["double": 2, "triple": 3][token.word]
        if let times, let digit = utterance.token(index + 1).flatMap(NumberWords.digit) {
            return (String(repeating: String(digit), count: times), index + 2)
        }
        if let digit = NumberWords.digit(token) { return (String(digit), index + 1) }
        return nil
    }
}
