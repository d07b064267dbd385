import Foundation
import RiposteCore

/// Reads the `nlu:` part of a project's files into training data.
struct TrainingFileReader {
    private(set) var data = TrainingData()
    /// Where each intent was first seen.
    private(set) var intents: [String: SourcePlace] = [:]
    /// Where each entity was first marked or looked up.
    private(set) var entities: [String: SourcePlace] = [:]
    private(set) var warnings: [String] = []
    private var synonymPlaces: [String: SourcePlace] = [:]
    private var seen: [String: (intent: String, place: SourcePlace)] = [:]

    mutating func read(_ section: SourceNode) throws {
        for item in try section.items("nlu") {
            let fields = try item.fields("an item of nlu", Self.keys)
            let kinds = ["intent", "synonym", "regex", "lookup"].filter { fields[$0] != nil }
            guard let kind = kinds.first, kinds.count == 1, let named = fields[kind] else {
                throw item.error(
                    kinds.isEmpty
                        ? "this item says neither intent, synonym, regex nor lookup."
                        : "this item is both \(kinds.joined(separator: " and ")).")
            }
            let name = try named.name(kind)
            guard let examples = fields["examples"] else {
                throw item.error("\(kind) \u{201C}\(name)\u{201D} has no examples.")
            }
            let lines = try self.lines(of: examples, kind)
            switch kind {
            case "intent": try add(intent: name, lines, at: item.place)
            case "synonym": try add(synonyms: lines, of: name)
            case "regex": try add(pattern: name, lines)
            default:
                data.lookups[name, default: []] += lines.map(\.text)
                entities[name] = entities[name] ?? item.place
            }
        }
    }

    private static let keys = ["intent", "synonym", "regex", "lookup", "examples", "metadata"]

    /// The examples: lines of a block of text that begin with "-", or a list of texts.
    private func lines(of examples: SourceNode, _ kind: String) throws -> [(text: String, place: SourcePlace)] {
        if examples.isList {
            return try examples.items("examples").map { item in
                let text = try item.isMapping ? item.fields("an example", ["text", "metadata"])["text"] : item
                guard let text else { throw item.error("this example has no text.") }
                return (try text.name("an example"), item.place)
            }
        }
        return try examples.lines("examples").compactMap { line, place in
            let line = line.trimmingCharacters(in: .whitespaces)
            if line.isEmpty { return nil }
            guard line.hasPrefix("-") else {
                throw place.error(
                    "an example of \(kind) must begin with \u{201C}- \u{201D}: \u{201C}\(line.prefix(40))\u{201D}.")
            }
            let text = line.dropFirst().trimmingCharacters(in: .whitespaces)
            return text.isEmpty ? nil : (text, place)
        }
    }

    private mutating func add(intent: String, _ lines: [(text: String, place: SourcePlace)], at place: SourcePlace)
        throws
    {
        intents[intent] = intents[intent] ?? place
        for (line, place) in lines {
            let example = try ExampleText(line, at: place)
            for (variant, value) in example.synonyms { try add(synonym: variant, of: value, at: place) }
            for entity in example.entities { entities[entity.entity] = entities[entity.entity] ?? place }
            let key = example.text.lowercased()
            if let other = seen[key], other.intent != intent {
                warnings.append(
                    "\(place): \u{201C}\(example.text)\u{201D} is an example of \(intent) here and of "
                        + "\(other.intent) at \(other.place)."
                )
            } else if seen[key] != nil {
                continue
            }
            seen[key] = (intent, place)
            data.examples.append(.init(example.text, intent: intent, entities: example.entities))
        }
    }

    private mutating func add(synonyms lines: [(text: String, place: SourcePlace)], of value: String) throws {
        for (variant, place) in lines { try add(synonym: variant.lowercased(), of: value, at: place) }
    }

    private mutating func add(synonym variant: String, of value: String, at place: SourcePlace) throws {
        if let other = data.synonyms[variant], other != value, let there = synonymPlaces[variant] {
            throw place.error(
                "\u{201C}\(variant)\u{201D} means \u{201C}\(value)\u{201D} here and \u{201C}\(other)\u{201D} at "
                    + "\(there)."
            )
        }
        data.synonyms[variant] = value
        synonymPlaces[variant] = synonymPlaces[variant] ?? place
    }

    private mutating func add(pattern name: String, _ lines: [(text: String, place: SourcePlace)]) throws {
        for (expression, place) in lines {
            let translated = expression.replacing("(?P<", with: "(?<")
            do {
                _ = try NSRegularExpression(pattern: translated)
            } catch {
                throw place.error("this is no regular expression: \(expression)")
            }
        }
        let expressions = lines.map(\.text)
        if let index = data.patterns.firstIndex(where: { $0.name == name }) {
            data.patterns[index].expressions += expressions
        } else {
            data.patterns.append(.init(name: name, expressions: expressions))
        }
    }
}
