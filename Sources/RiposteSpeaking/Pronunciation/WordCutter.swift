import Foundation

/// Cuts normalised text into the tokens the part-of-speech tagger knows: contractions apart ("do" "n't"),
/// punctuation apart, hyphenated words at the hyphen.
///
/// Each run without white space is peeled from both ends until nothing more comes off; what is left is cut at
/// hyphens, slashes and the like. A table of special cases (contractions, "Mr.", ":-)") comes before every rule.
struct WordCutter: Sendable {
    /// Text → its tokens, joined by `separator`.
    private let exceptions: StringTable

    static let separator: Character = "\t"
    private static let quotes = Set("'\"“”`‘´’‚,„»«「」『』（）〔〕【】《》〈〉".unicodeScalars)
    private static let punctuation = Set("…,:;!?¿¡()[]{}<>_#*&。？！，、；：～·".unicodeScalars)
    private static let signs = Set("™®©°§¶†‡•".unicodeScalars)
    private static let currencies = Set("$£€¥฿₽₹₩₪₺₴₦₫₱₲₵₸₼₾₿".unicodeScalars)
    private static let openers = Set("§%=—–".unicodeScalars)
    private static let units = [
        "km", "km²", "km³", "m", "m²", "m³", "dm", "dm²", "dm³", "cm", "cm²", "cm³", "mm", "mm²", "mm³", "ha", "µm",
        "nm", "yd", "in", "ft", "kg", "g", "mg", "µg", "t", "lb", "oz", "m/s", "km/h", "kmh", "mph", "hPa", "Pa",
        "mbar", "mb", "MB", "kb", "KB", "gb", "GB", "tb", "TB", "T", "G", "M", "K", "%",
    ].map { Array($0.unicodeScalars) }

    init(exceptions: StringTable) { self.exceptions = exceptions }

    /// The tokens of a text, `range` in its scalars.
    func cut(_ scalars: [Unicode.Scalar]) -> [WordToken] {
        var tokens: [WordToken] = []
        var index = 0
        while index < scalars.count {
            if scalars[index].isSpace {
                index += 1
                continue
            }
            let start = index
            while index < scalars.count, !scalars[index].isSpace { index += 1 }
            var position = start
            for piece in pieces(of: Array(scalars[start..<index])) {
                let range = position..<(position + piece.count)
                tokens.append(WordToken(text: String(piece), range: range, isFollowedBySpace: false))
                position = range.upperBound
            }
            if index < scalars.count { tokens[tokens.count - 1].isFollowedBySpace = true }
        }
        return tokens
    }

    private typealias Piece = [Unicode.Scalar]

    private func special(_ chunk: some Sequence<Unicode.Scalar>) -> [Piece]? {
        exceptions[String(chunk)]?.split(separator: Self.separator).map { Array($0.unicodeScalars) }
    }

    private func pieces(of chunk: Piece) -> [Piece] {
        if let cut = special(chunk) { return cut }
        let (prefixes, core, suffixes) = peel(chunk)
        var pieces = prefixes
        if !core.isEmpty { pieces += special(core) ?? (isAddress(core) ? [core] : cutWithin(core)) }
        pieces += suffixes
        return pieces.count > 1 ? rejoin(pieces) : pieces
    }

    /// Takes prefixes and suffixes off, in turn, until a special case or nothing to take off is left.
    private func peel(_ chunk: Piece) -> (prefixes: [Piece], core: Piece, suffixes: [Piece]) {
        var low = 0
        var high = chunk.count
        var prefixes: [Piece] = []
        var suffixes: [Piece] = []
        var isFirst = true
        while low < high {
            // The whole chunk has been looked up already.
            if !isFirst, exceptions.contains(String(chunk[low..<high])) { break }
            isFirst = false
            let prefix = Self.prefixLength(chunk[low..<high])
            if prefix > 0, low + prefix < high, exceptions.contains(String(chunk[(low + prefix)..<high])) {
                prefixes.append(Array(chunk[low..<(low + prefix)]))
                low += prefix
                break
            }
            let suffix = Self.suffixLength(chunk[(low + prefix)..<high])
            if suffix > 0, low < high - suffix, exceptions.contains(String(chunk[low..<(high - suffix)])) {
                suffixes.append(Array(chunk[(high - suffix)..<high]))
                high -= suffix
                break
            }
            if prefix == 0, suffix == 0 { break }
            if prefix > 0 {
                prefixes.append(Array(chunk[low..<(low + prefix)]))
                low += prefix
            }
            if suffix > 0 {
                suffixes.append(Array(chunk[(high - suffix)..<high]))
                high -= suffix
            }
        }
        return (prefixes, Array(chunk[low..<high]), suffixes.reversed())
    }

