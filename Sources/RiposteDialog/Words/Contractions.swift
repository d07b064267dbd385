/// Contractions, with and without their apostrophe, and other short forms, written out.
enum Contractions {
    /// - Parameter written: lower case, with plain apostrophes.
    static func words(of written: String) -> [String] {
        if let words = whole[written] { return words }
        guard let apostrophe = written.lastIndex(where: { $0 == "'" || $0 == "`" }) else { return [written] }
        let base = written[..<apostrophe].filter(\.isLetterOrDigit)
        let ending = written[written.index(after: apostrophe)...]
        if ending == "t", base.last == "n" { return [String(base.dropLast()), "not"] }
        if ending == "s" {
            // "what's" is "what is"; any other is a possessive, whose ending says nothing here.
            return subjects.contains(base) ? [base, "is"] : [base]
        }
        if let verb = verbs[String(ending)] { return [base, verb] }
        return [written.filter(\.isLetterOrDigit)]
    }

    private static let subjects: Set<String> = [
        "what", "who", "how", "when", "where", "that", "it", "there", "here", "why", "he", "she", "everything",
    ]

    private static let verbs = ["m": "am", "re": "are", "ll": "will", "d": "would", "ve": "have"]

    private static let whole: [String: [String]] = [
        "can't": ["can", "not"], "cant": ["can", "not"], "cannot": ["can", "not"], "won't": ["will", "not"],
        "dont": ["do", "not"], "doesnt": ["does", "not"], "didnt": ["did", "not"], "isnt": ["is", "not"],
        "havent": ["have", "not"], "whats": ["what", "is"], "hows": ["how", "is"], "whos": ["who", "is"],
        "whens": ["when", "is"], "wheres": ["where", "is"], "thats": ["that", "is"], "its": ["it", "is"],
        "im": ["i", "am"], "ive": ["i", "have"], "youre": ["you", "are"], "youve": ["you", "have"],
        "lets": ["let", "us"], "let's": ["let", "us"], "gonna": ["going", "to"], "wanna": ["want", "to"],
        "gimme": ["give", "me"], "lemme": ["let", "me"], "ok": ["okay"], "alright": ["all", "right"],
        "per-cent": ["percent"], "o'clock": ["oclock"], "ma'am": ["madam"], "y'all": ["you", "all"],
        "goodnight": ["good", "night"], "goodmorning": ["good", "morning"], "thankyou": ["thank", "you"],
        "hrs": ["hours"], "hr": ["hour"], "mins": ["minutes"], "min": ["minute"], "secs": ["seconds"],
        "sec": ["second"], "til": ["until"], "till": ["until"], "'til": ["until"], "vs": ["versus"],
    ]
}

extension Character {
    fileprivate var isLetterOrDigit: Bool { isLetter || isNumber }
}
