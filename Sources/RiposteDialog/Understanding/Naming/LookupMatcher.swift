/// Finds values that are known in advance, also where recognition got them a little wrong.
///
/// Each run of words is compared with each value: in words, then by how it sounds and how it is spelt.
struct LookupMatcher: Sendable {
    struct Configuration: Sendable, Equatable {
        /// How far a run of words may be from a value of many sounds, 0–1. Default 0.25, from spoken orders.
        var farthest: Float = 0.25
        /// How far when the dialog waits for this very entity, and the whole answer may be it: "what time is it" is no
        /// size because a part of it sounds somewhat like one.
        var farthestExpected: Float = 0.4
        /// How far the words may be that differ, where others of a value are said exactly: "with milk" is not "whole
        /// milk".
        var farthestRest: Float = 0.5
        /// Values with fewer sounds are found only where they sound the same, unless they are waited for: too much
        /// is near them.
        var shortest = 4
        /// With more values than this, only those that begin alike are compared.
        var manyValues = 2_000

        init() {}
    }

    /// A value in the words of one of its names.
    struct Name: Sendable, Equatable {
        var entity: String
        var value: String
        var words: [String]
    }

    private struct Entry: Sendable {
        var name: Name
        var sounds: [UInt8]
        var letters: [UInt8]
        var firm: UInt64
    }

    static let extractor = "lookup"

    private let configuration: Configuration
    private let entries: [Entry]
    /// Entries by their words, joined.
    private let exact: [String: [Int]]
    private let longest: Int

    init(names: [Name], configuration: Configuration = .init()) {
        self.configuration = configuration
        var seen: Set<String> = []
        entries = names.filter { !$0.words.isEmpty }
            .filter { seen.insert(([$0.entity] + $0.words).joined(separator: " ")).inserted }
            .map { name in
                let sounds = SoundSpelling.sounds(of: name.words)
                return Entry(
                    name: name, sounds: sounds, letters: Array(name.words.joined().utf8),
                    firm: SoundDistance.firmSounds(sounds))
            }
        exact = Dictionary(grouping: entries.indices) { [entries] in entries[$0].name.words.joined(separator: " ") }
        longest = min(entries.map(\.name.words.count).max() ?? 0, 8)
    }

    var isEmpty: Bool { entries.isEmpty }

    /// - Parameter expected: entities that are waited for: these may be farther off.
    func candidates(in words: [String], expecting expected: Set<String> = []) -> [EntityCandidate] {
        guard !isEmpty else { return [] }
        let sounds = words.map { SoundSpelling.sounds(of: $0) }
        let answer = Self.bareAnswer(words)
        var found: [EntityCandidate] = []
        for start in words.indices {
            for length in 1...(longest + 1) where start + length <= words.count {
                let range = start..<(start + length)
                if let same = exact[words[range].joined(separator: " ")] {
                    found += same.map { candidate($0, range, confidence: 1) }
                } else {
                    let isAnswer = range.lowerBound <= answer.lowerBound && range.upperBound >= answer.upperBound
                    found += near(words[range], sounds[range], range, isAnswer ? expected : [])
                }
            }
        }
        return found
    }

    /// Of each word, the entities of which a value is said there exactly.
    func known(in words: [String]) -> [Set<String>] {
        var known = [Set<String>](repeating: [], count: words.count)
        for start in words.indices {
            for length in stride(from: 1, through: longest, by: 1) where start + length <= words.count {
                for index in exact[words[start..<(start + length)].joined(separator: " ")] ?? [] {
                    for word in start..<(start + length) { known[word].insert(entries[index].name.entity) }
                }
            }
        }
        return known
    }

    private func near(
        _ words: ArraySlice<String>, _ sounds: ArraySlice<[UInt8]>, _ range: Range<Int>, _ expected: Set<String>
    ) -> [EntityCandidate] {
        let heard = Array(sounds.joined())
        let letters = words.flatMap { Array($0.utf8) }
        guard !heard.isEmpty else { return [] }
        let firm = SoundDistance.firmSounds(heard)
        var found: [EntityCandidate] = []
        for (index, entry) in entries.enumerated() {
            let isExpected = expected.contains(entry.name.entity)
            let isShort = entry.sounds.count < configuration.shortest
            let limit = isExpected ? configuration.farthestExpected : isShort ? 0.01 : configuration.farthest
            let size = max(heard.count, entry.sounds.count)
            // Each sound too many or too few costs at least half of one.
            guard Float(abs(heard.count - entry.sounds.count)) * 0.5 <= limit * Float(size),
                entries.count <= configuration.manyValues || heard.first == entry.sounds.first,
                SoundDistance.leastRelative(firm, entry.firm, longest: size) <= limit, isExpected || !isLittle(words)
            else { continue }
            let distance = min(
                SoundDistance.relative(heard, entry.sounds, limit: limit),
                SoundDistance.spelling(letters, entry.letters, limit: limit) * 1.2)
            guard distance <= limit, isNearInTheRest(words, entry.name.words) else { continue }
            found.append(candidate(index, range, confidence: Double(1 - distance) * 0.95))
        }
        // The nearest value of each entity is enough.
        return Dictionary(grouping: found, by: \.entity).values
            .compactMap { $0.max { ($0.confidence, $1.value) < ($1.confidence, $0.value) } }
            .sorted { $0.entity < $1.entity }
    }

