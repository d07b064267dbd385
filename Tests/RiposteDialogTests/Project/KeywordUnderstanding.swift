import Foundation
import RiposteCore

@testable import RiposteDialog

/// Understands by the nearest example and by known values: enough to test what follows from understanding.
struct KeywordUnderstanding: Understanding {
    let training: TrainingData
    private let values: [(entity: String, words: [String], value: String, role: String?)]

    init(_ training: TrainingData) {
        self.training = training
        var values: [(entity: String, words: [String], value: String, role: String?)] = []
        for (entity, words) in training.lookups {
            for word in words {
                values.append((entity, Self.words(word), training.synonyms[word.lowercased()] ?? word, nil))
            }
        }
        for example in training.examples {
            for entity in example.entities {
                let scalars = Array(example.text.unicodeScalars)[entity.start..<entity.end]
                let surface = String(String.UnicodeScalarView(scalars))
                values.append((entity.entity, Self.words(surface), entity.value, entity.role))
            }
        }
        self.values = values.sorted { ($0.words.count, $1.entity) > ($1.words.count, $0.entity) }
    }

    private static func words(_ text: String) -> [String] { Utterance(text).tokens.map(\.word) }

    func parse(_ utterance: Transcript, expecting expected: [String]) async throws -> ParsedMessage {
        let spoken = Utterance(utterance.text)
        let words = spoken.tokens.map(\.word)
        var message = ParsedMessage(text: utterance.text)
        var taken: Set<Int> = []
        let first = values.filter { expected.contains($0.entity) } + values.filter { !expected.contains($0.entity) }
        for (entity, value, meant, role) in first {
            guard !value.isEmpty, value.count <= words.count else { continue }
            for start in 0...words.count - value.count
            where Array(words[start..<start + value.count]) == value
                && taken.isDisjoint(with: start..<start + value.count)
            {
                taken.formUnion(start..<start + value.count)
                let range = scalarRange(of: start..<start + value.count, in: spoken)
                message.entities.append(ParsedEntity(entity, value: meant, in: range, role: role))
            }
        }
        message.entities.sort { $0.start < $1.start }
        var scores: [String: Double] = [:]
        let said = Set(words)
        for example in training.examples {
            let known = Set(Self.words(example.text))
            let score = Double(known.intersection(said).count) / Double(max(1, known.union(said).count))
            scores[example.intent] = max(scores[example.intent] ?? 0, score)
        }
        message.ranking = scores.sorted { ($0.value, $1.key) > ($1.value, $0.key) }.map { .init($0.key, $0.value) }
        if (message.ranking.first?.confidence ?? 0) < 0.3 {
            message.ranking.insert(.init(ParsedMessage.outOfScope, 0.7), at: 0)
        }
        return message
    }

    private func scalarRange(of range: Range<Int>, in utterance: Utterance) -> Range<Int> {
        let scalars = utterance.text.unicodeScalars
        let start = scalars.distance(from: scalars.startIndex, to: utterance.tokens[range.lowerBound].range.lowerBound)
        let end = scalars.distance(
            from: scalars.startIndex, to: utterance.tokens[range.upperBound - 1].range.upperBound)
        return start..<end
    }
}
