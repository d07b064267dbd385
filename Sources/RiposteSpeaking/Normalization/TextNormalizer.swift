import Foundation
import RiposteCore

/// Writes out what is not a word: "Dr. Lee paid $3.5M on 3/4/2021" becomes
/// "Dr Lee paid 3.5 million dollars on March fourth, 2021".
///
/// Plain numbers stay in figures ("2021", "$9.99", "40%"): how they are said depends on the words around them, and
/// the pronunciation decides that.
public struct TextNormalizer: Sendable {
    let tables: ReadingTables

    /// - Parameter folder: a prepared voice folder, for its `normalize.json`.
    /// - Throws: `.modelMissing` or `.corrupt`.
    public init(folder: URL) throws {
        tables = try ReadingTables(contentsOf: folder.appendingPathComponent("normalize.json"))
    }

    /// The text with everything written out that is not a word or a plain number, and white space made single.
    public func normalize(_ text: String) -> String { trace(text).string }

    /// The same, still knowing what stood where.
    func trace(_ text: String) -> TracedText { trace(TracedText(text)) }

    func trace(_ given: TracedText) -> TracedText {
        var text = given
        text.tidySpaces()
        text.replace(["’": "'", "‒": "-", "―": "—", "‑": "-"])
        if text.scalars.contains(where: { "℃℉=".unicodeScalars.contains($0) }) { text.rewrite(compoundSign) }
        let scalars = text.scalars
        if scalars.contains(where: { $0 == "." || $0 == "@" }) {
            text.rewrite(address)
            text.rewrite(leadingDot)
        }
        if scalars.contains(where: { $0.isASCIIDigit || $0.isSubscript }) { text.rewrite(formula) }
        if scalars.contains(where: \.isASCIIDigit) { text.rewrite(operation) }
        text.replace(["−": "-"])
        if scalars.contains(where: \.isOtherNumber) { text.rewrite(fractionSign) }
        if scalars.contains(where: \.isASCIIDigit) { writeNumbers(&text) }
        if scalars.contains(where: { ("A"..."Z").contains($0) }) { text.rewrite(title) }
        if scalars.contains(where: { $0 == "-" || $0 == "–" }) { text.rewrite(daysOfWeek) }
        text.rewrite(abbreviation)
        if scalars.contains("#") { text.rewrite(headingMark) }
        if scalars.contains(where: \.isASCIIDigit) { text.rewrite(numberSign) }
        if scalars.contains(where: { "IVXLC".unicodeScalars.contains($0) }) {
            text.rewrite(romanCardinal)
            text.rewrite(romanOrdinal)
            text.rewrite(romanSequel)
        }
        if scalars.contains(where: \.isASCIIDigit) { writeDigitPairs(&text) }
        // "The dog - a big one - barked": a dash, whatever key was pressed.
        if scalars.contains("-") { text.rewrite { $0.take(" - ") ? " — " : nil } }
        writeSymbols(&text)
        text.tidySpaces()
        return text
    }

    /// Times, dates, money and measures, the most particular first.
    private func writeNumbers(_ text: inout TracedText) {
        if text.scalars.contains("+") { text.rewrite(internationalNumber) }
        text.rewrite(trunkNumber)
        text.rewrite(dottedNumber)
        text.rewrite(calledNumber)
        text.rewrite(time)
        text.rewrite(hourOfSpan)
        text.rewrite(isoDate)
        text.rewrite(numericDate)
        writeMoney(&text)
        text.rewrite(degrees)
        text.rewrite(duration)
        if text.scalars.contains("/") { text.rewrite(rate) }
        text.rewrite(measure)
        if text.scalars.contains(where: { "\"'″′”".unicodeScalars.contains($0) }) { text.rewrite(feetAndInches) }
        text.rewrite(monthAndDay)
        text.rewrite(dayAndMonth)
    }

    private func writeMoney(_ text: inout TracedText) {
        if text.scalars.contains(where: { "$£€".unicodeScalars.contains($0) }) {
            text.rewrite(negativeMoney)
            text.rewrite(moneySpan)
            text.rewrite(foreignDollars)
            text.rewrite(largeMoney)
        }
        text.rewrite(cents)
        text.rewrite(namedCurrency)
        text.rewrite(trailingCurrency)
    }

    /// Figures joined by a hyphen or a slash.
    private func writeDigitPairs(_ text: inout TracedText) {
        text.rewrite(telephoneNumber)
        text.rewrite(fraction)
        text.rewrite(range)
        text.rewrite(ratio)
        text.rewrite(plusSign)
    }

    /// "℃" → "°C", "!=" → "≠": signs that are another way to write others.
    private func compoundSign(_ cursor: inout TextCursor) -> String? {
        let signs = ["℃": "°C", "℉": "°F", "!=": "≠", "==": "=", "<=": "≤", ">=": "≥"]
        guard let first = cursor.current, "℃℉!=<>".unicodeScalars.contains(first),
            let sign = cursor.take(firstOf: Array(signs.keys))
        else { return nil }
        return signs[sign]
    }

    private func writeSymbols(_ text: inout TracedText) {
        for (symbol, word) in tables.symbols where text.scalars.contains(symbol) {
            let needsNeighbours = "=<>~".unicodeScalars.contains(symbol)
            text.rewrite { cursor in
                guard needsNeighbours else {
                    return cursor.take(symbol) ? (word.isEmpty ? " " : " \(word) ") : nil
                }
                guard let previous = cursor.previous, previous != " " else { return nil }
                cursor.takeSpace()
                guard cursor.take(symbol) else { return nil }
                cursor.takeSpace()
                return cursor.isAtEnd ? nil : " \(word) "
            }
        }
    }
}
