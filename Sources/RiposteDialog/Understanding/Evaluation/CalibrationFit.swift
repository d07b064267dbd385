import RiposteCore

/// Fits what confidence is made of where a project is too small to tell: `IntentClassifier.usualCalibration`.
///
/// Small projects are drawn from a large corpus: a few of its intents, a few examples of each. What each of them makes
/// of sentences that it has not seen — of its intents, and of none of them — is what is learnt from.
public struct CalibrationFit: Sendable {
    /// The projects that are drawn.
    public struct Configuration: Sendable {
        /// Default: 24, one after the other of each size.
        public var projects = 24
        /// How many intents a project has. Default: 5, 10, 20.
        public var intents = [5, 10, 20]
        /// How many examples an intent has. Default: 8, 15, 30.
        public var examples = [8, 15, 30]
        /// How many of a hundred utterances are none of the intents, 0–1. Default: 0.15, as in training.
        public var outOfScopeShare = 0.15
        public var seed = 1

        public init() {}
    }

    /// What came of it.
    public struct Result: Sendable {
        /// Of the evidence, in its order; as they are to be written into the classifier.
        public var weights: [Double]
        public var bias: Double
        /// Sentences that were judged.
        public var count: Int
        /// Of each sentence: its confidence by a fit to the other half of the projects, and whether it was right.
        public var outcomes: [Outcome]
        /// The same by what the classifier has now.
        public var present: [Outcome]
    }

    /// A sentence's confidence, and whether its intent was right.
    public struct Outcome: Sendable, Equatable {
        public var confidence: Double
        public var isRight: Bool
        /// How much it counts, so that so many are out of scope as in use.
        public var importance: Double
    }

    private let configuration: Configuration
    private let embedder: any SentenceEmbedder

    public init(embedder: any SentenceEmbedder, configuration: Configuration = .init()) {
        self.embedder = RememberingEmbedder(embedder)
        self.configuration = configuration
    }

    /// - Parameters:
    ///   - training: what projects are drawn from.
    ///   - validation: what they are judged by; its sentences of other intents are out of scope, too.
    ///   - progress: told how much is done, 0–1.
    /// - Throws: `.badInput` where the corpus is too small; as `UnderstandingTrainer`.
    public func run(
        _ training: TrainingData, validation: TrainingData, progress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> Result {
        let byIntent = Dictionary(grouping: training.examples, by: \.intent)
        let most = configuration.intents.max() ?? 0
        guard byIntent.count > most, !configuration.intents.isEmpty, !configuration.examples.isEmpty else {
            throw RiposteError(.badInput, .configuration, "The corpus has fewer than \(most + 1) intents.")
        }
        var chance = SeededChance(configuration.seed)
        var halves: [[LogisticFit.Case]] = [[], []]
        for number in 0..<configuration.projects {
            let count = configuration.intents[number % configuration.intents.count]
            let size = configuration.examples[number / configuration.intents.count % configuration.examples.count]
            let names = Array(byIntent.keys.sorted().shuffled(using: &chance).prefix(count))
            let examples = names.flatMap { (byIntent[$0] ?? []).shuffled(using: &chance).prefix(size) }
            halves[number % 2] += try await cases(
                TrainingData(examples: examples), Set(names), validation, &chance)
            progress?(Double(number + 1) / Double(configuration.projects))
        }
        let fits = halves.map(Self.fit)
        let whole = Self.fit(halves[0] + halves[1])
        let outcomes = zip(halves, fits.reversed()).flatMap { cases, fit in cases.map { Self.outcome($0, fit) } }
        return Result(
            weights: whole.weights, bias: whole.bias, count: outcomes.count, outcomes: outcomes,
            present: halves.joined().map { Self.outcome($0, IntentClassifier.usualCalibration) })
    }

    /// What a project makes of sentences that it has not seen.
    private func cases(
        _ data: TrainingData, _ names: Set<String>, _ validation: TrainingData, _ chance: inout SeededChance
    ) async throws -> [LogisticFit.Case] {
        let classifier = try await IntentTrainer(embedder: embedder).train(data).classifier
        let inside = validation.examples.filter { names.contains($0.intent) }
        let strangers = validation.examples.filter { !names.contains($0.intent) }.map(\.text) + validation.outOfScope
        let outside = strangers.shuffled(using: &chance).prefix(inside.count)
        let share = configuration.outOfScopeShare / (1 - configuration.outOfScopeShare)
        let importance = share * Double(inside.count) / Double(max(1, outside.count))
        let sentences = inside.map { ($0.text, Optional($0.intent), 1.0) } + outside.map { ($0, nil, importance) }
        let vectors = try await embedder.vectors(of: sentences.map(\.0))
        return sentences.indices.map { index in
            let (text, intent, importance) = sentences[index]
            let opinion = classifier.opinion(text, vectors[index])
            let isRight = intent != nil && classifier.labels[opinion.best] == intent
            return LogisticFit.Case(features: opinion.evidence, isTrue: isRight, importance: importance)
        }
    }

    private static func fit(_ cases: [LogisticFit.Case]) -> LogisticFit {
        let count = IntentClassifier.usualCalibration.weights.count
        return LogisticFit.fit(
            cases, from: LogisticFit(weights: [Double](repeating: 0, count: count), bias: 0), strength: 1)
    }

    private static func outcome(_ example: LogisticFit.Case, _ fit: LogisticFit) -> Outcome {
        Outcome(
            confidence: fit.probability(example.features), isRight: example.isTrue, importance: example.importance)
    }
}

extension [CalibrationFit.Outcome] {
    /// How far confidences are from what happens: the mean of the squares (Brier, 1950); 0 is the best, 0.25 tossing a
    /// coin.
    public var brierScore: Double {
        let total = reduce(0) { $0 + $1.importance }
        let sum = reduce(0) { sum, outcome in
            let error = outcome.confidence - (outcome.isRight ? 1 : 0)
            return sum + outcome.importance * error * error
        }
        return total > 0 ? sum / total : 0
    }
}
