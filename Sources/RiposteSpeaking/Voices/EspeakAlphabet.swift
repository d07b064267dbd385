/// English phonemes as espeak-ng writes them, which is what Piper's English voices were trained on.
enum EspeakAlphabet {
    /// Rewrites phonemes from misaki's alphabet (American English), with the punctuation that is between them.
    ///
    /// Misaki has a letter for each diphthong and affricate and leaves length unwritten; espeak-ng marks the long
    /// vowels, and has one sign for an unstressed vowel before r, which is sounded only when a vowel follows.
    static func phonemes(fromMisaki phonemes: String) -> String {
        let words = phonemes.unicodeScalars.split(separator: " ", omittingEmptySubsequences: false).map(Array.init)
        var result: [String] = []
        for (index, word) in words.enumerated() {
            let next = index + 1 < words.count ? words[index + 1].first { isLetter($0) } : nil
            result.append(rewrite(word, before: isBroken(word) ? nil : next))
        }
        return result.joined(separator: " ")
    }

    private static let vowels: Set<Unicode.Scalar> = Set("aeiouæɐɑɒɔəɚɛɜɪʊʌᵻᵊAIWYOQ".unicodeScalars)
    private static let stresses: Set<Unicode.Scalar> = ["ˈ", "ˌ"]
    private static let letters: [Unicode.Scalar: String] = [
        "A": "eɪ", "I": "aɪ", "W": "aʊ", "Y": "ɔɪ", "O": "oʊ", "Q": "əʊ", "ʤ": "dʒ", "ʧ": "tʃ", "T": "ɾ", "ᵊ": "ə",
        "ɑ": "ɑː", "u": "uː", "ɔ": "ɔː", "…": ".", "“": "\"", "”": "\"", "—": ",",
    ]

    private static func isLetter(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic && !stresses.contains(scalar)
    }

    /// Whether a mark after the word keeps it apart from the next one.
    private static func isBroken(_ word: [Unicode.Scalar]) -> Bool {
        guard let last = word.last else { return true }
        return !isLetter(last)
    }

    private static func rewrite(_ word: [Unicode.Scalar], before next: Unicode.Scalar?) -> String {
        let isMonosyllable = word.filter(vowels.contains).count == 1
        var result = ""
        var index = 0
        while index < word.count {
            let scalar = word[index]
            switch scalar {
            case "ə" where follows("ɹ", word, index), "ɜ" where follows("ɹ", word, index):
                result += scalar == "ə" ? "ɚ" : "ɜː"
                let after = word[(index + 2)...].first { !stresses.contains($0) } ?? next
                if let after, vowels.contains(after) { result += "ɹ" }
                index += 1
            case "i":
                let isStressed = index > 0 && stresses.contains(word[index - 1])
                result += isStressed || isMonosyllable ? "iː" : "i"
            default:
                result += letters[scalar] ?? String(scalar)
            }
            index += 1
        }
        return result
    }

    private static func follows(_ wanted: Unicode.Scalar, _ word: [Unicode.Scalar], _ index: Int) -> Bool {
        index + 1 < word.count && word[index + 1] == wanted
    }
}