    private static func prefixLength(_ chunk: ArraySlice<Unicode.Scalar>) -> Int {
        guard let first = chunk.first else { return 0 }
        let second = chunk.dropFirst().first
        if openers.contains(first) || punctuation.contains(first) || quotes.contains(first) || signs.contains(first)
            || currencies.contains(first)
        {
            return 1
        }
        if first == "+" { return second.map(\.isDigit) ?? false ? 0 : 1 }
        if first == "." {
            let dots = chunk.prefix { $0 == "." }.count
            return dots > 1 ? dots : 0
        }
        return ["US$", "C$", "A$"].first { String(chunk.prefix($0.count)) == $0 }?.count ?? 0
    }

    /// The longest ending that comes off.
    private static func suffixLength(_ chunk: ArraySlice<Unicode.Scalar>) -> Int {
        guard let last = chunk.last else { return 0 }
        let before = chunk.dropLast().last
        if last == "." {
            let dots = chunk.reversed().prefix { $0 == "." }.count
            return dots > 1 ? dots : (takesFullStop(chunk.dropLast()) ? 1 : 0)
        }
        if last == "s" || last == "S", let before, before == "'" || before == "’" { return 2 }
        if last == "…", before == "…" { return 2 }
        var longest = 0
        for unit in units where unit.count < chunk.count && chunk.suffix(unit.count).elementsEqual(unit) {
            let digit = chunk[chunk.endIndex - unit.count - 1]
            if digit.isASCIIDigit { longest = max(longest, unit.count) }
        }
        if longest > 0 { return longest }
        if punctuation.contains(last) || quotes.contains(last) || signs.contains(last) || last == "—" || last == "–" {
            return 1
        }
        if let before, before.isASCIIDigit, last == "+" || currencies.contains(last) { return 1 }
        return 0
    }

    /// A full stop after this ends a sentence, or at least is no part of the word: not after a single capital.
    private static func takesFullStop(_ stem: ArraySlice<Unicode.Scalar>) -> Bool {
        guard let last = stem.last else { return false }
        if last.isASCIIDigit || last.isLatinLowercase || "%²-+".unicodeScalars.contains(last)
            || punctuation.contains(last) || quotes.contains(last)
        {
            return true
        }
        guard let before = stem.dropLast().last else { return false }
        return last.isLatinUppercase && before.isLatinUppercase
            || before == "°" && "FCKfck".unicodeScalars.contains(last)
    }

    /// Web and mail addresses stay whole. The normaliser reads most of them out before they come here.
    private func isAddress(_ core: Piece) -> Bool {
        let text = String(core).lowercased()
        return text.contains("://") || text.hasPrefix("www.")
    }

    /// Cuts at hyphens, slashes, dots and commas between letters, arithmetic between figures.
    private func cutWithin(_ core: Piece) -> [Piece] {
        var pieces: [Piece] = []
        var start = 0
        var index = 1
        while index < core.count {
            let length = Self.infixLength(core, at: index)
            guard length > 0 else {
                index += 1
                continue
            }
            if index > start { pieces.append(Array(core[start..<index])) }
            pieces.append(Array(core[index..<(index + length)]))
            index += length
            start = index
        }
        if start < core.count { pieces.append(Array(core[start...])) }
        return pieces
    }

    private static func infixLength(_ core: Piece, at index: Int) -> Int {
        let scalar = core[index]
        if scalar.isLetter || scalar.isDigit { return 0 }
        let before = core[index - 1]
        let after = index + 1 < core.count ? core[index + 1] : " "
        if scalar == "…" || signs.contains(scalar) { return 1 }
        if scalar == "." {
            let dots = core[index...].prefix { $0 == "." }.count
            if dots > 1 { return dots }
            let joins = before.isLatinLowercase || quotes.contains(before)
            return joins && (after.isLatinUppercase || quotes.contains(after)) ? 1 : 0
        }
        if "+-*^".unicodeScalars.contains(scalar), before.isASCIIDigit, after.isASCIIDigit || after == "-" { return 1 }
        if scalar == "," { return before.isLetterLike && after.isLetterLike ? 1 : 0 }
        guard before.isLetterLike || before.isDigit else { return 0 }
        if ":<>=/".unicodeScalars.contains(scalar) { return after.isLetterLike ? 1 : 0 }
        let longest = scalar == "-" ? 3 : scalar == "—" ? 2 : scalar == "–" || scalar == "~" ? 1 : 0
        let run = core[index...].prefix { $0 == scalar }.count
        guard run > 0, run <= longest, index + run < core.count else { return 0 }
        return core[index + run].isLetterLike ? run : 0
    }

    /// Joins neighbours that together are a special case: "Sept" "." → "Sept.".
    private func rejoin(_ pieces: [Piece]) -> [Piece] {
        var result: [Piece] = []
        var index = 0
        while index < pieces.count {
            var cut: [Piece]?
            for length in [3, 2] where index + length <= pieces.count {
                cut = special(pieces[index..<(index + length)].joined())
                if cut != nil {
                    index += length
                    break
                }
            }
            if let cut {
                result += cut
            } else {
                result.append(pieces[index])
                index += 1
            }
        }
        return result
    }
}
