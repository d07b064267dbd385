/// Wake words in texts: what a recogniser wrote, what the assistant says.
enum WakeWordText {
    /// Words before the wake word that belong to it, or to nothing.
    private static let leads: Set<String> = ["hey", "hi", "okay", "ok", "oh", "so", "um", "uh", "and", "a", "the"]
    /// A run of words this much like the wake word is it: recognisers write names oddly ("Jarvis" as "Charvis").
    private static let alike = 0.6

    /// A text without the wake word at its beginning, however often it is said there.
    ///
    /// - Parameters:
    ///   - words: the wake words.
    ///   - isTold: whether the word was heard there. Then what is only like it is the word, once; else "compute" is not
    ///     "computer".
    /// - Returns: the rest, with a capital; empty when there is none.
    static func removing(_ words: [String], from text: String, isTold: Bool) -> String {
        var rest = Substring(text)
        var least = isTold ? alike : 1
        while let end = words.compactMap({ end(of: $0, atStartOf: rest, least) }).max() {
            rest = rest[end...].drop { !$0.isLetter && !$0.isNumber }
            least = 1
        }
        guard rest.startIndex != text.startIndex else { return text }
        return rest.prefix(1).uppercased() + rest.dropFirst()
    }

    /// Whether somebody who says a text says the word.
    static func contains(_ word: String, in text: String) -> Bool {
        let wanted = sounds(of: word)
        let said = tokens(of: text[...])
        let most = tokens(of: word[...]).count + 1
        return said.indices.contains { start in
            (start..<min(said.count, start + most)).contains { end in
                similarity(wanted, said[start...end].flatMap { sounds(of: $0.text) }) >= 0.8
            }
        }
    }

    private struct Token {
        var text: Substring
        var end: Substring.Index
    }

    private static func tokens(of text: Substring) -> [Token] {
        text.split { !$0.isLetter && !$0.isNumber && $0 != "'" }.map { Token(text: $0, end: $0.endIndex) }
    }

    /// Where the wake word ends that a text begins with; nil when it begins otherwise.
    private static func end(
        of word: String, atStartOf text: Substring, _ least: Double
    ) -> Substring.Index? {
        let wanted = sounds(of: word)
        let spoken = tokens(of: text)
        let count = tokens(of: word[...]).count
        var best: (similarity: Double, end: Substring.Index)?
        for start in 0..<min(2, spoken.count) {
            // A word before it may only be one of those that mean nothing.
            if start > 0, !leads.contains(spoken[start - 1].text.lowercased()) { break }
            for end in start..<min(spoken.count, start + count + 1) {
                let similarity = similarity(wanted, spoken[start...end].flatMap { sounds(of: $0.text) })
                if similarity >= least, similarity > best?.similarity ?? 0 { best = (similarity, spoken[end].end) }
            }
        }
        return best?.end
    }

    /// About what letters sound like: vowels are all alike, doubled letters are one.
    private static func sounds(of text: some StringProtocol) -> [Character] {
        let kinds: [Character: Character] = [
            "c": "k", "q": "k", "g": "k", "z": "s", "x": "s", "j": "s", "b": "p", "d": "t", "v": "f", "y": "i",
            "e": "i", "a": "a", "o": "a", "u": "a", "m": "n",
        ]
        var result: [Character] = []
        for letter in text.lowercased() where letter.isLetter && letter != "h" {
            let sound = kinds[letter] ?? letter
            if result.last != sound { result.append(sound) }
        }
        return result
    }

    private static func similarity(_ first: [Character], _ second: [Character]) -> Double {
        guard !first.isEmpty, !second.isEmpty else { return 0 }
        var row = Array(0...second.count)
        for (index, sound) in first.enumerated() {
            var last = row[0]
            row[0] = index + 1
            for place in second.indices {
                let replaced = last + (sound == second[place] ? 0 : 1)
                last = row[place + 1]
                row[place + 1] = min(replaced, last + 1, row[place] + 1)
            }
        }
        return 1 - Double(row[second.count]) / Double(max(first.count, second.count))
    }
}
