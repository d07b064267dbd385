import Foundation
import RiposteCore

/// Cuts text into the pieces of words that a BERT model of English without case knows.
///
/// Lower case, accents taken off, punctuation apart; then, of each word, the longest known beginning, and so on.
public struct WordPieceTokenizer: Sendable {
    /// A longer word is an unknown one, as in the published tokenizer.
    private static let longestWord = 100

    private let pieces: [String: Int64]
    private let unknown: Int64
    private let start: Int64
    private let end: Int64

    /// - Parameter vocabulary: a file with a piece on each line, whose number is that of the line.
    /// - Throws: `.corrupt` if it cannot be read, or lacks the pieces with a meaning of their own.
    public init(vocabulary: URL) throws {
        let damaged = RiposteError(
            .corrupt, .models, "\(vocabulary.path) is no vocabulary of word pieces. Run: riposte models fetch minilm")
        guard let text = try? String(contentsOf: vocabulary, encoding: .utf8) else { throw damaged }
        var pieces: [String: Int64] = [:]
        for (number, piece) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            pieces[String(piece)] = Int64(number)
        }
        guard let unknown = pieces["[UNK]"], let start = pieces["[CLS]"], let end = pieces["[SEP]"] else {
            throw damaged
        }
        (self.pieces, self.unknown, self.start, self.end) = (pieces, unknown, start, end)
    }

    /// The numbers of the pieces, between those of start and end.
    ///
    /// - Parameter limit: at most so many in all; what is beyond is cut off.
    public func encode(_ text: String, limit: Int = 128) -> [Int64] {
        var numbers = [start]
        for word in Self.words(of: text) {
            append(word, to: &numbers)
            if numbers.count >= limit { break }
        }
        return numbers.prefix(max(limit - 1, 1)) + [end]
    }

    private func append(_ word: [Unicode.Scalar], to numbers: inout [Int64]) {
        guard word.count <= Self.longestWord else { return numbers.append(unknown) }
        let before = numbers.count
        var position = 0
        while position < word.count {
            var end = word.count
            var found: Int64?
            while end > position, found == nil {
                var piece = position > 0 ? "##" : ""
                piece.unicodeScalars.append(contentsOf: word[position..<end])
                found = pieces[piece]
                if found == nil { end -= 1 }
            }
            guard let found else {
                // One part that nobody knows makes the whole word unknown.
                numbers.removeSubrange(before...)
                return numbers.append(unknown)
            }
            numbers.append(found)
            position = end
        }
    }

    static func words(of text: String) -> [[Unicode.Scalar]] {
        var words: [[Unicode.Scalar]] = []
        var word: [Unicode.Scalar] = []
        func close() {
            if !word.isEmpty { words.append(word) }
            word = []
        }
        // What two different orders of the two steps would tell apart does not occur in English.
        for scalar in text.lowercased().decomposedStringWithCanonicalMapping.unicodeScalars {
            switch kind(of: scalar) {
            case .nothing: break
            case .space: close()
            case .mark:
                close()
                words.append([scalar])
            case .letter: word.append(scalar)
            }
        }
        close()
        return words
    }

    private enum Kind { case nothing, space, mark, letter }

    private static func kind(of scalar: Unicode.Scalar) -> Kind {
        if scalar.isASCII {
            switch scalar.value {
            case 9, 10, 13, 32: return .space
            case 0..<32, 127: return .nothing
            case 33...47, 58...64, 91...96, 123...126: return .mark
            default: return .letter
            }
        }
        switch scalar.properties.generalCategory {
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: return .space
        case .nonspacingMark, .control, .format, .privateUse, .surrogate, .unassigned: return .nothing
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            return .mark
        default: return isIdeograph(scalar) || scalar.value == 0xFFFD ? .mark : .letter
        }
    }

    /// Chinese has no spaces: each character is a word.
    private static func isIdeograph(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x4E00...0x9FFF, 0x3400...0x4DBF, 0x20000...0x2A6DF, 0x2A700...0x2CEAF, 0xF900...0xFAFF, 0x2F800...0x2FA1F:
            return true
        default: return false
        }
    }
}
