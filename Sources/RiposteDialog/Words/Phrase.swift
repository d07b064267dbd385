/// A way to say something, to be matched against a whole utterance.
///
///     Phrase("(what is|tell me) the time [right now]")
///     Phrase("remind me in <when> to <task>")
///
/// Words stand for themselves, `( | )` for one of several ways, `[ ]` for what may be left out, and `<name>`
/// for one or more words, as few as possible, that are handed back under that name.
struct Phrase: Sendable {
    indirect enum Node: Sendable, Equatable {
        case word(String)
        case slot(String)
        case sequence([Node])
        case either([Node])
        case optional(Node)
    }

    /// What stood in the slots, as ranges of tokens.
    typealias Slots = [String: Range<Int>]

    /// In tokens; bounds the time that patterns with several slots take.
    private static let longestSlot = 48

    let root: Node
    /// Sets of words of which each must have one in the utterance; most utterances are told apart by them alone.
    private let requirements: [Set<String>]

    init(_ pattern: String) {
        var parser = PhraseParser(pattern)
        root = parser.alternatives()
        requirements = Self.requirements(of: root)
    }

    /// Whether an utterance of these words may match at all.
    func mayMatch(_ words: Set<String>) -> Bool { requirements.allSatisfy { !$0.isDisjoint(with: words) } }

    private static func requirements(of node: Node) -> [Set<String>] {
        switch node {
        case .word(let word): return [[word]]
        case .slot, .optional: return []
        case .sequence(let nodes): return nodes.flatMap(requirements)
        case .either(let nodes):
            // One of each way's own; the smallest says the most.
            let ways = nodes.map { requirements(of: $0).min { $0.count < $1.count } }
            guard !ways.contains(nil) else { return [] }
            return [ways.reduce(into: []) { $0.formUnion($1 ?? []) }]
        }
    }

    /// The first way to match the whole utterance that the closure accepts with something.
    func match<Result>(_ utterance: Utterance, accept: (Slots) -> Result?) -> Result? {
        var result: Result?
        _ = Self.match(root, utterance, at: 0, slots: [:]) { end, slots in
            guard end == utterance.count else { return false }
            result = accept(slots)
            return result != nil
        }
        return result
    }

    func matches(_ utterance: Utterance) -> Bool { match(utterance) { $0 } != nil }

    /// The words of the pattern, slots left out.
    var vocabulary: Set<String> { Self.words(of: root) }

    private static func words(of node: Node) -> Set<String> {
        switch node {
        case .word(let word): [word]
        case .slot: []
        case .sequence(let nodes), .either(let nodes): nodes.reduce(into: []) { $0.formUnion(words(of: $1)) }
        case .optional(let node): words(of: node)
        }
    }

    /// Backtracking: `next` is asked whether the rest matches from where this node ends.
    private static func match(
        _ node: Node, _ utterance: Utterance, at index: Int, slots: Slots, next: (Int, Slots) -> Bool
    ) -> Bool {
        switch node {
        case .word(let word):
            return utterance.word(index) == word && next(index + 1, slots)
        case .slot(let name):
            var end = index + 1
            while end <= min(utterance.count, index + longestSlot) {
                var filled = slots
                filled[name] = index..<end
                if next(end, filled) { return true }
                end += 1
            }
            return false
        case .sequence(let nodes):
            return match(nodes[...], utterance, at: index, slots: slots, next: next)
        case .either(let nodes):
            return nodes.contains { match($0, utterance, at: index, slots: slots, next: next) }
        case .optional(let node):
            return match(node, utterance, at: index, slots: slots, next: next) || next(index, slots)
        }
    }

    private static func match(
        _ nodes: ArraySlice<Node>, _ utterance: Utterance, at index: Int, slots: Slots, next: (Int, Slots) -> Bool
    ) -> Bool {
        guard let first = nodes.first else { return next(index, slots) }
        return match(first, utterance, at: index, slots: slots) { end, filled in
            match(nodes.dropFirst(), utterance, at: end, slots: filled, next: next)
        }
    }
}

/// Reads a pattern. A bracket that is never closed ends with the pattern.
private struct PhraseParser {
    private var rest: Substring

    init(_ pattern: String) { rest = pattern[...] }

    mutating func alternatives() -> Phrase.Node {
        var ways = [sequence()]
        while rest.first == "|" {
            rest.removeFirst()
            ways.append(sequence())
        }
        return ways.count == 1 ? ways[0] : .either(ways)
    }

    private mutating func sequence() -> Phrase.Node {
        var nodes: [Phrase.Node] = []
        while let next = rest.first, !"|)]".contains(next) {
            switch next {
            case " ": rest.removeFirst()
            case "(": nodes.append(bracketed(")"))
            case "[": nodes.append(.optional(bracketed("]")))
            case "<":
                rest.removeFirst()
                let name = rest.prefix { $0 != ">" }
                rest = rest.dropFirst(name.count + 1)
                nodes.append(.slot(String(name)))
            default:
                let word = rest.prefix { !" |()[]<>".contains($0) }
                // A stray closing mark is a character like any other, so that reading always goes on.
                rest = rest.dropFirst(max(1, word.count))
                nodes.append(.word(String(word)))
            }
        }
        return nodes.count == 1 ? nodes[0] : .sequence(nodes)
    }

    private mutating func bracketed(_ close: Character) -> Phrase.Node {
        rest.removeFirst()
        let node = alternatives()
        if rest.first == close { rest.removeFirst() }
        return node
    }
}

/// Several ways to say the same.
struct Phrases: Sendable, ExpressibleByArrayLiteral {
    let phrases: [Phrase]

    init(arrayLiteral patterns: String...) { self.init(patterns) }

    /// - Parameter parts: what stands for `{name}` in the patterns, so that common parts are written once.
    init(_ patterns: [String], parts: [String: String] = [:]) {
        phrases = patterns.map { pattern in
            Phrase(parts.reduce(pattern) { $0.replacing("{\($1.key)}", with: "(\($1.value))") })
        }
    }

    func match<Result>(_ utterance: Utterance, accept: (Phrase.Slots) -> Result?) -> Result? {
        let words = utterance.vocabulary
        for phrase in phrases where phrase.mayMatch(words) {
            if let result = phrase.match(utterance, accept: accept) { return result }
        }
        return nil
    }

    func matches(_ utterance: Utterance) -> Bool { match(utterance) { $0 } != nil }

    var vocabulary: Set<String> { phrases.reduce(into: []) { $0.formUnion($1.vocabulary) } }
}
