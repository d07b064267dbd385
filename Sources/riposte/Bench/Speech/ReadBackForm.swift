import Foundation
import RiposteCore
import RiposteSpeaking

/// Text in words, as it is said, so that "$5.99" and "five dollars and ninety-nine cents" are the same.
///
/// What is read out and what a recogniser wrote are both brought to it. It knows no more than spelling: a number, a date
/// or a sum that is read wrongly stays wrong.
struct ReadBackForm {
    private let normalizer: TextNormalizer

    /// - Parameter folder: the prepared model `hibari`, for its tables.
    init(folder: URL) throws { normalizer = try TextNormalizer(folder: folder) }

    private static let currencies: [Character: String] = ["$": "dollar", "£": "pound", "€": "euro"]
    /// Two spellings of one word, and words that a recogniser joins or parts.
    private static let spellings: [String: [String]] = [
        "dr": ["doctor"], "mr": ["mister"], "mrs": ["missus"], "ms": ["miz"], "ok": ["okay"], "vs": ["versus"],
        "st": ["saint"], "grey": ["gray"], "colour": ["color"], "metre": ["meter"], "metres": ["meters"],
        "litre": ["liter"], "litres": ["liters"], "kilometre": ["kilometer"], "kilometres": ["kilometers"],
        "alright": ["all", "right"], "cannot": ["can", "not"], "email": ["e", "mail"], "website": ["web", "site"],
        "favourite": ["favorite"], "theatre": ["theater"], "centre": ["center"], "mom": ["mum"],
        "programme": ["program"], "cheque": ["check"], "travelling": ["traveling"],
    ]

    func words(of text: String) -> [String] {
        let written = normalizer.normalize(text).replacing("’", with: "'")
        var words: [String] = []
        for chunk in written.split(whereSeparator: { $0.isWhitespace || $0 == "-" || $0 == "–" || $0 == "—" }) {
            words += said(Substring(chunk.lowercased()))
        }
        // "One hundred and five" and "one hundred five".
        return words.filter { $0 != "and" }
    }

    /// The words of what stands between two spaces.
    private func said(_ given: Substring) -> [String] {
        var chunk = given
        while let last = chunk.last, ".,;:!?\"')]”".contains(last) { chunk.removeLast() }
        while let first = chunk.first, "\"'([“".contains(first) { chunk.removeFirst() }
        if let first = chunk.first, let unit = Self.currencies[first], chunk.dropFirst().first?.isNumber ?? false {
            return sum(chunk.dropFirst(), unit)
        }
        let isPercentage = chunk.hasSuffix("%")
        if isPercentage { chunk.removeLast() }
        return number(chunk).map { $0 + (isPercentage ? ["percent"] : []) } ?? plain(chunk)
    }

    private func plain(_ chunk: Substring) -> [String] {
        let word = String(chunk.filter { $0.isLetter || $0.isNumber })
        return word.isEmpty ? [] : Self.spellings[word] ?? [word]
    }

    private func sum(_ digits: Substring, _ unit: String) -> [String] {
        let parts = digits.split(separator: ".", omittingEmptySubsequences: true)
        let whole = parts[0].filter(\.isNumber)
        var words = cardinal(String(whole)) + [unit + (whole == "1" ? "" : "s")]
        if parts.count > 1, let cents = Int(parts[1]), cents > 0 {
            words += cardinal(String(cents)) + (unit == "pound" ? [] : [cents == 1 ? "cent" : "cents"])
        }
        return words
    }

    /// "1,234", "3.5", "21st", "1990s", "1984"; nil for what is no number.
    private func number(_ chunk: Substring) -> [String]? {
        guard chunk.first?.isNumber ?? false else { return nil }
        let digits = chunk.filter { $0 != "," }
        if digits.allSatisfy(\.isNumber) {
            if digits.count >= 7 && !chunk.contains(",") || digits.count > 1 && digits.first == "0" {
                return digits.flatMap { cardinal(String($0)) }
            }
            guard let value = Int(digits) else { return nil }
            let isYear = digits.count == 4 && !chunk.contains(",") && (1100...2099).contains(value)
            return isYear ? year(value) : cardinal(String(digits))
        }
        let parts = digits.split(separator: ".", omittingEmptySubsequences: false)
        if parts.count == 2, parts.allSatisfy({ !$0.isEmpty && $0.allSatisfy(\.isNumber) }) {
            return cardinal(String(parts[0])) + ["point"] + parts[1].flatMap { cardinal(String($0)) }
        }
        for ending in ["st", "nd", "rd", "th"] where digits.hasSuffix(ending) {
            let figure = digits.dropLast(2)
            if figure.allSatisfy(\.isNumber) { return ordinal(String(figure)) }
        }
        if digits.hasSuffix("s"), let value = Int(digits.dropLast().filter(\.isNumber)) {
            var words = year(value)
            guard let last = words.popLast() else { return nil }
            return words + [last.hasSuffix("y") ? last.dropLast() + "ies" : last + "s"]
        }
        // "5g", "12b": figures and letters.
        let figures = digits.prefix(while: \.isNumber)
        return cardinal(String(figures)) + plain(digits.dropFirst(figures.count))
    }

    private func cardinal(_ digits: String) -> [String] { pieces(SpokenNumber.cardinal(digits)) }
    private func ordinal(_ digits: String) -> [String] { pieces(SpokenNumber.ordinal(digits)) }
    private func year(_ value: Int) -> [String] { pieces(SpokenNumber.year(value)) }

    private func pieces(_ words: String) -> [String] {
        words.split { $0 == " " || $0 == "-" }.map(String.init).filter { $0 != "and" }
    }
}
