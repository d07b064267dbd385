/// The symbols of misaki's phoneme alphabet that rules look at. A capital or a ligature is one sound of two parts:
/// A (day), I (my), O (go, American), Q (go, British), W (now), Y (boy), ʤ (jam), ʧ (chin).
enum PhonemeAlphabet {
    static let primaryStress: Unicode.Scalar = "ˈ"
    static let secondaryStress: Unicode.Scalar = "ˌ"
    static let vowels = Set("AIOQWYaiuæɑɒɔəɛɜɪʊʌᵻ".unicodeScalars)
    static let consonants = Set("bdfhjklmnpstvwzðŋɡɹɾʃʒʤʧθ".unicodeScalars)
    static let doubles = Set("AIOQWYʤʧ".unicodeScalars)
    /// Punctuation the voices know, without quotation marks: a pause.
    static let pauses = Set(";:,.!?—…".unicodeScalars)
    static let quotes = Set("\"“”".unicodeScalars)

    static func hasStress(_ phonemes: String) -> Bool {
        phonemes.unicodeScalars.contains { $0 == primaryStress || $0 == secondaryStress }
    }

    static func hasPrimaryStress(_ phonemes: String) -> Bool { phonemes.unicodeScalars.contains(primaryStress) }

    static func hasVowel(_ phonemes: String) -> Bool { phonemes.unicodeScalars.contains(where: vowels.contains) }

    /// How much there is of a word: its symbols, the double sounds twice.
    static func weight(_ phonemes: String) -> Int {
        phonemes.unicodeScalars.reduce(0) { $0 + (doubles.contains($1) ? 2 : 1) }
    }
}

/// A change to how strongly a word is stressed, for what surrounds it or how it is written.
enum StressChange: Sendable {
    /// No stress marks at all.
    case remove
    /// The main stress becomes a minor one; a word without main stress stays as it is.
    case weaken
    /// The same, and a word without any stress gets a minor one.
    case makeSecondary
    /// A word without any stress gets a minor one.
    case atLeastSecondary
    /// A word without a main stress gets one.
    case atLeastPrimary

    func applied(to phonemes: String) -> String {
        let hasPrimary = PhonemeAlphabet.hasPrimaryStress(phonemes)
        switch self {
        case .remove:
            return Self.map(phonemes, primary: nil, secondary: nil)
        case .weaken, .makeSecondary:
            if hasPrimary { return Self.map(phonemes, primary: PhonemeAlphabet.secondaryStress, secondary: nil) }
            return self == .weaken ? phonemes : Self.stressed(phonemes, PhonemeAlphabet.secondaryStress)
        case .atLeastSecondary:
            return Self.stressed(phonemes, PhonemeAlphabet.secondaryStress)
        case .atLeastPrimary:
            if hasPrimary { return phonemes }
            if PhonemeAlphabet.hasStress(phonemes) {
                return Self.map(phonemes, primary: nil, secondary: PhonemeAlphabet.primaryStress)
            }
            return Self.stressed(phonemes, PhonemeAlphabet.primaryStress)
        }
    }

    private static func map(_ phonemes: String, primary: Unicode.Scalar?, secondary: Unicode.Scalar?) -> String {
        String(
            phonemes.unicodeScalars.compactMap {
                switch $0 {
                case PhonemeAlphabet.primaryStress: primary
                case PhonemeAlphabet.secondaryStress: secondary
                default: $0
                }
            })
    }

    /// Puts a stress mark before the first vowel of a word that has none.
    private static func stressed(_ phonemes: String, _ mark: Unicode.Scalar) -> String {
        guard !PhonemeAlphabet.hasStress(phonemes) else { return phonemes }
        var scalars = Array(phonemes.unicodeScalars)
        guard let vowel = scalars.firstIndex(where: PhonemeAlphabet.vowels.contains) else { return phonemes }
        scalars.insert(mark, at: vowel)
        return String(scalars)
    }
}
