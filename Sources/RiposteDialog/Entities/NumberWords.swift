/// The number words of English.
enum NumberWords {
    static let units: [String: Double] = [
        "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    ]
    static let teens: [String: Double] = [
        "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15, "sixteen": 16,
        "seventeen": 17, "eighteen": 18, "nineteen": 19,
    ]
    static let tens: [String: Double] = [
        "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80,
        "ninety": 90,
    ]
    static let zeros: Set<String> = ["zero", "nought", "naught"]
    static let scales: [String: Double] = [
        "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12,
    ]
    /// Parts of one, in the singular.
    static let fractions: [String: Double] = [
        "half": 1.0 / 2, "third": 1.0 / 3, "quarter": 1.0 / 4, "fourth": 1.0 / 4, "fifth": 1.0 / 5, "sixth": 1.0 / 6,
        "eighth": 1.0 / 8, "tenth": 1.0 / 10, "hundredth": 1.0 / 100,
    ]
    static let fractionPlurals: [String: Double] = [
        "halves": 1.0 / 2, "thirds": 1.0 / 3, "quarters": 1.0 / 4, "fourths": 1.0 / 4, "fifths": 1.0 / 5,
        "sixths": 1.0 / 6, "eighths": 1.0 / 8, "tenths": 1.0 / 10, "hundredths": 1.0 / 100,
    ]
    /// What recognisers write for a number that sounds the same.
    static let homophones: [String: Double] = [
        "too": 2, "to": 2, "for": 4, "fore": 4, "won": 1, "ate": 8, "sicks": 6, "tree": 3, "tin": 10,
    ]
    static let ordinals: [String: Int] = [
        "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
        "tenth": 10, "eleventh": 11, "twelfth": 12, "thirteenth": 13, "fourteenth": 14, "fifteenth": 15,
        "sixteenth": 16, "seventeenth": 17, "eighteenth": 18, "nineteenth": 19, "twentieth": 20, "thirtieth": 30,
    ]

    /// The value of a single decimal digit, spoken or written ("oh" in "two point oh five").
    static func digit(_ token: Token) -> Int? {
        if let value = token.number { return (0...9).contains(value) ? Int(exactly: value) : nil }
        if zeros.contains(token.word) || token.word == "oh" || token.word == "o" { return 0 }
        return units[token.word].map { Int($0) }
    }

    static var vocabulary: Set<String> {
        Set(units.keys).union(teens.keys).union(tens.keys).union(zeros).union(scales.keys).union(fractions.keys)
            .union(fractionPlurals.keys).union(ordinals.keys).union(["hundred", "dozen", "couple", "point", "minus"])
    }
}
