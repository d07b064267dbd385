/// Numbers in English words. Numbers come as digits, so that no length is too great.
enum NumberWords {
    private static let small = [
        "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
        "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
    ]
    private static let tens = [
        "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
    ]
    private static let scales = [
        "", "thousand", "million", "billion", "trillion", "quadrillion", "quintillion", "sextillion", "septillion",
        "octillion", "nonillion", "decillion",
    ]
    private static let ordinals = [
        "one": "first", "two": "second", "three": "third", "five": "fifth", "eight": "eighth", "nine": "ninth",
        "twelve": "twelfth",
    ]

    /// "one thousand two hundred and thirty-four". Digits beyond the named scales are read one by one; what has other
    /// characters than 0 to 9 stays as it is.
    static func cardinal(_ digits: some StringProtocol) -> String {
        guard digits.utf8.allSatisfy({ (48...57).contains($0) }) else { return String(digits) }
        let figures = digits.utf8.map { Int($0) - 48 }.drop { $0 == 0 }
        guard !figures.isEmpty else { return small[0] }
        let groupCount = (figures.count + 2) / 3
        guard groupCount <= scales.count else { return spelled(digits) }
        var words: [String] = []
        var start = figures.startIndex
        for scale in stride(from: groupCount - 1, through: 0, by: -1) {
            let length = scale == groupCount - 1 ? figures.count - 3 * scale : 3
            let group = figures[start..<(start + length)].reduce(0) { $0 * 10 + $1 }
            start += length
            guard group > 0 else { continue }
            if scale == 0, group < 100, !words.isEmpty { words.append("and") }
            words.append(belowThousand(group))
            if scale > 0 { words.append(scales[scale]) }
        }
        return words.joined(separator: " ")
    }

    static func cardinal(_ number: Int) -> String { cardinal(String(number)) }

    /// "twenty-third", "one hundred and first".
    static func ordinal(_ digits: some StringProtocol) -> String {
        let words = cardinal(digits)
        let cut = words.lastIndex { $0 == " " || $0 == "-" }.map(words.index(after:)) ?? words.startIndex
        let last = String(words[cut...])
        let ordinal =
            if let irregular = ordinals[last] {
                irregular
            } else if last.hasSuffix("y") {
                String(last.dropLast()) + "ieth"
            } else {
                last + "th"
            }
        return words[..<cut] + ordinal
    }

    static func ordinal(_ number: Int) -> String { ordinal(String(number)) }

    /// A year as it is said: "nineteen eighty-four", "nineteen oh-five", "two thousand and five".
    static func year(_ number: Int) -> String {
        let (century, rest) = number.quotientAndRemainder(dividingBy: 100)
        if century == 0 || century >= 100 || (century % 10 == 0 && rest < 10) { return cardinal(number) }
        let tail =
            switch rest {
            case 0: "hundred"
            case 1...9: "oh-" + small[rest]
            default: cardinal(rest)
            }
        return cardinal(century) + " " + tail
    }

    /// "three point one four"; decimals that are all zeros are not said.
    static func decimal(_ digits: String) -> String {
        let parts = digits.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let whole = parts[0].isEmpty ? small[0] : cardinal(parts[0])
        guard parts.count > 1 else { return whole }
        return parts[1].contains { $0 != "0" } ? whole + " point " + spelled(parts[1]) : whole
    }

    /// Digit by digit.
    static func spelled(_ digits: some StringProtocol) -> String {
        digits.utf8.map { (48...57).contains($0) ? small[Int($0) - 48] : "" }.joined(separator: " ")
    }

    private static func belowThousand(_ number: Int) -> String {
        let (hundreds, rest) = number.quotientAndRemainder(dividingBy: 100)
        let tail =
            rest < 20
            ? small[rest] : tens[rest / 10] + (rest % 10 == 0 ? "" : "-" + small[rest % 10])
        if hundreds == 0 { return tail }
        return small[hundreds] + " hundred" + (rest == 0 ? "" : " and " + tail)
    }
}
