import RiposteCore

/// Understands each example by what was trained without it.
public struct CrossValidation: Sendable {
    private let embedder: any SentenceEmbedder
    private let configuration: ProjectUnderstanding.Configuration
    private let folds: Int

    /// - Parameter folds: how many parts the examples are cut into; 2–20.
    /// - Throws: `.badInput` for another number.
    public init(
        embedder: any SentenceEmbedder, configuration: ProjectUnderstanding.Configuration = .init(), folds: Int = 5
    ) throws {
        guard (2...20).contains(folds) else {
            throw RiposteError(.badInput, .configuration, "Cross-validation takes 2 to 20 parts, not \(folds).")
        }
        self.embedder = RememberingEmbedder(embedder)
        self.configuration = configuration
        self.folds = folds
    }

    /// - Parameter progress: told how much is done, 0–1.
    public func run(
        _ data: TrainingData, progress: (@Sendable (Double) -> Void)? = nil
    ) async throws -> UnderstandingEvaluation {
        let folds = folds
        let parts = Self.parts(data.examples.map(\.intent), folds)
        let outside = Self.parts(data.outOfScope.map { _ in "" }, folds)
        var outcomes: [UnderstandingEvaluation.Outcome] = []
        for fold in 0..<folds {
            let kept = data.examples.indices.filter { parts[$0] != fold }.map { data.examples[$0] }
            let held = data.examples.indices.filter { parts[$0] == fold }.map { data.examples[$0] }
            guard !held.isEmpty, !kept.isEmpty else { continue }
            var part = data
            part.examples = kept
            part.outOfScope = data.outOfScope.indices.filter { outside[$0] != fold }.map { data.outOfScope[$0] }
            let understanding = ProjectUnderstanding(
                part, embedder: embedder, cache: nil, configuration: configuration)
            try await understanding.load { progress?((Double(fold) + $0 * 0.9) / Double(folds)) }
            for example in held {
                outcomes.append(
                    .init(
                        text: example.text, meant: example.intent, entities: example.entities,
                        message: try await understanding.parse(Transcript(text: example.text), expecting: [])))
            }
            for index in data.outOfScope.indices where outside[index] == fold {
                let text = data.outOfScope[index]
                outcomes.append(
                    .init(
                        text: text, meant: ParsedMessage.outOfScope, entities: [],
                        message: try await understanding.parse(Transcript(text: text), expecting: [])))
            }
            progress?(Double(fold + 1) / Double(folds))
        }
        return UnderstandingEvaluation(outcomes)
    }

    /// Of each the number of its part; what has the same name is spread over all parts.
    private static func parts(_ names: [String], _ count: Int) -> [Int] {
        var chance = SeededChance(11)
        var next: [String: Int] = [:]
        var parts = [Int](repeating: 0, count: names.count)
        for index in names.indices.shuffled(using: &chance) {
            parts[index] = next[names[index], default: 0] % count
            next[names[index], default: 0] += 1
        }
        return parts
    }
}
