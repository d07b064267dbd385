import Foundation
import RiposteCore
import Yams

/// A YAML file of a project, read within bounds.
struct SourceFile {
    /// What no project needs more of; what is beyond is refused before it costs memory or time.
    enum Limit {
        /// In bytes: 20 MB, more than 300 000 examples.
        static let length = 20_000_000
        /// Values in a file, each counted as often as aliases repeat it.
        static let values = 1_000_000
        /// Values within each other.
        static let depth = 40
        /// Columns before a line's text: deeper nesting than any depth allowed.
        static let indentation = 1_000
    }

    let name: String
    /// nil: the file says nothing.
    let root: SourceNode?

    /// - Parameter name: the path from the project's folder, as errors call it.
    /// - Throws: `.badInput` for a file that is too long, no text, no YAML, or would grow beyond bounds.
    init(_ url: URL, name: String) throws {
        let length = (try? FileManager.default.attributesOfItem(atPath: url.path)[.size] as? Int) ?? 0
        guard length <= Limit.length else {
            throw RiposteError(
                .badInput, .dialog,
                "\(name) has \(length / 1_000_000) MB; \(Limit.length / 1_000_000) are the most. Split it into several "
                    + "files.")
        }
        guard let data = FileManager.default.contents(atPath: url.path) else {
            throw RiposteError(.badInput, .dialog, "\(name) cannot be read.")
        }
        guard let text = String(bytes: data, encoding: .utf8) else {
            throw RiposteError(.badInput, .dialog, "\(name) is not text in UTF-8.")
        }
        try self.init(text: text, name: name)
    }

    init(text: String, name: String) throws {
        self.name = name
        try Self.checkLines(of: text, name)
        let composed: Node?
        do {
            composed = try Yams.compose(yaml: text.hasPrefix("\u{FEFF}") ? String(text.dropFirst()) : text)
        } catch {
            throw Self.error(error, name)
        }
        guard let composed else {
            root = nil
            return
        }
        var count = 0
        guard Self.isBounded(composed, depth: 0, &count) else {
            throw RiposteError(
                .badInput, .dialog,
                "\(name) has values more than \(Limit.depth) levels deep, or with its aliases more than "
                    + "\(Limit.values) values.")
        }
        root = SourceNode(composed, file: name)
    }

    /// Finds what would cost the parser itself too much: indentation without end, and keys that are made of aliases,
    /// because it compares keys with each other.
    private static func checkLines(of text: String, _ name: String) throws {
        let hasAnchors = hasAnchors(text)
        for (index, line) in text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
            .enumerated()
        {
            let place = SourcePlace(file: name, line: index + 1)
            guard
                line.prefix(while: { [UInt8(ascii: " "), UInt8(ascii: "-")].contains($0) }).count <= Limit.indentation
            else { throw place.error("this line is indented too far.") }
            if hasAnchors, Substring(line).contains(/^[\s-]*\?(\s|$)|\*[^\s,\]}]+\s*:|[\]}]\s*:/) {
                throw place.error("in a file with anchors (&) keys must be plain names.")
            }
        }
    }

    /// Whether a name may be given to a value anywhere ("&name").
    private static func hasAnchors(_ text: String) -> Bool {
        var (last, beforeLast) = (UInt8(ascii: "\n"), UInt8(ascii: "\n"))
        for byte in text.utf8 {
            let isName = byte > 0x2F && byte != UInt8(ascii: ":")
            if last == UInt8(ascii: "&"), isName, " \n\r\t[{,:-".utf8.contains(beforeLast) { return true }
            (beforeLast, last) = (last, byte)
        }
        return false
    }

    private static func isBounded(_ node: Node, depth: Int, _ count: inout Int) -> Bool {
        count += 1
        guard count <= Limit.values, depth <= Limit.depth else { return false }
        switch node {
        case .scalar, .alias: return true
        case .sequence(let items):
            for item in items where !isBounded(item, depth: depth + 1, &count) { return false }
            return true
        case .mapping(let pairs):
            for (key, value) in pairs {
                guard isBounded(key, depth: depth + 1, &count), isBounded(value, depth: depth + 1, &count) else {
                    return false
                }
            }
            return true
        }
    }

    private static func error(_ error: any Error, _ name: String) -> RiposteError {
        guard let error = error as? YamlError else {
            return RiposteError(.badInput, .dialog, "\(name) is no YAML: \(error)", underlying: error)
        }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return SourcePlace(file: name, line: mark.line).error("this is no YAML: \(problem).")
        case .duplicatedKeysInMapping(let keys, let context):
            return SourcePlace(file: name, line: context.mark.line)
                .error("\(keys.map { "\u{201C}\($0)\u{201D}" }.joined(separator: ", ")) is said twice.")
        default:
            return RiposteError(.badInput, .dialog, "\(name) is no YAML: \(error)", underlying: error)
        }
    }
}
