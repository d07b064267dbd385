import Foundation
import RiposteCore

/// Makes an `IntentClassifier` from examples: networks, and a calibration fitted to sentences that they have not seen.
struct IntentTrainer: Sendable {
    struct Configuration: Sendable, Equatable {
        var network = IntentTraining.Configuration()
        var lexical = LexicalTraining.Configuration()
        /// Parts that the examples are cut into; each network learns from all but one and is judged by that one.
        var parts = 3
        /// With fewer examples than this, the parts are `manyParts`: a third less would be missed.
        var fewExamples = 1_000
        var manyParts = 5
        /// With how many examples' force the calibration stays where it usually is.
        var calibrationStrength = 100.0
        /// How much all everyday sentences together count, by the examples' number.
        var backgroundShare = 0.15
        /// Everyday sentences nearer than this to an intent's middle may be meant for it, and are left out.
        var nearestBackground: Float = 0.45
        /// With so many out-of-scope examples of the project's own, everyday sentences are not needed.
        var enoughOutOfScope = 50
        /// How many of a hundred utterances are taken to be none of the intents, for the confidence.
        var outOfScopeShare = 0.15

        init() {}
    }

    let configuration: Configuration
    let embedder: any SentenceEmbedder

    init(_ configuration: Configuration = .init(), embedder: any SentenceEmbedder) {
        self.configuration = configuration
        self.embedder = embedder
    }

    /// What came of it.
    struct Result: Sendable {
        var classifier: IntentClassifier
        /// What each example was taken for while it was held out: the ranking's first.
        var heldOut: [HeldOut]
    }

    /// An example as it was understood by networks that had not seen it.
    struct HeldOut: Sendable {
        /// The number of the sentence among the examples, or behind them among those out of scope.
        var sentence: Int
        var ranking: [ParsedMessage.Ranked]
    }

    /// - Parameter progress: told how much is done, 0–1.
    func train(_ data: TrainingData, progress: (@Sendable (Double) -> Void)? = nil) async throws -> Result {
        let labels = Set(data.examples.map(\.intent)).sorted()
        guard !labels.isEmpty else {
            throw RiposteError(.badInput, .dialog, "There are no examples to learn intents from.")
        }
        let background = data.outOfScope.count >= configuration.enoughOutOfScope ? [] : EverydaySentences.all
        let texts = data.examples.map(\.text) + data.outOfScope + background
        let vectors = try await embedder.vectors(of: texts) { progress?($0 * 0.6) }
        let numbers = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
        var set = Sentences(
            texts: texts, vectors: vectors, labels: data.examples.map { numbers[$0.intent] ?? 0 },
            outputs: labels.count)
        set.labels += [Int](repeating: labels.count, count: texts.count - data.examples.count)
        set.isBackground = texts.indices.map { $0 >= data.examples.count + data.outOfScope.count }
        set.keepFarBackground(nearest: configuration.nearestBackground)
        return try await train(set, labels) { progress?(0.6 + $0 * 0.4) }
    }

    private func train(
        _ set: Sentences, _ labels: [String], progress: @escaping @Sendable (Double) -> Void
    ) async throws -> Result {
        let count = set.labels.count < configuration.fewExamples ? configuration.manyParts : configuration.parts
        let parts = set.parts(count)
        let centres = set.centres()
        var networks: [IntentNetwork] = []
        var lexical: [LexicalTraining.Weights] = []
        let words = LexicalTraining(configuration.lexical)
        let sentences = set.lexical(backgroundShare: configuration.backgroundShare)
        let vocabulary = words.vocabulary(sentences.hashes)
        var heldOut: [(sentence: Int, opinion: IntentClassifier.Opinion)] = []
        for part in 0..<count {
            var options = configuration.network
            options.seed = part + 1
            let training = IntentTraining(options)
            let rows = parts.indices.filter { parts[$0] != part }
            let examples = set.examples(rows, backgroundShare: configuration.backgroundShare)
            async let weights = Self.train(words, sentences, rows: rows, vocabulary)
            let done = Double(part)
            let network = try await training.train(examples) { progress((done + $0) / Double(count)) }
            networks.append(network)
            lexical.append(try await weights)
            let without = set.centres(leavingOut: part, of: parts)
            for sentence in parts.indices where parts[sentence] == part {
                let vector = set.vectors[sentence]
                let opinion = IntentClassifier.opinion(
                    [network.scores(vector)], lexical[part].scores(sentences.hashes[sentence]), vector, without)
                heldOut.append((sentence, opinion))
            }
        }
        let classifier = IntentClassifier(
            labels: labels, networks: networks, lexical: try Self.joined(lexical), centres: centres,
            calibration: calibration(heldOut, set))
        let understood = heldOut.filter { !set.isBackground[$0.sentence] }.map { held in
            HeldOut(sentence: held.sentence, ranking: classifier.ranking(held.opinion))
        }
        return Result(classifier: classifier, heldOut: understood.sorted { $0.sentence < $1.sentence })
    }

    /// Beside the network's training, on a core of its own.
    private static func train(
        _ training: LexicalTraining, _ sentences: LexicalTraining.Sentences, rows: [Int],
        _ vocabulary: (features: [UInt64], rarity: [Float])
    ) async throws -> LexicalTraining.Weights {
        try training.train(sentences, rows: rows, vocabulary: vocabulary)
    }

    private static func joined(_ models: [LexicalTraining.Weights]) throws -> LexicalModel {
        guard let mean = LexicalTraining.mean(models) else {
            throw RiposteError(.engineFailed, .dialog, "There is no lexical model.")
        }
        return mean.model
    }

    private func calibration(
        _ heldOut: [(sentence: Int, opinion: IntentClassifier.Opinion)], _ set: Sentences
    ) -> LogisticFit {
        let outside = heldOut.count { set.labels[$0.sentence] == set.outputs }
        let inside = heldOut.count - outside
        // As if so many of all utterances were out of scope, however many examples of them there are.
        let share = configuration.outOfScopeShare / (1 - configuration.outOfScopeShare)
        let importance = outside > 0 ? share * Double(inside) / Double(outside) : 0
        let cases = heldOut.map { held in
            let label = set.labels[held.sentence]
            return LogisticFit.Case(
                features: held.opinion.evidence, isTrue: label == held.opinion.best,
                importance: label == set.outputs ? importance : 1)
        }
        return LogisticFit.fit(
            cases, from: IntentClassifier.usualCalibration, strength: configuration.calibrationStrength)
    }
}
