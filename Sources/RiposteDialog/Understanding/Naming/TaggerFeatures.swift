/// What the tagger sees of each word.
enum TaggerFeatures {
    /// - Parameter known: of each word, the entities that a lookup finds there.
    static func features(_ words: [String], known: [Set<String>]) -> [[String]] {
        words.indices.map { index in
            context(words, index) + own(words[index])
                + (known.indices.contains(index) ? known[index].sorted().map { "in \($0)" } : [])
        }
    }

    /// What the word itself says: left out now and then in training, so that the words around it count.
    static func own(_ word: String) -> [String] {
        ["w=\(word)", "p=\(word.prefix(3))", "s=\(word.suffix(3))", "s2=\(word.suffix(2))"]
    }

    private static func context(_ words: [String], _ index: Int) -> [String] {
        func word(_ offset: Int) -> String {
            let place = index + offset
            return words.indices.contains(place) ? words[place] : place < 0 ? "<" : ">"
        }
        let isNumber = words[index].allSatisfy(\.isNumber) || NumberWords.vocabulary.contains(words[index])
        return [
            "b", "-1=\(word(-1))", "-2=\(word(-2))", "+1=\(word(1))", "+2=\(word(2))",
            "-2-1=\(word(-2)) \(word(-1))", "+1+2=\(word(1)) \(word(2))", "-1+1=\(word(-1)) \(word(1))",
            isNumber ? "number" : "", index == 0 ? "first" : "", index == words.count - 1 ? "last" : "",
        ].filter { !$0.isEmpty }
    }
}
