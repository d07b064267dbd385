import Foundation
import RiposteCore

/// Trains the understanding of a project: its intents and its free entities.
///
/// ```swift
/// let trainer = UnderstandingTrainer(embedder: MiniLMEmbedder(folder: folder))
/// let result = try await trainer.train(data)
/// ```
public struct UnderstandingTrainer: Sendable {
    /// What came of training.
    public struct Result: Sendable {
        public var trained: TrainedUnderstanding
        /// How each example was understood while it was held out: honest figures at no cost.
        public var heldOut: [HeldOut]
    }

    /// An example, and what was made of it by networks that had not seen it.
    public struct HeldOut: Sendable {
        public var text: String
        /// Nil for what is none of the intents.
        public var intent: String?
        public var ranking: [ParsedMessage.Ranked]
    }

    /// More examples are refused: training takes as long as there are examples.
    public static let mostExamples = 200_000

    private let embedder: any SentenceEmbedder
    private let intents: IntentTrainer

    public init(embedder: any SentenceEmbedder) {
        self.embedder = embedder
        intents = IntentTrainer(embedder: embedder)
    }

    /// - Parameter progress: told how much is done, 0–1.
    /// - Throws: `.badInput` for data without examples, with too many, or with a mark that is not in its text; what the
    ///   embedder throws; `.cancelled`.
    public func train(
        _ data: TrainingData, progress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> Result {
        guard data.examples.count <= Self.mostExamples else {
            throw RiposteError(
                .badInput, .dialog,
                "There are \(data.examples.count) examples; \(Self.mostExamples) are the most.")
        }
        let tagger = TaggerTraining.train(try Self.sentences(data))
        let result = try await intents.train(data, progress: progress)
        let trained = TrainedUnderstanding(
            key: try TrainedUnderstanding.key(of: data, embedder: embedder), classifier: result.classifier,
            tagger: tagger)
        let all =
            data.examples.map { (text: $0.text, intent: Optional($0.intent)) }
            + data.outOfScope.map { (text: $0, intent: nil) }
        let heldOut = result.heldOut.map { held in
            HeldOut(text: all[held.sentence].text, intent: all[held.sentence].intent, ranking: held.ranking)
        }
        return Result(trained: trained, heldOut: heldOut)
    }

    /// The examples as the tagger sees them; none if nothing is marked in any.
    static func sentences(_ data: TrainingData) throws -> [TaggerTraining.Sentence] {
        guard data.examples.contains(where: { !$0.entities.isEmpty }) else { return [] }
        let matcher = LookupMatcher(names: LookupMatcher.names(in: data))
        return try data.examples.map { example in
            let utterance = Utterance(example.text)
            let spoken = SpokenForm.words(of: utterance)
            let words = spoken.map(\.text)
            let places = ScalarPlaces(example.text)
            let ranges = spoken.map { places.range(of: $0.token..<($0.token + 1), in: utterance) }
            var tags = [EntityTagger.Tag](repeating: EntityTagger.nothing, count: words.count)
            for entity in example.entities {
                guard entity.start >= 0, entity.start < entity.end,
                    entity.end <= example.text.unicodeScalars.count
                else {
                    throw RiposteError(
                        .badInput, .dialog,
                        "The entity \(entity.entity) lies outside of its example: \(example.text)")
                }
                var isFirst = true
                for index in words.indices where ranges[index].overlaps(entity.start..<entity.end) {
                    tags[index] = EntityTagger.Tag(
                        entity: entity.entity, role: entity.role, group: entity.group, isFirst: isFirst)
                    isFirst = false
                }
            }
            return TaggerTraining.Sentence(words: words, known: matcher.known(in: words), tags: tags)
        }
    }
}
