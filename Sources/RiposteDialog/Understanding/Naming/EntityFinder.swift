import Foundation

/// Finds the entities of an utterance: known values, patterns, free ones, and the built-in ones.
struct EntityFinder: Sendable {
    /// How sure a tag is: surer than a value that only sounds right, less than one that is right.
    private static let tagConfidence = 0.85

    private let matcher: LookupMatcher
    private let patterns: PatternMatcher
    private let tagger: EntityTagger?
    private let builtIns: BuiltInEntities
    private let synonyms: [String: String]
    /// Entities whose values are all known.
    private let closed: Set<String>

    init(_ data: TrainingData, tagger: EntityTagger?, builtIns: BuiltInEntities) throws {
        let names = LookupMatcher.names(in: data)
        matcher = LookupMatcher(names: names)
        patterns = try PatternMatcher(data.patterns)
        self.tagger = tagger
        self.builtIns = builtIns
        synonyms = Dictionary(data.synonyms.map { ($0.key.lowercased(), $0.value) }) { first, _ in first }
        closed = Set(names.map(\.entity))
    }

    /// - Parameter expected: what the dialog waits for; taken first, and from farther off.
    func entities(in utterance: Utterance, expecting expected: [String], now: Date) -> [ParsedEntity] {
        let spoken = SpokenForm.words(of: utterance)
        let words = spoken.map(\.text)
        let places = ScalarPlaces(utterance.text)
        let ranges = spoken.map { places.range(of: $0.token..<($0.token + 1), in: utterance) }
        var candidates = matcher.candidates(in: words, expecting: Set(expected))
        let tagged = tags(words)
        candidates += patternCandidates(utterance.text, ranges)
        candidates += tagged.compactMap { free($0, words, utterance, spoken) }
        // What is waited for comes before what is said the same way and is not.
        for index in candidates.indices where expected.contains(candidates[index].entity) {
            candidates[index].confidence = min(1, candidates[index].confidence + 0.05)
        }
        let chosen = EntitySelection.best(candidates.sorted(by: Self.order), words: words.count).map { candidate in
            entity(candidate, tagged, ranges)
        }
        let builtIn = builtIns.entities(in: utterance, expecting: expected, now: now)
        return (chosen + builtIn).sorted { ($0.start, $1.end) < ($1.start, $0.end) }
    }

    private static func order(_ one: EntityCandidate, _ other: EntityCandidate) -> Bool {
        (one.words.lowerBound, one.words.upperBound, other.confidence, one.entity)
            < (other.words.lowerBound, other.words.upperBound, one.confidence, other.entity)
    }

    private typealias Tagged = (tag: EntityTagger.Tag, words: Range<Int>)

    private func tags(_ words: [String]) -> [Tagged] {
        guard let tagger else { return [] }
        return tagger.spans(tagger.tag(TaggerFeatures.features(words, known: matcher.known(in: words))))
    }

    /// What the tagger found, unless the entity has known values only: those are the lookup's.
    private func free(
        _ tagged: Tagged, _ words: [String], _ utterance: Utterance, _ spoken: [SpokenForm.Word]
    ) -> EntityCandidate? {
        guard !closed.contains(tagged.tag.entity), let first = spoken[tagged.words].first,
            let last = spoken[tagged.words].last
        else { return nil }
        let text = utterance.text(of: first.token..<(last.token + 1))
        return EntityCandidate(
            entity: tagged.tag.entity, value: synonyms[text.lowercased()] ?? text, words: tagged.words,
            role: tagged.tag.role, group: tagged.tag.group, extractor: EntityTagger.extractor,
            confidence: Self.tagConfidence)
    }

    private func patternCandidates(_ text: String, _ ranges: [Range<Int>]) -> [EntityCandidate] {
        patterns.matches(in: text).compactMap { match in
            let inside = ranges.indices.filter { ranges[$0].overlaps(match.range) }
            guard let first = inside.first, let last = inside.last else { return nil }
            return EntityCandidate(
                entity: match.entity, value: synonyms[match.text.lowercased()] ?? match.text, words: first..<(last + 1),
                extractor: PatternMatcher.extractor, confidence: 1)
        }
    }

    /// With the role that the tagger gives to these words, where it saw one.
    private func entity(_ candidate: EntityCandidate, _ tagged: [Tagged], _ ranges: [Range<Int>]) -> ParsedEntity {
        let tag = tagged.first { $0.tag.entity == candidate.entity && $0.words.overlaps(candidate.words) }?.tag
        let start = ranges[candidate.words.lowerBound].lowerBound
        let end = ranges[candidate.words.upperBound - 1].upperBound
        var entity = ParsedEntity(
            candidate.entity, value: candidate.value, in: start..<end, role: candidate.role ?? tag?.role,
            group: candidate.group ?? tag?.group, extractor: candidate.extractor)
        entity.confidence = candidate.confidence
        return entity
    }
}
