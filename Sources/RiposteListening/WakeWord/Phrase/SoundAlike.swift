/// How alike two texts sound, by their phonemes.
struct SoundAlike: Sendable {
    /// Phonemes of a text, a word after the other.
    typealias Phonemes = @Sendable (String) throws -> String

    private let phonemes: Phonemes

    /// - Parameter phonemes: gives the phonemes of a text, in any alphabet that has a scalar for each. Without it, a
    ///   rough one of its letters is used.
    init(phonemes: Phonemes? = nil) { self.phonemes = phonemes ?? { Self.rough($0) } }

    /// How alike a phrase is to the most alike run of words in a text, 0 … 1.
    func similarity(of phrase: String, to text: String) throws -> Double {
        let wanted = try sounds(of: phrase)
        let words = text.split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map(String.init)
        guard !wanted.isEmpty, !words.isEmpty else { return 0 }
        let each = try words.map { try sounds(of: $0) }
        let most = phrase.split(separator: " ").count + 2
        var best = 0.0
        for start in each.indices {
            var heard: [Unicode.Scalar] = []
            for end in start..<min(each.count, start + most) {
                heard += each[end]
                let distance = Self.distance(wanted, heard)
                best = max(best, 1 - distance / Double(max(wanted.count, heard.count)))
            }
        }
        return best
    }

    /// Stress, length and punctuation say nothing here.
    private func sounds(of text: String) throws -> [Unicode.Scalar] {
        try phonemes(text).unicodeScalars.filter { $0.properties.isAlphabetic && !"ˈˌː".unicodeScalars.contains($0) }
    }

    /// Changes that make one of the other: a sound added, left out or replaced; half as much for one of its kind.
    private static func distance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Double {
        var row = (0...second.count).map(Double.init)
        for (index, sound) in first.enumerated() {
            var last = row[0]
            row[0] = Double(index + 1)
            for place in second.indices {
                let replaced = last + cost(sound, second[place])
                last = row[place + 1]
                row[place + 1] = min(replaced, last + 1, row[place] + 1)
            }
        }
        return row[second.count]
    }

    private static func cost(_ first: Unicode.Scalar, _ second: Unicode.Scalar) -> Double {
        if first == second { return 0 }
        if let kind = kinds[first], kind == kinds[second] { return 0.5 }
        return 1
    }

    /// Sounds that recognisers, and people, take for each other.
    private static let kinds: [Unicode.Scalar: Int] = {
        let groups = ["pb", "td", "kɡg", "fv", "szʃʒʧʤj", "mnŋ", "lɹr", "θð", "aæɑʌəᵊɐAɔOoQWʊuU", "iɪIeɛYɜᵻy"]
        var kinds: [Unicode.Scalar: Int] = [:]
        for (kind, group) in groups.enumerated() {
            for scalar in group.unicodeScalars { kinds[scalar] = kind }
        }
        return kinds
    }()

    /// A word's letters as what they mostly sound like.
    static func rough(_ text: String) -> String {
        let pairs = [
            ("ph", "f"), ("ck", "k"), ("sh", "ʃ"), ("ch", "ʧ"), ("th", "θ"), ("qu", "kw"), ("x", "ks"), ("wh", "w"),
        ]
        var letters = text.lowercased()
        for (written, sound) in pairs { letters = letters.replacing(written, with: sound) }
        letters = letters.replacing("ce", with: "se").replacing("ci", with: "si").replacing("c", with: "k")
        var result = ""
        for letter in letters where letter != result.last { result.append(letter) }
        return result
    }
}
