import Foundation
import RiposteCore
import Yams

/// A value in a project's file, which knows where it stands: whoever finds it wrong can say so.
struct SourceNode {
    let node: Node
    let file: String

    init(_ node: Node, file: String) {
        self.node = node
        self.file = file
    }

    /// A key of a mapping with its value.
    struct Entry {
        var key: String
        var place: SourcePlace
        var value: SourceNode
    }

    var place: SourcePlace { SourcePlace(file: file, line: node.mark?.line ?? 1) }

    func error(_ message: String, suggestion: String? = nil) -> RiposteError {
        place.error(message, suggestion: suggestion)
    }

    var isNull: Bool {
        scalar.map { $0.style == .plain && ["", "~", "null", "Null", "NULL"].contains($0.string) } ?? false
    }
    var isMapping: Bool { if case .mapping = node { true } else { false } }
    var isList: Bool { if case .sequence = node { true } else { false } }

    private var scalar: Node.Scalar? { if case .scalar(let scalar) = node { scalar } else { nil } }

    /// What stands under the keys, in their order.
    func entries(_ what: String) throws -> [Entry] {
        if isNull { return [] }
        guard case .mapping(let mapping) = node else {
            throw error("\(what) must be keys with values (\u{201C}key: value\u{201D}).")
        }
        return try mapping.map { key, value in
            let key = SourceNode(key, file: file)
            return Entry(key: try key.text("a key"), place: key.place, value: SourceNode(value, file: file))
        }
    }

    /// What stands under the keys; only these may be there.
    func fields(_ what: String, _ known: [String]) throws -> [String: SourceNode] {
        var fields: [String: SourceNode] = [:]
        for entry in try entries(what) {
            guard known.contains(entry.key) else {
                throw entry.place.error(
                    "\(what) has no key \u{201C}\(entry.key)\u{201D}.",
                    suggestion: NearestName.suggestion(for: entry.key, among: known))
            }
            fields[entry.key] = entry.value
        }
        return fields
    }

    /// The items of a list. Nothing is an empty list.
    func items(_ what: String) throws -> [SourceNode] {
        if isNull { return [] }
        guard case .sequence(let items) = node else {
            throw error("\(what) must be a list (lines that begin with \u{201C}- \u{201D}).")
        }
        return items.map { SourceNode($0, file: file) }
    }

    /// A list of texts, or a single one.
    func texts(_ what: String) throws -> [String] {
        if scalar != nil, !isNull { return [try text(what)] }
        return try items(what).map { try $0.text(what) }
    }

    /// The text as it stands there.
    func text(_ what: String) throws -> String {
        guard let scalar else { throw error("\(what) must be a text.") }
        return scalar.string
    }

    /// A text that says something.
    func name(_ what: String) throws -> String {
        let text = try text(what).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !text.isEmpty, !isNull else { throw error("\(what) is empty.") }
        return text
    }

    func bool(_ what: String) throws -> Bool {
        guard case .bool(let value) = plain else { throw error("\(what) must be true or false.") }
        return value
    }

    func number(_ what: String) throws -> Double {
        guard case .number(let value) = plain, value.isFinite else { throw error("\(what) must be a number.") }
        return value
    }

    /// A scalar by what it looks like; quotes make it a text.
    private var plain: SlotValue {
        guard let scalar else { return .empty }
        guard scalar.style == .plain else { return .text(scalar.string) }
        if isNull { return .empty }
        switch scalar.string {
        case "true", "True", "TRUE", "yes", "Yes", "on", "On": return .bool(true)
        case "false", "False", "FALSE", "no", "No", "off", "Off": return .bool(false)
        default: return Double(scalar.string).flatMap { $0.isFinite ? .number($0) : nil } ?? .text(scalar.string)
        }
    }

    /// The value whatever it is.
    func value() throws -> SlotValue {
        switch node {
        case .scalar: return plain
        case .alias: throw error("this alias leads nowhere.")
        case .sequence: return .list(try items("this").map { try $0.value() })
        case .mapping:
            let pairs = try entries("this").map { ($0.key, try $0.value.value()) }
            return .object(Dictionary(pairs) { first, _ in first })
        }
    }

    /// The lines of a block of text (`|`), each with its place.
    func lines(_ what: String) throws -> [(text: Substring, place: SourcePlace)] {
        let text = try text(what)
        // A block begins on the line after its "|".
        let isBlock = scalar.map { $0.style == .literal || $0.style == .folded } ?? false
        let first = place.line + (isBlock ? 1 : 0)
        return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated().map { index, line in
            (line, SourcePlace(file: file, line: first + index))
        }
    }
}
