/// Emoji and signs that stand for words, or for nothing that is said.
///
/// A smile at the end of a sentence is not read out; "4.5 ★", "I ❤️ tea" and "A → B" would miss a word without theirs.
enum Pictographs {
    /// The text with signs in words and emoji left out.
    static func read(_ text: String) -> String {
        let scalars = Array(text.unicodeScalars)
        guard scalars.contains(where: { !$0.isASCII && isPictograph($0) }) else { return text }
        var result: [Unicode.Scalar] = []
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            guard !scalar.isASCII, isPictograph(scalar) else {
                // The figure of a keycap: "1️⃣".
                if scalar != variation, scalar != keycap { result.append(scalar) }
                index += 1
                continue
            }
            let end = endOfEmoji(scalars, from: index)
            let word = word(for: scalar, after: result, before: scalars[end...])
            result += Array(" \(word)\(word.isEmpty ? "" : " ")".unicodeScalars)
            index = end
        }
        return String(result)
    }

    private static let variation: Unicode.Scalar = "\u{FE0F}"
    private static let keycap: Unicode.Scalar = "\u{20E3}"
    private static let joiner: Unicode.Scalar = "\u{200D}"

    private static func isPictograph(_ scalar: Unicode.Scalar) -> Bool {
        if scalar == variation || scalar == keycap || words[scalar] != nil { return true }
        // ©, ® and ™ are emoji to Unicode, and read elsewhere.
        guard scalar.value > 0x2122 else { return false }
        return scalar.properties.isEmojiPresentation || scalar.properties.isEmojiModifier
            || (0x1F000...0x1FAFF).contains(scalar.value) || (0x2600...0x27BF).contains(scalar.value)
    }

    /// One emoji may be many characters: skin, hair, families.
    private static func endOfEmoji(_ scalars: [Unicode.Scalar], from index: Int) -> Int {
        var end = index + 1
        while end < scalars.count {
            let scalar = scalars[end]
            if scalar == joiner, end + 1 < scalars.count, isPictograph(scalars[end + 1]) {
                end += 2
            } else if scalar == variation || scalar == keycap || scalar.properties.isEmojiModifier {
                end += 1
            } else {
                break
            }
        }
        return end
    }

    /// In the middle of a sentence they are words.
    private static let words: [Unicode.Scalar: String] = [
        "❤": "love", "♥": "love", "➔": "to", "➜": "to", "➡": "to", "⇒": "gives", "⟶": "to", "↔": "to and from",
        "✓": "yes", "✔": "yes", "✅": "yes", "☑": "yes", "✗": "no", "✘": "no", "❌": "no", "★": "stars", "⭐": "stars",
        "♂": "male", "♀": "female", "☎": "telephone", "♯": "sharp", "♭": "flat", "⅓": "one third", "⅔": "two thirds",
        "⅛": "one eighth", "⅜": "three eighths", "⅝": "five eighths", "⅞": "seven eighths",
    ]

    private static func word(
        for scalar: Unicode.Scalar, after before: [Unicode.Scalar], before after: ArraySlice<Unicode.Scalar>
    ) -> String {
        guard let word = words[scalar] else { return "" }
        let previous = before.last { !$0.isSpace }
        let next = after.first { !$0.isSpace }
        switch word {
        case "stars":
            guard previous?.isDigit ?? false else { return "" }
            let figures = before.reversed().drop(while: \.isSpace).prefix { $0.isDigit || $0 == "." }
            return figures.elementsEqual(["1"]) ? "star" : word
        case "love", "to", "to and from", "gives":
            let standsBetween = (previous?.isWordCharacter ?? false) && (next?.isWordCharacter ?? false)
            return standsBetween ? word : ""
        case "yes", "no":
            // A tick in front of an entry of a list says nothing that its words do not.
            return next?.isWordCharacter ?? false ? "" : word
        default:
            return word
        }
    }
}
