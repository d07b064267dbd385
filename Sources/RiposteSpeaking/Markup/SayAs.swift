/// Text that is to be read as something definite: `<say-as interpret-as="date" format="dmy">`.
enum SayAs {
    /// What is said for a text. Of a kind that is not known, or a text that is not of its kind, the text itself.
    static func spoken(_ text: String, as kind: String, format: String) -> String {
        switch kind {
        case "characters", "spell-out", "verbatim", "letters": characters(text)
        case "cardinal", "number": figures(text).map { NumberWords.cardinal($0) } ?? text
        case "ordinal": figures(text).map { NumberWords.ordinal($0) } ?? text
        case "digits": NumberWords.spelled(text.filter(\.isNumber))
        case "telephone": telephone(text)
        case "fraction": fraction(text) ?? text
        case "date": date(text, format) ?? text
        case "time": duration(text) ?? text
        case "expletive", "bleep": ""
        default: text
        }
    }

    private static let signs: [Character: String] = [
        ".": "dot", ",": "comma", "-": "dash", "_": "underscore", "/": "slash", "@": "at", "#": "hash",
        "!": "exclamation mark", "?": "question mark", "&": "and", "+": "plus", "*": "star", "%": "percent",
        "=": "equals", ":": "colon",
        ";": "semicolon", "$": "dollar", "'": "apostrophe", "(": "open bracket", ")": "close bracket", "~": "tilde",
    ]

    /// One by one. "A" alone would be read as the article.
    private static func characters(_ text: String) -> String {
        text.compactMap { character -> String? in
            if character.isASCII, let digit = character.wholeNumberValue { return NumberWords.cardinal(digit) }
            if let word = signs[character] { return word }
            guard character.isLetter else { return nil }
            let letter = character.uppercased()
            return letter == "A" ? "[A](/ˈA/)" : letter
        }.joined(separator: ", ")
    }

    private static func telephone(_ text: String) -> String {
        let groups = text.split { !$0.isNumber && $0 != "+" }
        return groups.map { group in
            (group.hasPrefix("+") ? "plus " : "") + NumberWords.spelled(group.filter(\.isNumber))
        }.joined(separator: ", ")
    }

    /// The figures of "1,000".
    private static func figures(_ text: String) -> String? {
        let figures = text.replacing(",", with: "")
        return figures.isAllDigits ? figures : nil
    }

    /// "1'21\"" → "one minute twenty-one seconds".
    private static func duration(_ text: String) -> String? {
        let parts = text.split(omittingEmptySubsequences: false) { "'′\"″".contains($0) }
        guard parts.count == 3, parts[2].isEmpty, text.contains(where: { "'′".contains($0) }),
            let minutes = Int(parts[0]), let seconds = Int(parts[1]), minutes >= 0, (0..<60).contains(seconds)
        else { return nil }
        return NumberWords.cardinal(minutes) + (minutes == 1 ? " minute " : " minutes ")
            + NumberWords.cardinal(seconds) + (seconds == 1 ? " second" : " seconds")
    }

    /// "3/4", "2 1/2" → "three quarters", "two and a half".
    private static func fraction(_ text: String) -> String? {
        let numbers = text.split(separator: " ")
        guard numbers.count == 2, String(numbers[0]).isAllDigits, numbers[0].count < 9 else { return part(text) }
        guard let part = part(String(numbers[1])) else { return self.part(text) }
        return NumberWords.cardinal(numbers[0]) + " and " + (part == "one half" ? "a half" : part)
    }

    private static func part(_ text: String) -> String? {
        let parts = text.split(separator: "/").map { $0.filter { !$0.isWhitespace } }
        guard parts.count == 2, parts.allSatisfy({ String($0).isAllDigits && $0.count < 9 })
        else { return nil }
        let above = NumberWords.cardinal(parts[0])
        if parts[1] == "2" { return parts[0] == "1" ? "one half" : above + " halves" }
        if parts[1] == "4" { return above + (parts[0] == "1" ? " quarter" : " quarters") }
        return above + " " + NumberWords.ordinal(parts[1]) + (parts[0] == "1" ? "" : "s")
    }

    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]

    /// "20240910" → "2024", "09", "10".
    private static func cut(_ digits: String, lengths: [Int]) -> [String] {
        var rest = digits[...]
        return lengths.map { length in
            defer { rest = rest.dropFirst(length) }
            return String(rest.prefix(length))
        }
    }

    /// By the letters of the format, in their order: "dmy", "my", "y". The default is the month first.
    private static func date(_ text: String, _ format: String) -> String? {
        var numbers = text.split { !$0.isNumber }.map(String.init)
        let startsWithYear = numbers.first?.count == 4 || numbers.first?.count == 8
        let order = format.isEmpty ? (startsWithYear ? "ymd" : "mdy") : format.lowercased()
        // "yyyymmdd" is "ymd".
        let letters = order.filter { "dmy".contains($0) }.reduce(into: "") { if $0.last != $1 { $0.append($1) } }
        if numbers.count == 1, numbers[0].isAllDigits, numbers[0].count == 8, letters.count == 3 {
            numbers = cut(numbers[0], lengths: letters.map { $0 == "y" ? 4 : 2 })
        }
        guard !numbers.isEmpty, numbers.count <= letters.count, numbers.allSatisfy({ $0.utf8.count <= 4 }) else {
            return nil
        }
        var values: [Character: Int] = [:]
        for (letter, number) in zip(letters, numbers) { values[letter] = Int(number) }
        var words: [String] = []
        if let month = values["m"] {
            guard months.indices.contains(month - 1) else { return nil }
            words.append(months[month - 1])
        }
        if let day = values["d"] {
            guard (1...31).contains(day) else { return nil }
            words.append(words.isEmpty ? "the " + NumberWords.ordinal(day) : NumberWords.ordinal(day))
        }
        if let year = values["y"] {
            let full = numbers.last?.count == 2 && year < 100 ? year + (year > 30 ? 1900 : 2000) : year
            words.append((words.count == 2 ? ", " : "") + NumberWords.year(full))
        }
        return words.joined(separator: " ").replacing(" ,", with: ",")
    }
}
