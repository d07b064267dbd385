/// Characters that nobody says and that would only stand in the way: controls, marks of direction, zero-width ones.
enum UnspokenCharacters {
    /// Accents on one letter that are kept; more is decoration.
    private static let keptAccents = 3

    /// The text without them. Controls become spaces, since they stand where words end.
    static func removed(from text: String) -> String {
        guard text.unicodeScalars.contains(where: { !$0.isASCII || $0.value < 32 || $0.value == 127 }) else {
            return text
        }
        var result = String.UnicodeScalarView()
        var accents = 0
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .unassigned, .surrogate, .lineSeparator, .paragraphSeparator:
                result.append(scalar == "\n" || scalar == "\r" || scalar == "\t" ? scalar : " ")
            case .privateUse:
                // Such characters stand for given pronunciations later on.
                result.append(" ")
            case .format where !joiners.contains(scalar):
                continue
            case .nonspacingMark, .enclosingMark:
                accents += 1
                if accents <= keptAccents { result.append(scalar) }
                continue
            default:
                // What a decoder puts where bytes were no text.
                result.append(scalar == "\u{FFFD}" ? " " : scalar)
            }
            accents = 0
        }
        return String(result)
    }

    /// These shape letters of Arabic and Indian scripts, and join emoji.
    private static let joiners: Set<Unicode.Scalar> = ["\u{200C}", "\u{200D}"]
}
