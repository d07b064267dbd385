import Foundation
import RiposteCore

/// What is said after a word, as far as the word's sound depends on it ("the apple", "the pear", "this is the.").
struct FollowingSpeech: Sendable, Equatable {
    enum Sound: Sendable { case vowel, consonant, pause }
    /// The next sound; at the end of the sentence a pause.
    var sound = Sound.pause
    /// The next word is "to": "used to".
    var isTo = false

    /// What comes before a word that has these phonemes.
    init(word: WordToken, phonemes: String, then following: FollowingSpeech) {
        sound = following.sound
        for scalar in phonemes.unicodeScalars {
            if PhonemeAlphabet.vowels.contains(scalar) {
                sound = .vowel
            } else if PhonemeAlphabet.consonants.contains(scalar) {
                sound = .consonant
            } else if PhonemeAlphabet.pauses.contains(scalar) {
                sound = .pause
            } else {
                continue
            }
            break
        }
        isTo = word.text == "to" || word.text == "To" || (word.text == "TO" && ["TO", "IN"].contains(word.tag))
    }

    init() {}
}

/// Words to phonemes, from misaki's two dictionaries (a checked one, "gold", and a larger unchecked one, "silver"),
/// with the rules for function words, inflected forms, initialisms and numbers.
struct Lexicon: Sendable {
    let gold: StringTable
    let silver: StringTable
    let accent: Accent

    /// In a value of the dictionary that depends on the part of speech: `separator`, then entries joined by
    /// `separator`: a tag, and unless there is no reading, "=" and the phonemes.
    static let separator: Character = "\t"

    /// The phonemes of a word, or nil if it is unknown.
    /// - Parameter following: what is said after it.
    func phonemes(of token: WordToken, before following: FollowingSpeech) -> String? {
        let word = Self.normalForm(token.alias ?? token.text)
        var stress: StressChange?
        if word != word.lowercased() { stress = word == word.uppercased() ? .atLeastPrimary : .atLeastSecondary }
        if let found = self.word(word, Reading(tag: token.tag, stress: stress, following: following)) {
            guard let unit = token.currency.flatMap({ Self.currencies[$0] }),
                let plural = plural(of: unit.whole + "s")
            else { return found }
            return found + " " + plural
        }
        return Number(word, isHead: token.isHead).flatMap { number($0, currency: token.currency) }
    }

    /// How a word is to be read: its part of speech, its emphasis, and what comes after it (nil: by itself).
    struct Reading {
        var tag: String?
        var stress: StressChange?
        var following: FollowingSpeech?

        static let plain = Reading()

        func with(_ stress: StressChange?) -> Reading {
            Reading(tag: tag, stress: stress, following: following)
        }

        func with(tag: String?) -> Reading { Reading(tag: tag, stress: stress, following: following) }
    }

    static let currencies: [String: (whole: String, part: String)] = [
        "$": ("dollar", "cent"), "£": ("pound", "pence"), "€": ("euro", "cent"),
    ]
    static let symbolWords = ["%": "percent", "&": "and", "+": "plus", "@": "at"]

