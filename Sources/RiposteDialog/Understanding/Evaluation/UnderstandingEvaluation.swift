/// How well sentences were understood: counted from what was meant and what was understood.
public struct UnderstandingEvaluation: Sendable {
    /// A sentence with what it means, and what was made of it.
    public struct Outcome: Sendable {
        public var text: String
        /// `ParsedMessage.outOfScope` for what is none of the intents.
        public var meant: String
        public var entities: [ParsedEntity]
        public var message: ParsedMessage

        public init(text: String, meant: String, entities: [ParsedEntity], message: ParsedMessage) {
            self.text = text
            self.meant = meant
            self.entities = entities
            self.message = message
        }

        /// What was understood.
        public var understood: String { message.intent?.name ?? ParsedMessage.outOfScope }
        public var isRight: Bool { understood == meant }
    }

    /// Counts of one intent or entity.
    public struct Scores: Sendable, Equatable {
        public var name: String
        /// How often it was meant.
        public var meant = 0
        /// How often it was understood.
        public var understood = 0
        /// How often it was both.
        public var right = 0

        /// Of what was understood as it, the share that was meant so; 1 if nothing was.
        public var precision: Double { understood > 0 ? Double(right) / Double(understood) : 1 }
        /// Of what was meant, the share that was understood; 1 if nothing was.
        public var recall: Double { meant > 0 ? Double(right) / Double(meant) : 1 }
        /// The harmonic mean of both.
        public var f1: Double {
            precision + recall > 0 ? 2 * precision * recall / (precision + recall) : 0
        }

        init(_ name: String) { self.name = name }
    }

    public let outcomes: [Outcome]

    public init(_ outcomes: [Outcome]) { self.outcomes = outcomes }

    /// The sentences whose intent was not understood.
    public var errors: [Outcome] { outcomes.filter { !$0.isRight } }

    /// The share of sentences whose intent was understood; 0 without any.
    public var accuracy: Double {
        outcomes.isEmpty ? 0 : Double(outcomes.count { $0.isRight }) / Double(outcomes.count)
    }

    /// The names of all intents that were meant or understood, in order.
    public var intents: [String] { Set(outcomes.flatMap { [$0.meant, $0.understood] }).sorted() }

    /// Of each intent, in the order of their names.
    public var intentScores: [Scores] {
        var scores: [String: Scores] = [:]
        for outcome in outcomes {
            scores[outcome.meant, default: Scores(outcome.meant)].meant += 1
            scores[outcome.understood, default: Scores(outcome.understood)].understood += 1
            if outcome.isRight { scores[outcome.meant]?.right += 1 }
        }
        return scores.values.sorted { $0.name < $1.name }
    }

    /// Of each entity, in the order of their names. An entity is right when its place overlaps what was marked and its
    /// value is the same; built-in ones count only where they are marked somewhere.
    public var entityScores: [Scores] {
        var scores: [String: Scores] = [:]
        let marked = Set(outcomes.flatMap { $0.entities.map(\.entity) })
        for outcome in outcomes {
            var found = outcome.message.entities.filter { marked.contains($0.entity) }
            for entity in found { scores[entity.entity, default: Scores(entity.entity)].understood += 1 }
            for entity in outcome.entities {
                scores[entity.entity, default: Scores(entity.entity)].meant += 1
                guard let index = found.firstIndex(where: { Self.isSame($0, entity) }) else { continue }
                found.remove(at: index)
                scores[entity.entity]?.right += 1
            }
        }
        return scores.values.sorted { $0.name < $1.name }
    }

    private static func isSame(_ found: ParsedEntity, _ meant: ParsedEntity) -> Bool {
        found.entity == meant.entity && found.role == meant.role && found.group == meant.group
            && found.start < meant.end && meant.start < found.end
            && found.value.lowercased() == meant.value.lowercased()
    }

    /// How often an intent was taken for another one.
    public struct Confusion: Sendable, Equatable {
        public var meant: String
        public var understood: String
        public var count: Int
    }

    /// The most frequent first.
    public var confusions: [Confusion] {
        Dictionary(grouping: errors) { [$0.meant, $0.understood] }
            .map { Confusion(meant: $0.key[0], understood: $0.key[1], count: $0.value.count) }
            .sorted { ($1.count, $0.meant, $0.understood) < ($0.count, $1.meant, $1.understood) }
    }

    /// How often each intent, by row, was understood as each, by column; in the order of `intents`.
    public var matrix: [[Int]] {
        let names = intents
        let numbers = Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, $0) })
        var matrix = [[Int]](repeating: [Int](repeating: 0, count: names.count), count: names.count)
        for outcome in outcomes {
            guard let row = numbers[outcome.meant], let column = numbers[outcome.understood] else { continue }
            matrix[row][column] += 1
        }
        return matrix
    }
}
