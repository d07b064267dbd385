/// The phonemes of a sentence by espeak-ng, for Piper voices of languages that Riposte cannot pronounce itself.
struct EspeakPronunciation: Sendable {
    private let library: EspeakLibrary
    private let voice: String

    /// - Parameter voice: espeak-ng's name for the language, as a Piper voice's description has it ("de").
    init(voice: String, library: EspeakLibrary) {
        self.library = library
        self.voice = voice
    }

    /// The library drops punctuation, which the voices take for pauses and melody: the sentence is given to it clause
    /// by clause, and each clause gets its mark back.
    func phonemes(of sentence: String) throws -> String {
        var result = ""
        for clause in Self.clauses(of: sentence) {
            let phonemes = try library.phonemes(of: clause.text, voice: voice)
            result += Self.withoutLanguageMarks(phonemes.split(separator: "\n").joined(separator: " "))
            result += clause.mark
        }
        return result.trimmingSpaces
    }

    static func clauses(of sentence: String) -> [(text: String, mark: String)] {
        var clauses: [(text: String, mark: String)] = []
        var text = ""
        let characters = Array(sentence)
        for (index, character) in characters.enumerated() {
            let isLast = index + 1 == characters.count
            let endsHere = isLast || characters[index + 1].isWhitespace || !characters[index + 1].isLetterOrNumber
            guard endsHere, let mark = marks[character] else {
                text.append(character)
                continue
            }
            if text.contains(where: \.isLetterOrNumber) { clauses.append((text.trimmingSpaces, mark)) }
            text = ""
        }
        if text.contains(where: \.isLetterOrNumber) { clauses.append((text.trimmingSpaces, "")) }
        return clauses
    }

    private static let marks: [Character: String] = [
        ",": ", ", ";": "; ", ":": ": ", "—": ", ", "–": ", ", ".": ".", "!": "!", "?": "?", "…": ".", "。": ".",
        "，": ", ", "、": ", ", "？": "?", "！": "!",
    ]

    /// Words of another language stand between "(en)" and "(de)".
    private static func withoutLanguageMarks(_ phonemes: String) -> String {
        var result = ""
        var depth = 0
        for character in phonemes {
            if character == "(" { depth += 1 }
            if depth == 0 { result.append(character) }
            if character == ")" { depth = max(0, depth - 1) }
        }
        return result
    }
}

extension Character {
    fileprivate var isLetterOrNumber: Bool { isLetter || isNumber }
}

extension String {
    fileprivate var trimmingSpaces: String {
        guard let first = firstIndex(where: { !$0.isWhitespace }), let last = lastIndex(where: { !$0.isWhitespace })
        else { return "" }
        return String(self[first...last])
    }
}