    /// Where the answer is: without the little words before and behind it.
    private static func bareAnswer(_ words: [String]) -> Range<Int> {
        let before: Set<String> = ["a", "an", "the", "oh", "um", "uh", "well", "make", "it", "please"]
        let behind: Set<String> = ["one", "please", "thanks"]
        guard let first = words.firstIndex(where: { !before.contains($0) }),
            let last = words.lastIndex(where: { !behind.contains($0) }), first <= last
        else { return words.indices }
        return first..<(last + 1)
    }

    /// Whether the words are near where they are not the same.
    private func isNearInTheRest(_ words: ArraySlice<String>, _ others: [String]) -> Bool {
        let start = zip(words, others).prefix { $0 == $1 }.count
        let (heard, meant) = (words.dropFirst(start), others.dropFirst(start))
        let end = zip(heard.reversed(), meant.reversed()).prefix { $0 == $1 }.count
        guard start + end > 0 else { return true }
        let (rest, other) = (heard.dropLast(end), meant.dropLast(end))
        let distance = SoundDistance.relative(SoundSpelling.sounds(of: rest), SoundSpelling.sounds(of: other))
        // "too percent" is "two percent", "with milk" is not "whole milk".
        let isLittle = rest.allSatisfy(Self.littleWords.contains)
        return distance <= (isLittle ? 0.01 : configuration.farthestRest)
    }

    /// A single little word is not taken for a value that it only sounds like ("to" for "two").
    private func isLittle(_ words: ArraySlice<String>) -> Bool {
        guard words.count == 1, let word = words.first else { return false }
        return Self.littleWords.contains(word)
    }

    private static let littleWords: Set<String> = [
        "a", "an", "the", "to", "too", "for", "of", "in", "on", "at", "it", "is", "i", "me", "my", "we", "you", "your",
        "and", "or", "but", "not", "no", "yes", "so", "do", "can", "will", "would", "with", "this", "that", "what",
        "have", "has", "had", "get", "give", "make", "like", "want", "please", "some", "any", "be", "are", "was",
    ]

    private func candidate(_ index: Int, _ range: Range<Int>, confidence: Double) -> EntityCandidate {
        let name = entries[index].name
        return EntityCandidate(
            entity: name.entity, value: name.value, words: range, extractor: Self.extractor, confidence: confidence)
    }
}

extension LookupMatcher {
    /// Everything the training data says of values: lookup tables, synonyms, and what was marked in examples of
    /// entities that have few values.
    static func names(in data: TrainingData) -> [Name] {
        var names: [Name] = []
        var values: [String: Set<String>] = [:]
        func add(_ entity: String, _ text: String) {
            let words = SpokenForm.words(of: text)
            let value = data.synonyms[text.lowercased()] ?? text.trimmingSpaces
            values[entity, default: []].insert(value.lowercased())
            names.append(Name(entity: entity, value: value, words: words))
        }
        for (entity, texts) in data.lookups.sorted(by: { $0.key < $1.key }) {
            for text in texts { add(entity, text) }
        }
        for (entity, texts) in closedValues(of: data).sorted(by: { $0.key < $1.key }) {
            for text in texts { add(entity, text) }
        }
        for (variant, value) in data.synonyms.sorted(by: { $0.key < $1.key }) {
            for (entity, known) in values.sorted(by: { $0.key < $1.key }) where known.contains(value.lowercased()) {
                names.append(Name(entity: entity, value: value, words: SpokenForm.words(of: variant)))
            }
        }
        return names
    }

    /// What is marked in examples, of the entities whose values come again and again: those are names of kinds, while
    /// a message or a person's name is different each time.
    private static func closedValues(of data: TrainingData) -> [String: [String]] {
        var mentions: [String: [String: Int]] = [:]
        for example in data.examples {
            let scalars = Array(example.text.unicodeScalars)
            for entity in example.entities
            where entity.start >= 0 && entity.start < entity.end
                && entity.end <= scalars.count
            {
                var text = ""
                text.unicodeScalars.append(contentsOf: scalars[entity.start..<entity.end])
                mentions[entity.entity, default: [:]][text.lowercased(), default: 0] += 1
            }
        }
        return mentions.filter { entity, counts in
            data.lookups[entity] != nil || counts.values.reduce(0, +) >= 2 * counts.count
        }.mapValues { $0.keys.sorted() }
    }
}

extension String {
    var trimmingSpaces: String {
        String(drop(while: \.isWhitespace).reversed().drop(while: \.isWhitespace).reversed())
    }
}
