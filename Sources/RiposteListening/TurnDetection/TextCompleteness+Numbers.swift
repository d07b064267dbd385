// Numbers half said.
extension TextCompleteness {
    static func openNumber(_ text: SpokenWords) -> TextCompleteness? {
        if let digits = openDigits(text) { return digits }
        let last = text.last
        guard text.words.count > 1 else { return nil }
        let before = text.words[text.words.count - 2]
        let open = TextCompleteness(logOdds: -3, reason: .openNumber)
        // "three point", "ten plus", "nine times"
        if operators.contains(last), SpokenWords.isNumber(before) { return open }
        // "five hundred and", not "milk and".
        if last == "and", multipliers.contains(before) { return open }
        guard SpokenWords.isNumber(last), !last.contains(":") else { return nil }
        // "a timer for ten": minutes or hours are still to come. "At ten" may be all.
        if durationPrepositions.contains(before), text.words.contains(where: durationThings.contains) {
            return .init(logOdds: -1.5, reason: .openNumber)
        }
        // "a timer for twenty": five, or minutes.
        if tens.contains(last) { return .init(logOdds: -1.2, reason: .openNumber) }
        return nil
    }

    /// Digits said one by one, as of a phone number or a code: whole at the lengths such numbers have.
    private static func openDigits(_ text: SpokenWords) -> TextCompleteness? {
        let groups = text.words.reversed().prefix { !digits(of: $0).isEmpty }.map { digits(of: $0) }
        let count = groups.joined().count
        // "25" and "10:30" are numbers; three single digits, or groups with four digits in all, are said out.
        guard groups.count >= 3 || (groups.count == 2 && count >= 4) else { return nil }
        // "March 12, 2019"
        let isDate = groups.count == 2 && groups[0].count == 4 && groups[1].count <= 2
        guard !isDate else { return nil }
        switch count {
        case 7, 10, 11, 16: return .init(logOdds: 1, reason: .wholePhrase)
        case 3...6: return .init(logOdds: -2, reason: .openNumber)
        default: return .init(logOdds: -1.5, reason: .openNumber)
        }
    }

    /// The digits a word stands for when it is said out: "five", "oh", "555"; none for other words.
    private static func digits(of word: String) -> String {
        if let digit = digitWords[word] { return digit }
        return word.allSatisfy { $0.isNumber || $0 == "-" } ? word.filter(\.isNumber) : ""
    }
}
