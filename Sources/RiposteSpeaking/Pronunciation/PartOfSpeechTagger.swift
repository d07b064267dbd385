import Foundation
import RiposteCore

/// Tells nouns from verbs: an averaged perceptron over the word, its neighbours and the two tags before it, with
/// Penn Treebank tags. It decides between the readings of "read", "live", "record".
///
/// Words that nearly always have one tag are answered from a table. Weights are stored as tenths.
struct PartOfSpeechTagger: Sendable {
    /// The tags by their number, in ascending order.
    private let tags: [String]
    private let knownWords: StringTable
    private let vocabulary: StringTable
    /// Feature → (tag number UInt8, weight in tenths Int16, little-endian) …
    private let weights: StringTable

    static let fallbackTag = "NN"

    init(tags: [String], knownWords: StringTable, vocabulary: StringTable, weights: StringTable) {
        self.tags = tags
        self.knownWords = knownWords
        self.vocabulary = vocabulary
        self.weights = weights
    }

    func tag(_ tokens: inout [WordToken]) {
        let words = tokens.map { Word($0.text, in: vocabulary) }
        var previous = "-START-"
        var beforePrevious = "-START2-"
        for index in tokens.indices {
            let tag =
                knownWords[tokens[index].text]
                ?? predict(words, at: index, previous: previous, beforePrevious: beforePrevious)
            tokens[index].tag = tag
            beforePrevious = previous
            previous = tag
        }
    }

    private func predict(_ words: [Word], at index: Int, previous: String, beforePrevious: String) -> String {
        let word = words[index]
        func context(_ offset: Int) -> Word {
            let position = index + offset
            if position < 0 { return position == -1 ? .start : .beforeStart }
            return position < words.count ? words[position] : position == words.count ? .end : .afterEnd
        }
        var scorer = Scorer(weights: weights, tagCount: tags.count)
        scorer.add("b")
        scorer.add("s3=", word.ending)
        scorer.add("p1=", word.beginning)
        scorer.add("w=", word.form)
        scorer.add("sh=", word.shape)
        scorer.add(index == 0 ? "i0" : "i+")
        scorer.add("t-1=", previous)
        scorer.add("t-2=", beforePrevious)
        scorer.add("t-12=", previous, ",", beforePrevious)
        scorer.add("w-1=", context(-1).form)
        scorer.add("s3-1=", context(-1).formEnding)
        scorer.add("w-2=", context(-2).form)
        scorer.add("w+1=", context(1).form)
        scorer.add("s3+1=", context(1).formEnding)
        scorer.add("w+2=", context(2).form)
        return scorer.best.map { tags[$0] } ?? Self.fallbackTag
    }

    /// What the features need to know of a word.
    private struct Word {
        /// Its last three and its first character, as written.
        var ending = ""
        var beginning = ""
        var shape = ""
        /// Small letters; rare words as their shape.
        var form: String
        var formEnding: String

        static let beforeStart = Word(mark: "-START2-")
        static let start = Word(mark: "-START-")
        static let end = Word(mark: "-END-")
        static let afterEnd = Word(mark: "-END2-")

        private init(mark: String) {
            form = mark
            formEnding = Word.suffix(mark)
        }

        init(_ text: String, in vocabulary: StringTable) {
            ending = Word.suffix(text)
            beginning = text.unicodeScalars.first.map { String($0) } ?? ""
            shape = Word.shape(text)
            let form = Word.form(text)
            self.form = vocabulary.contains(form) ? form : "<\(shape)>"
            formEnding = Word.suffix(self.form)
        }

        private static func suffix(_ text: String) -> String { String(text.unicodeScalars.suffix(3)) }

        private static func form(_ text: String) -> String {
            if text.unicodeScalars.first != "-", text.unicodeScalars.contains("-") { return "!HYPHEN" }
            if text.unicodeScalars.count == 4, text.unicodeScalars.allSatisfy(\.isDigit) { return "!YEAR" }
            if text.unicodeScalars.first?.isDigit ?? false { return "!DIGITS" }
            return text.lowercased()
        }

        private static func shape(_ text: String) -> String {
            let scalars = text.unicodeScalars
            if text.isAllLetters {
                let isUpper = scalars.map(\.properties.isUppercase)
                if !isUpper.contains(true) { return "x" }
                if !isUpper.contains(false) { return scalars.count > 1 ? "XX" : "X1" }
                return isUpper[0] && !isUpper.dropFirst().contains(true) ? "Xx" : "xX"
            }
            if scalars.allSatisfy(\.isDigit) { return "d" }
            return String(scalars.prefix(4).map { $0.isDigit ? "d" : $0.isLetter ? "x" : $0 })
        }
    }

    /// Adds up the weights of features.
    private struct Scorer {
        let weights: StringTable
        var scores: [Int]
        var hasAny = false
        var key: [UInt8] = []

        init(weights: StringTable, tagCount: Int) {
            self.weights = weights
            scores = Array(repeating: 0, count: tagCount)
            key.reserveCapacity(64)
        }

        mutating func add(_ parts: String...) {
            key.removeAll(keepingCapacity: true)
            for part in parts { key.append(contentsOf: part.utf8) }
            key.withUnsafeBufferPointer { key in
                weights.withValue(for: key) { value in
                    for offset in stride(from: 0, to: value.count - 2, by: 3) where Int(value[offset]) < scores.count {
                        let weight = value.loadUnaligned(fromByteOffset: offset + 1, as: Int16.self)
                        scores[Int(value[offset])] += Int(Int16(littleEndian: weight))
                        hasAny = true
                    }
                }
            }
        }

        /// The tag with the highest score; of equals the last in order.
        var best: Int? {
            guard hasAny else { return nil }
            return scores.indices.reduce(0) { scores[$1] >= scores[$0] ? $1 : $0 }
        }
    }
}
