/// What a full stop after a word can mean in English, when it does not always end a sentence.
enum Abbreviations {
    /// What the word before a full stop says about it.
    enum Kind {
        /// An ordinary word: the full stop ends the sentence.
        case none
        /// The sentence goes on, whatever follows ("Dr.").
        case neverFinal
        /// An abbreviation in front of a number only ("No. 5", but "No. It is not.").
        case beforeNumber
        /// Either; only the next word tells ("Inc.", "U.S.", an initial).
        case possiblyFinal
    }

    private static let neverFinal: Set<String> = [
        "mr", "mrs", "ms", "mx", "dr", "prof", "gen", "col", "maj", "capt", "cmdr", "lt", "sgt", "rev", "hon", "gov",
        "sen", "pres", "supt", "messrs", "msgr", "e.g", "i.e", "eg", "ie", "vs", "viz", "cf", "approx",
    ]
    private static let beforeNumber: Set<String> = [
        "no", "nos", "fig", "figs", "vol", "ch", "art", "op", "p", "pp", "eq", "sec",
    ]
    private static let possiblyFinal: Set<String> = [
        "etc", "inc", "ltd", "co", "corp", "bros", "jr", "sr", "esq", "st", "ave", "blvd", "rd", "hwy", "apt", "mt",
        "ft", "dept", "est", "min", "max", "hr", "hrs", "lb", "lbs", "oz", "tsp", "tbsp", "al", "ed", "eds", "univ",
        "assn", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "mon", "tue",
        "tues", "wed", "thu", "thur", "thurs", "fri", "ph.d",
    ]
    /// Words that often begin a sentence and hardly ever follow an abbreviation inside one.
    private static let sentenceStarters: Set<String> = [
        "the", "a", "an", "this", "that", "these", "those", "it", "he", "she", "we", "you", "they", "i", "my", "your",
        "his", "her", "our", "their", "its", "there", "here", "then", "when", "while", "where", "what", "who", "why",
        "how", "if", "in", "on", "at", "by", "for", "from", "to", "with", "without", "and", "but", "or", "so", "as",
        "after", "before", "since", "until", "although", "though", "because", "however", "also", "still", "yet",
        "please", "yes", "no", "not", "now", "today", "tomorrow", "yesterday", "let", "do", "does", "did", "is", "are",
        "was", "were", "can", "could", "would", "should", "will", "have", "has", "had", "all", "some", "many", "most",
        "each", "every", "another", "both",
    ]

    /// What a full stop after `word` means. `word` is without the full stop.
    static func kind(of word: some StringProtocol) -> Kind {
        let lowered = word.lowercased()
        if neverFinal.contains(lowered) { return .neverFinal }
        if beforeNumber.contains(lowered) { return .beforeNumber }
        if possiblyFinal.contains(lowered) { return .possiblyFinal }
        let parts = word.split(separator: ".", omittingEmptySubsequences: false)
        // Initials ("J.") and dotted abbreviations ("U.S.", "p.m."). "I." is the pronoun.
        let areLetters = parts.allSatisfy { $0.count == 1 && $0.allSatisfy(\.isLetter) }
        if areLetters, parts.count > 1 || (word != "I" && word.allSatisfy(\.isUppercase)) { return .possiblyFinal }
        return .none
    }

    /// Whether a capitalised `word` after an abbreviation begins a new sentence.
    static func startsSentence(_ word: String) -> Bool { sentenceStarters.contains(word.lowercased()) }
}
