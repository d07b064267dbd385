extension PhonemeAlphabet {
    private static let international: [(String, String)] = [
        ("d͡ʒ", "ʤ"), ("t͡ʃ", "ʧ"), ("dʒ", "ʤ"), ("tʃ", "ʧ"), ("eɪ", "A"), ("aɪ", "I"), ("aʊ", "W"), ("ɔɪ", "Y"),
        ("oʊ", "O"), ("əʊ", "O"), ("ɚ", "əɹ"), ("ɝ", "ɜɹ"), ("ː", ""), ("r", "ɹ"), ("g", "ɡ"), ("e", "ɛ"), ("ɫ", "l"),
        (".", ""), ("‿", ""), ("'", "ˈ"), ("-", ""),
    ]

    /// Phonemes as misaki writes them: one letter for a double sound, no marks of length, the stress in front of the
    /// vowel instead of the syllable. What is written so already is not changed.
    static func misaki(fromInternational phonemes: String) -> String {
        var text = phonemes
        for (sign, letter) in international { text = text.replacing(sign, with: letter) }
        return String(text.unicodeScalars.split(separator: " ").map(stressAtVowel).joined(separator: [" "]))
    }

    private static func stressAtVowel(_ word: some Sequence<Unicode.Scalar>) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        var pending: Unicode.Scalar?
        for scalar in word {
            if scalar == primaryStress || scalar == secondaryStress {
                pending = scalar
                continue
            }
            if let stress = pending, vowels.contains(scalar) {
                result.append(stress)
                pending = nil
            }
            result.append(scalar)
        }
        return result
    }

    /// The letters of X-SAMPA that are not the same in the international alphabet; two signs come before one.
    private static let xSampa: [(String, String)] = [
        ("@`", "ɚ"), ("3`", "ɝ"), ("r\\", "ɹ"), ("{", "æ"), ("@", "ə"), ("A", "ɑ"), ("E", "ɛ"), ("I", "ɪ"), ("O", "ɔ"),
        ("U", "ʊ"), ("V", "ʌ"), ("3", "ɜ"), ("Q", "ɒ"), ("S", "ʃ"), ("Z", "ʒ"), ("T", "θ"), ("D", "ð"), ("N", "ŋ"),
        ("4", "ɾ"), ("?", "ʔ"), ("\"", "ˈ"), ("%", "ˌ"), (":", "ː"),
    ]

    /// Phonemes as misaki writes them, from X-SAMPA.
    static func misaki(fromXSampa phonemes: String) -> String {
        var result = ""
        var rest = phonemes[...]
        while !rest.isEmpty {
            if let (sign, letter) = xSampa.first(where: { rest.hasPrefix($0.0) }) {
                result += letter
                rest = rest.dropFirst(sign.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return misaki(fromInternational: result)
    }
}
