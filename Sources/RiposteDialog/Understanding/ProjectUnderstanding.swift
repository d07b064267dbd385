import Foundation
import RiposteCore

/// Understands what a project is about: its intents and entities, learnt from its examples.
///
/// The first use trains, which takes seconds; what came of it is kept in the cache and found again until the examples
/// change.
///
/// ```swift
/// let understanding = ProjectUnderstanding(data, embedder: embedder, cache: cache)
/// try await understanding.load()
/// let message = try await understanding.parse(Transcript(text: "a large latte please"), expecting: [])
/// print(message.intent?.name ?? "", message.entities.map(\.value))
/// ```
public actor ProjectUnderstanding: Understanding {
    public struct Configuration: Sendable {
        /// Below this confidence an utterance is none of the intents. Default 0.4; Rasa's own default is 0.3, of a
        /// confidence that is not calibrated.
        public var refusal = 0.4
        /// What built-in entities are looked for. Default: all of them.
        public var builtIns = Set(BuiltInEntity.allCases)
        /// What "tomorrow" is counted from. Default: the system's clock.
        public var now: @Sendable () -> Date = { Date() }
        /// Default: the machine's own.
        public var timeZone = TimeZone.autoupdatingCurrent

        public init() {}
    }

    public nonisolated let configuration: Configuration

    private let data: TrainingData
    private let embedder: any SentenceEmbedder
    private let cache: UnderstandingCache?
    private var loading: Task<Loaded, any Error>?

    private struct Loaded: Sendable {
        var trained: TrainedUnderstanding
        var finder: EntityFinder
        /// By entity, the intents whose examples have it.
        var carriers: [String: Set<String>]
    }

    /// - Parameter cache: where what was trained is kept; nil trains anew each time.
    public init(
        _ data: TrainingData, embedder: any SentenceEmbedder, cache: UnderstandingCache?,
        configuration: Configuration = .init()
    ) {
        self.data = data
        self.embedder = embedder
        self.cache = cache
        self.configuration = configuration
    }

    /// Trains where the cache has nothing, and understands a first sentence.
    ///
    /// - Throws: as `UnderstandingTrainer`; `.badInput` for a pattern that is none.
    public func load() async throws {
        try await load(progress: nil)
    }

    /// - Parameter progress: told how much of training is done, 0–1; never called when the cache had it.
    public func load(progress: (@Sendable (Double) -> Void)?) async throws {
        _ = try await loaded(progress)
        _ = try await parse(Transcript(text: "hello"), expecting: [])
    }

    /// The intents there are, by name.
    public func intents() async throws -> [String] { try await loaded(nil).trained.intents }

    private func loaded(_ progress: (@Sendable (Double) -> Void)?) async throws -> Loaded {
        let task =
            loading
            ?? Task { [data, embedder, cache, configuration] in
                try await Self.load(data, embedder, cache, configuration, progress)
            }
        loading = task
        do {
            return try await task.value
        } catch {
            // The next call tries again.
            loading = nil
            throw error
        }
    }

    private static func load(
        _ data: TrainingData, _ embedder: any SentenceEmbedder, _ cache: UnderstandingCache?,
        _ configuration: Configuration, _ progress: (@Sendable (Double) -> Void)?
    ) async throws -> Loaded {
        let key = try TrainedUnderstanding.key(of: data, embedder: embedder)
        let trained: TrainedUnderstanding
        if let known = cache?.read(key) {
            trained = known
        } else {
            trained = try await UnderstandingTrainer(embedder: embedder).train(data, progress: progress).trained
            try cache?.store(trained)
        }
        // Fixed, so that answers don't depend on the machine's region.
        var calendar = Calendar(identifier: .gregorian)
        calendar.locale = Locale(identifier: "en_US_POSIX")
        calendar.timeZone = configuration.timeZone
        let finder = try EntityFinder(
            data, tagger: trained.tagger, builtIns: BuiltInEntities(kinds: configuration.builtIns, calendar: calendar))
        var carriers: [String: Set<String>] = [:]
        for example in data.examples {
            for entity in example.entities { carriers[entity.entity, default: []].insert(example.intent) }
        }
        return Loaded(trained: trained, finder: finder, carriers: carriers)
    }

    /// - Throws: as `load`; what the embedder throws.
    public func parse(_ utterance: Transcript, expecting expected: [String]) async throws -> ParsedMessage {
        guard !utterance.isEmpty else { return ParsedMessage(text: utterance.text) }
        let loaded = try await loaded(nil)
        let words = Utterance(utterance.text)
        let vector = try await embedder.vectors(of: [utterance.text])
        var message = ParsedMessage(
            text: utterance.text, ranking: loaded.trained.classifier.ranking(utterance.text, vector[0]),
            entities: loaded.finder.entities(in: words, expecting: expected, now: configuration.now()))
        if let answered = Self.answered(message, words, expected) {
            Self.prefer(loaded.carriers[answered] ?? [], in: &message)
        }
        if let first = message.intent, first.confidence < configuration.refusal {
            message.ranking.insert(.init(ParsedMessage.outOfScope, 1 - first.confidence), at: 0)
        }
        return message
    }

    /// The entity that is waited for and that the utterance consists of.
    private static func answered(_ message: ParsedMessage, _ words: Utterance, _ expected: [String]) -> String? {
        guard !expected.isEmpty, let first = words.request.tokens.first, let last = words.request.tokens.last else {
            return nil
        }
        let places = ScalarPlaces(words.text)
        let (start, end) = (places.offset(first.range.lowerBound), places.offset(last.range.upperBound))
        return message.entities.first { entity in
            expected.contains(entity.entity) && Double(entity.end - entity.start) >= 0.6 * Double(end - start)
        }?.entity
    }

    /// How sure it is that a bare answer to a question answers it.
    private static let answerConfidence = 0.8

    /// An answer says little of its intent: the likeliest of those that can carry it is meant.
    private static func prefer(_ intents: Set<String>, in message: inout ParsedMessage) {
        guard let index = message.ranking.firstIndex(where: { intents.contains($0.name) }) else { return }
        var ranked = message.ranking.remove(at: index)
        ranked.confidence = max(ranked.confidence, answerConfidence)
        message.ranking =
            [ranked]
            + message.ranking.map { other in
                ParsedMessage.Ranked(other.name, min(other.confidence, 1 - ranked.confidence))
            }
    }
}
