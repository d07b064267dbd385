import Foundation
import RiposteCore

/// Finds what fits a regular expression of the project.
struct PatternMatcher: Sendable {
    static let extractor = "regex"
    /// More of an utterance is not looked at: an expression can take long on long text.
    private static let longestText = 512

    /// A value in the text.
    struct Match: Sendable, Equatable {
        var entity: String
        var text: String
        /// In Unicode scalars.
        var range: Range<Int>
    }

    private let patterns: [(name: String, expression: NSRegularExpression)]

    /// - Throws: `.badInput` for an expression that is none.
    init(_ patterns: [TrainingData.Pattern]) throws {
        self.patterns = try patterns.flatMap { pattern in
            try pattern.expressions.map { text in
                // Python's names of groups; the rest of the common syntax is the same.
                let source = text.replacing("(?P<", with: "(?<")
                do {
                    return (pattern.name, try NSRegularExpression(pattern: source, options: [.caseInsensitive]))
                } catch {
                    throw RiposteError(
                        .badInput, .configuration,
                        "The pattern \(pattern.name) has an expression that is none: \(text)", underlying: error)
                }
            }
        }
    }

    func matches(in text: String) -> [Match] {
        let part = String(text.prefix(Self.longestText))
        let whole = NSRange(part.startIndex..., in: part)
        return patterns.flatMap { name, expression in
            expression.matches(in: part, range: whole).compactMap { result -> Match? in
                guard result.range.length > 0, let range = Range(result.range, in: part) else { return nil }
                let scalars = part.unicodeScalars
                let start = scalars.distance(from: scalars.startIndex, to: range.lowerBound)
                let length = scalars.distance(from: range.lowerBound, to: range.upperBound)
                return Match(entity: name, text: String(part[range]), range: start..<(start + length))
            }
        }
    }
}
