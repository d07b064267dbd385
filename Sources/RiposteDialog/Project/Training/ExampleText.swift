import Foundation
import RiposteCore

/// An example as it is written, with its marks: "a [large](size) latte",
/// "from [Rome]{"entity": "city", "role": "from"}".
struct ExampleText {
    /// Without the marks.
    private(set) var text = ""
    private(set) var entities: [ParsedEntity] = []
    /// Variants that were marked with the value they mean, in lower case.
    private(set) var synonyms: [String: String] = [:]

    private var length = 0
    private let place: SourcePlace

    /// - Throws: where a mark is begun and not finished, or names no entity.
    init(_ marked: some StringProtocol, at place: SourcePlace) throws {
        self.place = place
        var rest = Substring(marked)
        while let open = rest.firstIndex(of: "[") {
            append(rest[..<open])
            let inner = rest.index(after: open)
            guard let close = rest[inner...].firstIndex(of: "]") else {
                append(rest[open...])
                return
            }
            let surface = rest[inner..<close]
            let after = rest[rest.index(after: close)...]
            switch after.first {
            case "(": rest = try plainMark(surface, after)
            case "{": rest = try jsonMarks(surface, after, "}")
            case "[" where after.dropFirst().drop(while: \.isWhitespace).first == "{":
                rest = try jsonMarks(surface, after, "]")
            default:
                append(rest[open...close])
                rest = after
            }
        }
        append(rest)
    }

    private mutating func append(_ piece: Substring) {
        text += piece
        length += piece.unicodeScalars.count
    }

    /// "[large](size)" or, as older projects write, "[large](size:big)".
    private mutating func plainMark(_ surface: Substring, _ after: Substring) throws -> Substring {
        guard let end = after.firstIndex(of: ")") else {
            throw place.error("the mark behind \u{201C}[\(surface)]\u{201D} has no \u{201C})\u{201D}.")
        }
        let parts = after[after.index(after: after.startIndex)..<end].split(separator: ":", maxSplits: 1)
        guard let entity = parts.first.map({ $0.trimmingCharacters(in: .whitespaces) }), !entity.isEmpty else {
            throw place.error("the mark behind \u{201C}[\(surface)]\u{201D} names no entity.")
        }
        mark(surface, [Mark(entity: entity, value: parts.dropFirst().first.map(String.init))])
        return after[after.index(after: end)...]
    }

    private struct Mark: Decodable {
        var entity: String
        var value: String?
        var role: String?
        var group: String?
    }

    /// "[Rome]{"entity": "city", "role": "from"}", or a list of such.
    private mutating func jsonMarks(_ surface: Substring, _ after: Substring, _ closing: Character) throws -> Substring
    {
        // Values hold no braces of their own.
        guard let end = after.firstIndex(of: closing) else {
            throw place.error("the mark behind \u{201C}[\(surface)]\u{201D} has no \u{201C}\(closing)\u{201D}.")
        }
        let json = Data(after[...end].utf8)
        let decoder = JSONDecoder()
        guard
            let marks = (try? decoder.decode([Mark].self, from: json))
                ?? (try? [decoder.decode(Mark.self, from: json)]),
            !marks.isEmpty, !marks.contains(where: { $0.entity.isEmpty })
        else {
            throw place.error(
                "the mark behind \u{201C}[\(surface)]\u{201D} is not understood.",
                suggestion: "It should look like {\"entity\": \"city\", \"role\": \"departure\"}.")
        }
        mark(surface, marks)
        return after[after.index(after: end)...]
    }

    private mutating func mark(_ surface: Substring, _ marks: [Mark]) {
        let start = length
        append(surface)
        for mark in marks {
            entities.append(
                ParsedEntity(
                    mark.entity, value: mark.value ?? String(surface), in: start..<length, role: mark.role,
                    group: mark.group))
            if let value = mark.value, value != surface { synonyms[surface.lowercased()] = value }
        }
    }
}
