/// Plurals, past tenses and participles of words that the dictionaries have only in their base form.
extension Lexicon {
    /// Vowels and ɹ after which an American t between vowels becomes a tap ("waiting").
    private static let tapping = Set("AIOWYiuæɑəɛɪɹʊʌ".unicodeScalars)

    /// Plurals, third persons and possessives: "dogs", "misses", "flies", "Anna's".
    func plural(of word: String, _ reading: Reading = .plain) -> String? {
        guard word.utf8.count >= 3, word.hasSuffix("s") else { return nil }
        let stem: String
        if !word.hasSuffix("ss"), isKnown(String(word.dropLast())) {
            stem = String(word.dropLast())
        } else if word.hasSuffix("'s") || (word.utf8.count > 4 && word.hasSuffix("es") && !word.hasSuffix("ies")),
            isKnown(String(word.dropLast(2)))
        {
            stem = String(word.dropLast(2))
        } else if word.utf8.count > 4, word.hasSuffix("ies"), isKnown(word.dropLast(3) + "y") {
            stem = word.dropLast(3) + "y"
        } else {
            return nil
        }
        return lookUp(stem, reading).flatMap(withPluralEnding)
    }

    func withPluralEnding(_ phonemes: String) -> String? {
        guard let last = phonemes.unicodeScalars.last else { return nil }
        if "ptkfθ".unicodeScalars.contains(last) { return phonemes + "s" }
        if "szʃʒʧʤ".unicodeScalars.contains(last) { return phonemes + weakVowel + "z" }
        return phonemes + "z"
    }

    /// "walked", "baked", "added".
    func past(of word: String, _ reading: Reading) -> String? {
        guard word.utf8.count >= 4, word.hasSuffix("d") else { return nil }
        let stem: String
        if !word.hasSuffix("dd"), isKnown(String(word.dropLast())) {
            stem = String(word.dropLast())
        } else if word.utf8.count > 4, word.hasSuffix("ed"), !word.hasSuffix("eed"), isKnown(String(word.dropLast(2))) {
            stem = String(word.dropLast(2))
        } else {
            return nil
        }
        return lookUp(stem, reading).flatMap(withPastEnding)
    }

    func withPastEnding(_ phonemes: String) -> String? {
        let scalars = phonemes.unicodeScalars
        guard let last = scalars.last else { return nil }
        if "pkfθʃsʧ".unicodeScalars.contains(last) { return phonemes + "t" }
        if last == "d" { return phonemes + weakVowel + "d" }
        if last != "t" { return phonemes + "d" }
        if accent == .british || scalars.count < 2 { return phonemes + "ɪd" }
        guard tapsFinalT(phonemes) else { return phonemes + "ᵻd" }
        return String(scalars.dropLast()) + "ɾᵻd"
    }

    /// "walking", "baking", "running".
    func participle(of word: String, _ reading: Reading) -> String? {
        guard word.utf8.count >= 5, word.hasSuffix("ing") else { return nil }
        let isLong = word.utf8.count > 5
        let base = String(word.dropLast(3))
        let stem: String
        if isLong, isKnown(base) {
            stem = base
        } else if isKnown(base + "e") {
            stem = base + "e"
        } else if isLong, endsInDoubledConsonant(base), isKnown(String(base.dropLast())) {
            stem = String(base.dropLast())
        } else {
            return nil
        }
        return lookUp(stem, reading).flatMap(withParticipleEnding)
    }

    func withParticipleEnding(_ phonemes: String) -> String? {
        guard let last = phonemes.unicodeScalars.last else { return nil }
        if accent == .british {
            if last == "ə" || last == "ː" { return nil }
        } else if tapsFinalT(phonemes) {
            return String(phonemes.unicodeScalars.dropLast()) + "ɾɪŋ"
        }
        return phonemes + "ɪŋ"
    }

    private var weakVowel: String { accent == .british ? "ɪ" : "ᵻ" }

    private func tapsFinalT(_ phonemes: String) -> Bool {
        let end = Array(phonemes.unicodeScalars.suffix(2))
        return end.count == 2 && end[1] == "t" && Self.tapping.contains(end[0])
    }

    private func endsInDoubledConsonant(_ base: String) -> Bool {
        if base.hasSuffix("ck") { return true }
        let end = Array(base.utf8.suffix(2))
        return end.count == 2 && end[0] == end[1] && "bcdgklmnprstvxz".utf8.contains(end[0])
    }
}
