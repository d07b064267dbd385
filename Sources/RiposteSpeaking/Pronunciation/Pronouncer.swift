import Foundation
import RiposteCore

/// English text to phonemes in misaki's alphabet, which the hibari and Kokoro voices take.
///
/// ```swift
/// let pronouncer = try Pronouncer(folder: store.folder(of: "hibari"))
/// try pronouncer.phonemes(for: "It's 7:30 pm.")     // "ˌɪts sˈɛvən θˈɜɹTi pˌiˈɛm."
/// ```
///
/// The text is written out (numbers, dates, addresses), cut into words, tagged with parts of speech, and looked up
/// from the end to the beginning, since the sound of "the", "to" or "a" depends on what follows. A small network
/// guesses words that no dictionary has. `[Riposte](/ɹɪpˈOst/)` says how a word is to be pronounced.
public struct Pronouncer: Sendable {
    public struct Configuration: Sendable {
        public var accent: Accent

        public init(accent: Accent = .american) { self.accent = accent }
    }

    let normalizer: TextNormalizer
    let cutter: WordCutter
    let tagger: PartOfSpeechTagger
    let lexicon: Lexicon
    let unknownWords: UnknownWordReader

    /// Opens the tables; takes milliseconds, as they are mapped and not read.
    /// - Parameter folder: the prepared `hibari` model.
    /// - Throws: `.modelMissing` if a file is not there, `.corrupt` if it is not what it should be.
    public init(folder: URL, configuration: Configuration = .init()) throws {
        func table(_ name: String) throws -> StringTable {
            try StringTable(contentsOf: folder.appendingPathComponent(name))
        }
        let accent = configuration.accent
        normalizer = try TextNormalizer(folder: folder)
        cutter = WordCutter(exceptions: try table(PronunciationFiles.exceptions))
        let tags = try String(contentsOf: folder.appendingPathComponent(PronunciationFiles.tags), encoding: .utf8)
        tagger = PartOfSpeechTagger(
            tags: tags.split(separator: "\n").map(String.init),
            knownWords: try table(PronunciationFiles.taggedWords),
            vocabulary: try table(PronunciationFiles.tagVocabulary),
            weights: try table(PronunciationFiles.tagWeights))
        lexicon = Lexicon(
            gold: try table(PronunciationFiles.lexicon(accent, "gold")),
            silver: try table(PronunciationFiles.lexicon(accent, "silver")), accent: accent)
        unknownWords = try UnknownWordReader(folder: folder, name: accent == .american ? "oov" : "oov_gb")
    }

    /// Loads the network for unknown words too, which otherwise waits for the first of them.
    /// - Throws: `.libraryMissing` or `.modelMissing`.
    public func warmUp() throws { try unknownWords.load() }

    /// The phonemes of a sentence, with its punctuation.
    /// - Throws: what the network for unknown words throws.
    public func phonemes(for sentence: String) throws -> String { try pronunciation(of: sentence).phonemes }

    /// The phonemes of a sentence and which of its words they belong to.
    public func pronunciation(of sentence: String) throws -> Pronunciation {
        let (tokens, text) = tokens(of: sentence)
        let words = try pronounce(WordCompounds.group(tokens))
        return assemble(words, text, sentence)
    }

    // MARK: Text to tokens

    /// The tagged tokens of a sentence, and the written-out text they stand in.
    private func tokens(of sentence: String) -> (tokens: [WordToken], text: TracedText) {
        var text = TracedText(sentence)
        let given = InlinePronunciation.extract(from: &text)
        text = normalizer.trace(text)
        var tokens = cutter.cut(text.scalars)
        if !given.isEmpty { tokens = InlinePronunciation.insert(given, into: tokens) }
        tagger.tag(&tokens)
        return (tokens, text)
    }

    // MARK: Tokens to phonemes

    /// Finds the phonemes of every word, the last first.
    private func pronounce(_ words: [[WordToken]]) throws -> [WordToken] {
        var result: [WordToken] = []
        var following = FollowingSpeech()
        for word in words.reversed() {
            let said = word.count == 1 ? try pronounce(word[0], &following) : try pronounce(word, &following)
            result.append(said)
        }
        return result.reversed()
    }

    private func pronounce(_ word: WordToken, _ following: inout FollowingSpeech) throws -> WordToken {
        var word = word
        let phonemes = try word.phonemes ?? lexicon.phonemes(of: word, before: following) ?? guess(word.text)
        word.phonemes = phonemes
        following = FollowingSpeech(word: word, phonemes: phonemes, then: following)
        return word
    }

