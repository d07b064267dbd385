/// A bit of code within a sentence, as somebody would read it to a colleague: "userName" is "user name", "main.py" is
/// "main dot py", and brackets are silent.
enum CodeWords {
    /// Longer code is not read, but passed over.
    private static let limit = 120

    private static let words: [(sign: String, word: String)] = [
        ("===", "equals"), ("==", "equals"), ("!=", "is not equal to"), (">=", "is at least"), ("<=", "is at most"),
        ("->", "to"), ("=>", "to"), ("&&", "and"), ("||", "or"), ("::", " "), ("+=", "plus equals"), ("=", "equals"),
        ("+", "plus"), ("<", "less than"), (">", "greater than"), ("%", "percent"), ("@", "at"), ("&", "and"),
        ("/", "slash"), ("~", " "), ("*", "star"), ("^", "to the power of"), ("!", "not"),
    ]

    static func spoken(_ code: String) -> String {
        let scalars = Array(code.unicodeScalars)
        guard scalars.count <= limit else { return "" }
        var result = ""
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            let previous = index > 0 ? scalars[index - 1] : " "
            let next = index + 1 < scalars.count ? scalars[index + 1] : " "
            if scalar.isWordCharacter, scalar != "_" {
                // A capital within a word begins the next one: "userName", but "HTTP".
                if scalar.isLatinUppercase, previous.isLatinLowercase { result += " " }
                result.unicodeScalars.append(scalar)
            } else if scalar == ".", previous.isASCIIDigit, next.isASCIIDigit {
                result += "."
            } else if scalar == ".", next.isLetter {
                result += previous.isSpace || previous == "/" ? "dot " : " dot "
            } else if scalar == "-", previous.isSpace || previous.isASCIIDigit, next.isASCIIDigit {
                result += previous.isSpace ? "minus " : " minus "
            } else if scalar == "'", previous.isLetter, next.isLetter {
                result += "'"
            } else if "<>".unicodeScalars.contains(scalar), !(next.isSpace && previous.isSpace),
                next != "="
            {
                // "Array<Int>" is no comparison.
                result += " "
            } else if let found = words.first(where: { scalars[index...].starts(with: $0.sign.unicodeScalars) }) {
                // A tag's or path's first slash, a glob's star at the edge.
                let isSilent = found.sign == "/" && (previous.isSpace || previous == "<" || next.isSpace)
                result += isSilent ? " " : " \(found.word) "
                index += found.sign.unicodeScalars.count - 1
            } else if scalar == "," || scalar == ";" || scalar == ":" {
                result += ", "
            } else {
                result += " "
            }
            index += 1
        }
        return result.split(separator: " ").joined(separator: " ").replacing(" ,", with: ",")
    }
}