    /// Straight apostrophes, compatibility forms and foreign digits resolved.
    private static func normalForm(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 >= 0x80 }) else { return text }
        let straight = String(text.unicodeScalars.map { $0.isApostrophe ? "'" : $0 })
        return String(
            straight.precomposedStringWithCompatibilityMapping.unicodeScalars.map { scalar in
                guard !scalar.isASCII, scalar.isDigit, let value = scalar.properties.numericValue else { return scalar }
                return Unicode.Scalar(48 + UInt8(value))
            })
    }

    // MARK: Dictionaries

    /// A dictionary's entry. A word that has none in this spelling may have one with a capital, or without.
    private func entry(_ word: String, in table: StringTable) -> String? {
        if let found = table[word] { return found }
        guard word.unicodeScalars.count > 1 else { return nil }
        let lower = word.lowercased()
        let capitalized = lower.capitalizedWord
        if word == lower { return capitalized == word ? nil : table[capitalized] }
        return word == capitalized ? table[lower] : nil
    }

    func goldEntry(_ word: String) -> String? { entry(word, in: gold) }
    func silverEntry(_ word: String) -> String? { entry(word, in: silver) }

    /// The word, or something `lookUp` can read without its dictionary entry, such as an initialism.
    func isKnown(_ word: String) -> Bool {
        if goldEntry(word) != nil || Self.symbolWords[word] != nil || silverEntry(word) != nil { return true }
        guard !word.isEmpty, word.unicodeScalars.allSatisfy(\.isASCIILetter) else { return false }
        if word.unicodeScalars.count == 1 { return true }
        if word == word.uppercased(), goldEntry(word.lowercased()) != nil { return true }
        return word.dropFirst() == word.dropFirst().uppercased()
    }

    /// The entry that fits the part of speech and what follows.
    func lookUp(_ given: String, _ reading: Reading) -> String? {
        var word = given
        var isName = false
        if word == word.uppercased(), goldEntry(word) == nil {
            word = word.lowercased()
            isName = reading.tag == "NNP"
        }
        var entry = goldEntry(word)
        if entry == nil, !isName { entry = silverEntry(word) }
        let found = entry.flatMap { variant(of: $0, reading) }
        if found == nil || (isName && !PhonemeAlphabet.hasPrimaryStress(found ?? "")) {
            if let spelled = spelledOut(word) { return spelled }
            return nil
        }
        guard let found else { return nil }
        return reading.stress?.applied(to: found) ?? found
    }

    /// Chooses among the readings of an entry; nil if for this part of speech the letters are to be spelled.
    private func variant(of entry: String, _ reading: Reading) -> String? {
        guard entry.first == Self.separator else { return entry }
        var variants: [Substring: Substring?] = [:]
        for part in entry.split(separator: Self.separator) {
            if let equals = part.firstIndex(of: "=") {
                variants[part[..<equals]] = part[part.index(after: equals)...]
            } else {
                variants[part] = .some(nil)
            }
        }
        var tag = Substring(reading.tag ?? "")
        if reading.following?.sound == .pause, variants["None"] != nil {
            tag = "None"
        } else if variants[tag] == nil {
            tag = Self.wordClass(of: tag)
        }
        return (variants[tag] ?? variants["DEFAULT"] ?? nil).map(String.init)
    }

    /// The dictionary's name for a group of tags: "VBD" is a "VERB".
    static func wordClass(of tag: Substring) -> Substring {
        if tag.hasPrefix("VB") { return "VERB" }
        if tag.hasPrefix("NN") { return "NOUN" }
        if tag.hasPrefix("ADV") || tag.hasPrefix("RB") { return "ADV" }
        if tag.hasPrefix("ADJ") || tag.hasPrefix("JJ") { return "ADJ" }
        return tag
    }

    /// The letters' names, the last one stressed: "FBI".
    func spelledOut(_ word: String) -> String? {
        var names = ""
        for scalar in word.unicodeScalars where scalar.isLetter {
            guard let name = gold[String(scalar).uppercased()], name.first != Self.separator else { return nil }
            names += name
        }
        var scalars = Array(StressChange.makeSecondary.applied(to: names).unicodeScalars)
        guard !scalars.isEmpty else { return nil }
        if let last = scalars.lastIndex(of: PhonemeAlphabet.secondaryStress) {
            scalars[last] = PhonemeAlphabet.primaryStress
        }
        return String(scalars)
    }

    // MARK: Words

    func word(_ given: String, _ reading: Reading) -> String? {
        if let special = functionWord(given, reading) { return special }
        var word = given
        if isMerelyCapitalized(word, reading) { word = word.lowercased() }
        if isKnown(word) { return lookUp(word, reading) }
        if word.hasSuffix("s'"), isKnown(word.dropLast(2) + "'s") {
            return lookUp(word.dropLast(2) + "'s", reading)
        }
        if word.hasSuffix("'"), isKnown(String(word.dropLast())) { return lookUp(String(word.dropLast()), reading) }
        return plural(of: word, reading) ?? past(of: word, reading)
            ?? participle(of: word, reading.with(reading.stress ?? .atLeastSecondary))
    }

    /// A word that is written with capitals only for its place in the sentence or for emphasis.
    private func isMerelyCapitalized(_ word: String, _ reading: Reading) -> Bool {
        let lower = word.lowercased()
        guard word != lower, word.unicodeScalars.count > 1,
            word.unicodeScalars.allSatisfy({ $0.isLetter || $0 == "'" }),
            reading.tag != "NNP" || word.unicodeScalars.count > 7,
            goldEntry(word) == nil, silverEntry(word) == nil,
            word == word.uppercased() || word.dropFirst() == lower.dropFirst()
        else { return false }
        return goldEntry(lower) != nil || silverEntry(lower) != nil || plural(of: lower, reading) != nil
            || past(of: lower, reading) != nil || participle(of: lower, reading) != nil
    }

    /// Short words whose sound depends on their role and neighbours, and abbreviations with dots.
    private func functionWord(_ word: String, _ reading: Reading) -> String? {
        let tag = reading.tag ?? ""
        let following = reading.following?.sound ?? .pause
        if tag == "ADD", let name = [".": "dot", "/": "slash"][word] {
            return lookUp(name, Reading(tag: nil, stress: .weaken, following: reading.following))
        }
        if let name = Self.symbolWords[word] { return lookUp(name, Reading(following: reading.following)) }
        if isDottedInitialism(word) { return spelledOut(word) }
        switch word {
        case "a", "A":
            return tag == "DT" ? "ɐ" : "ˈA"
        case "am", "Am", "AM":
            if tag.hasPrefix("NN") { return spelledOut(word) }
            return following == .pause || word != "am" || reading.stress != nil ? gold["am"] : "ɐm"
        case "an", "An", "AN":
            return word == "AN" && tag.hasPrefix("NN") ? spelledOut(word) : "ɐn"
        case "I" where tag == "PRP":
            return "ˌI"
        case "by", "By", "BY":
            return Self.wordClass(of: tag[...]) == "ADV" ? "bˈI" : nil
        case "to", "To", "TO":
            if word == "TO", !["TO", "IN"].contains(tag) { return nil }
            return following == .pause ? gold["to"] : following == .vowel ? "tʊ" : "tə"
        case "in", "In", "IN":
            if word == "IN", tag == "NNP" { return nil }
            return following == .pause || tag != "IN" ? "ˈɪn" : "ɪn"
        case "the", "The", "THE":
            if word == "THE", tag != "DT" { return nil }
            return following == .vowel ? "ði" : "ðə"
        case "used", "Used", "USED":
            let isHabit = ["VBD", "JJ"].contains(tag) && reading.following?.isTo ?? false
            return gold["used"].flatMap { variant(of: $0, Reading(tag: isHabit ? "VBD" : "DEFAULT")) }
        default:
            guard tag == "IN", ["vs", "vs."].contains(word.lowercased()) else { return nil }
            return lookUp("versus", Reading(following: reading.following))
        }
    }

    /// "U.S.", "e.g.": letters with dots between, never three together.
    private func isDottedInitialism(_ word: String) -> Bool {
        guard word.utf8.contains(UInt8(ascii: ".")) else { return false }
        let parts = word.split(separator: ".")
        guard parts.allSatisfy({ String($0).isAllLetters && $0.unicodeScalars.count < 3 }) else { return false }
        // A dot within, not only at the end.
        return parts.count > 1
    }
}