    /// A word of several parts: the longest known part from its end, then the longest known part before that.
    /// If some part is unknown, the whole is guessed.
    private func pronounce(_ parts: [WordToken], _ following: inout FollowingSpeech) throws -> WordToken {
        guard var whole = WordToken.joined(parts[...]) else {
            return WordToken(text: "", range: 0..<0, isFollowedBySpace: false)
        }
        var parts = parts
        var end = parts.count
        while end > 0 {
            if let (start, joined, phonemes) = longestKnown(parts, endingAt: end, following) {
                parts[start].phonemes = phonemes
                for index in (start + 1)..<max(end, start + 1) { parts[index].phonemes = "" }
                following = FollowingSpeech(word: joined, phonemes: phonemes, then: following)
                end = start
            } else {
                end -= 1
                guard parts[end].text.unicodeScalars.allSatisfy(Self.silentWithin.contains) else {
                    whole.phonemes = try guess(whole.text)
                    return whole
                }
            }
        }
        whole.phonemes = CompoundStress.join(parts)
        return whole
    }

    /// Signs that are not said within a word.
    static let silentWithin = Set("',-._‘’/".unicodeScalars)

    private func longestKnown(
        _ parts: [WordToken], endingAt end: Int, _ following: FollowingSpeech
    ) -> (start: Int, joined: WordToken, phonemes: String)? {
        for start in 0..<end {
            guard let joined = WordToken.joined(parts[start..<end]) else { continue }
            if let phonemes = lexicon.phonemes(of: joined, before: following) { return (start, joined, phonemes) }
        }
        return nil
    }

    private static let signNames: [Unicode.Scalar: String] = [
        "/": "slash", "=": "equals", "+": "plus", "&": "and", "@": "at", "%": "percent", "#": "hash", "*": "asterisk",
        "~": "tilde", "^": "caret", "<": "less than", ">": "greater than",
    ]

    /// What a word without entry sounds like: letters go to the network, figures are read, signs are named.
    private func guess(_ text: String) throws -> String {
        let scalars = Array(text.unicodeScalars)
        var said: [String] = []
        var index = 0
        while index < scalars.count {
            let start = index
            if scalars[index].isLetterLike {
                while index < scalars.count, Self.continuesWord(scalars, at: index) { index += 1 }
                if let phonemes = try unknownWords.phonemes(of: String(scalars[start..<index])) {
                    said.append(phonemes)
                }
            } else if scalars[index].isDigit {
                while index < scalars.count, Self.continuesNumber(scalars, at: index) { index += 1 }
                let number = Lexicon.Number(String(scalars[start..<index]), isHead: false)
                if let phonemes = number.flatMap({ lexicon.number($0, currency: nil) }) { said.append(phonemes) }
            } else {
                let names = Self.signNames[scalars[index]]?.split(separator: " ") ?? []
                said += names.compactMap { lexicon.lookUp(String($0), .plain) }
                if scalars[index] == "—" { said.append("—") }
                index += 1
            }
        }
        return said.joined(separator: " ")
    }

    private static func continuesWord(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        if scalars[index].isLetterLike { return true }
        return scalars[index].isApostrophe && index + 1 < scalars.count && scalars[index + 1].isLetterLike
    }

    private static func continuesNumber(_ scalars: [Unicode.Scalar], at index: Int) -> Bool {
        if scalars[index].isDigit { return true }
        return (scalars[index] == "," || scalars[index] == ".") && index + 1 < scalars.count
            && scalars[index + 1].isDigit
    }

    // MARK: Phonemes to a sentence

    private func assemble(_ words: [WordToken], _ text: TracedText, _ sentence: String) -> Pronunciation {
        let indices = Array(sentence.unicodeScalars.indices) + [sentence.endIndex]
        var phonemes: [Unicode.Scalar] = []
        var result: [Pronunciation.Word] = []
        for word in words {
            let start = phonemes.count
            // The network for unknown words may put spaces at the ends of what it says.
            let sounds = (word.phonemes ?? "").unicodeScalars.split(separator: " ").joined(
                separator: " ".unicodeScalars)
            for scalar in sounds {
                // misaki's tap and glottal stop, as the voices were trained on them.
                phonemes.append(scalar == "ɾ" ? "T" : scalar == "ʔ" ? "t" : scalar)
            }
            let origin = text.origin(of: word.range)
            result.append(
                Pronunciation.Word(
                    text: word.text, source: indices[origin.lowerBound]..<indices[origin.upperBound],
                    phonemes: start..<phonemes.count))
            if word.isFollowedBySpace, let last = phonemes.last, last != " " { phonemes.append(" ") }
        }
        if phonemes.last == " " {
            phonemes.removeLast()
            for index in result.indices.reversed() where result[index].phonemes.upperBound > phonemes.count {
                // Something silent after the last sound.
                result[index].phonemes = phonemes.count..<phonemes.count
            }
        }
        if endsWithFullStop(sentence), let last = phonemes.last, last.isLetter { phonemes.append(".") }
        return Pronunciation(phonemes: String(phonemes), words: result)
    }

    /// The dot of a last abbreviation ends the sentence as well, and the voice must hear that.
    private func endsWithFullStop(_ sentence: String) -> Bool {
        sentence.unicodeScalars.last { !$0.isSpace } == "."
    }
}
