/// Piper's voices were trained on the phonemes that espeak-ng writes for American English. espeak-ng is GPL, so the
/// project does without it: misaki's phonemes are rewritten in its spelling.
///
/// The two agree on nearly every sound. What remains different are words that the dictionaries pronounce otherwise,
/// and weak vowels: misaki has one ə where espeak-ng hears ə, ɐ, ɪ or ᵻ, and the difference cannot be told from the
/// phonemes alone.
extension Pronunciation {
    /// The phonemes in espeak-ng's alphabet, as Piper's `phoneme_id_map` has them, with the punctuation it knows.
    public var espeakPhonemes: String { Self.espeakPhonemes(fromMisaki: phonemes) }

    /// Rewrites a sentence. Quotation marks and brackets are dropped, dashes become ";", as espeak-ng does it.
    public static func espeakPhonemes(fromMisaki phonemes: String) -> String {
        var result: [Unicode.Scalar] = []
        for word in phonemes.unicodeScalars.split(separator: " ") {
            let sounds = word.drop { isMark($0) }
            let leading = word[..<sounds.startIndex]
            let end = sounds.lastIndex { !isMark($0) }.map(sounds.index(after:)) ?? sounds.startIndex
            append(marks: leading, to: &result)
            let core = EspeakWord(Array(sounds[..<end])).phonemes
            if !core.isEmpty {
                linkR(in: &result, before: core)
                if !result.isEmpty { result.append(" ") }
                result += core
            }
            append(marks: sounds[end...], to: &result)
        }
        return String(result)
    }

    private static func isMark(_ scalar: Unicode.Scalar) -> Bool { ";:,.!?—…\"“”()".unicodeScalars.contains(scalar) }

    /// The marks Piper knows, one at a time: it has seen "." but not "...".
    private static func append(marks: Substring.UnicodeScalarView, to result: inout [Unicode.Scalar]) {
        for mark in marks {
            let known: Unicode.Scalar? =
                switch mark {
                case "—": ";"
                case "…": "."
                case "\"", "“", "”", "(", ")": nil
                default: mark
                }
            guard let known, let last = result.last, last != known else { continue }
            // "What?!" keeps the first.
            if isMark(last) { continue }
            result.append(known)
        }
    }

    /// "mother" has no r for espeak-ng, "mother is" has one.
    private static func linkR(in result: inout [Unicode.Scalar], before word: [Unicode.Scalar]) {
        guard result.last == "ɚ", let first = word.first(where: { $0 != "ˈ" && $0 != "ˌ" }),
            EspeakWord.vowels.contains(first)
        else { return }
        result.append("ɹ")
    }
}

/// One word on the way from misaki's to espeak-ng's spelling.
struct EspeakWord {
    private(set) var phonemes: [Unicode.Scalar] = []
    private let word: [Unicode.Scalar]

    static let vowels = PhonemeAlphabet.vowels.union("ɐᵊɚe".unicodeScalars)

    /// Words that espeak-ng does not stress within a sentence and misaki does lightly.
    private static let unstressed: Set<String> = [
        "ˌI", "ˌIm", "ˌId", "ˌIl", "ˌIv", "hˌi", "ʃˌi", "wˌi", "ðˌA", "mˌI", "jˌu", "ˌɪt", "ˌɪz", "ˌɪts", "ðˌɪs",
        "hˌɜɹ", "jˌʊɹ", "kˌʊd", "wˌʊd", "hˌæv", "kˌæn", "ˌɑɹ",
    ]

    private static let spellings: [Unicode.Scalar: String] = [
        "A": "eɪ", "I": "aɪ", "O": "oʊ", "Q": "əʊ", "W": "aʊ", "Y": "ɔɪ", "ʤ": "dʒ", "ʧ": "tʃ", "T": "ɾ", "ᵊ": "ə",
    ]

    init(_ word: [Unicode.Scalar]) {
        self.word = word
        switch String(word) {
        case "ði": phonemes = Array("ðɪ".unicodeScalars)
        case "ɔn", "ˌɔn": phonemes = Array("ˌɔn".unicodeScalars)
        default: rewrite()
        }
    }

    private mutating func rewrite() {
        let dropsStress = Self.unstressed.contains(String(word))
        let syllables = word.count(where: PhonemeAlphabet.vowels.contains)
        var index = 0
        while index < word.count {
            let scalar = word[index]
            let next = index + 1 < word.count ? word[index + 1] : " "
            if next == "ɹ", scalar == "ə" || scalar == "ɜ" {
                phonemes += (scalar == "ə" ? "ɚ" : "ɜː").unicodeScalars
                // The r itself is heard only before another vowel.
                if index + 2 < word.count, isSyllable(word[index + 2]) { phonemes.append("ɹ") }
                index += 2
                continue
            }
            switch scalar {
            case "ˈ", "ˌ":
                if !dropsStress { phonemes.append(scalar) }
            case "ə":
                phonemes.append(weakVowel(at: index))
            case "i", "u", "ɑ", "ɔ":
                phonemes.append(scalar)
                if isLong(at: index, syllables) { phonemes.append("ː") }
            default:
                phonemes += Self.spellings[scalar].map { Array($0.unicodeScalars) } ?? [scalar]
            }
            index += 1
        }
    }

    private func isSyllable(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "ˈ" || scalar == "ˌ" || Self.vowels.contains(scalar)
    }

    /// "about" begins with ɐ, "before" and "decide" have ᵻ in the first syllable.
    private func weakVowel(at index: Int) -> Unicode.Scalar {
        if index == 0, word.count > 1 { return "ɐ" }
        guard index == 1, word.count > 3, "bdɹ".unicodeScalars.contains(word[0]),
            !Self.vowels.contains(word[2]), word[2] != "ɹ", word[3...].prefix(2).contains("ˈ")
        else { return "ə" }
        return "ᵻ"
    }

    /// Whether espeak-ng marks the vowel as long.
    private func isLong(at index: Int, _ syllables: Int) -> Bool {
        let next = index + 1 < word.count ? word[index + 1] : " "
        if next == "ː" { return false }
        switch word[index] {
        case "i":
            if next == "ə" || next == "ᵊ" { return false }
            let isStressed = index > 0 && (word[index - 1] == "ˈ" || word[index - 1] == "ˌ")
            return isStressed || (syllables == 1 && next == " ")
        case "ɔ":
            return !"ŋfs".unicodeScalars.contains(next)
        default:
            return true
        }
    }
}
