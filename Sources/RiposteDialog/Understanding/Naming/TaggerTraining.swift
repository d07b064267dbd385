/// Trains an `EntityTagger` from marked sentences, always the same from the same.
struct TaggerTraining {
    struct Configuration: Sendable, Equatable {
        var rounds = 8
        /// How often an entity's word hides what it is.
        var hiding: Float = 0.3
        /// With more sentences, rounds are fewer: at most so many sentences are looked at in all.
        var most = 60_000

        init() {}
    }

    /// A sentence's words with the tag of each.
    struct Sentence {
        var words: [String]
        var known: [Set<String>]
        var tags: [EntityTagger.Tag]
    }

    private struct Weight {
        var value: [Float]
        var total: [Float]
        /// The step at which `total` was right.
        var since: [Int]
    }

    private let configuration: Configuration
    private var numbers: [EntityTagger.Tag: Int] = [:]
    private var weights: [String: Weight] = [:]
    private var transitions: Weight
    private var tagger: EntityTagger
    private var step = 0

    init(_ sentences: [Sentence], _ configuration: Configuration = .init()) {
        self.configuration = configuration
        let used = Set(sentences.flatMap(\.tags)).subtracting([EntityTagger.nothing])
        // Each beginning has its continuation, also where no example has one.
        let all = Set(used.flatMap { tag in [true, false].map { Self.with(tag, isFirst: $0) } })
        let tags = [EntityTagger.nothing] + all.sorted { Self.order($0).lexicographicallyPrecedes(Self.order($1)) }
        for (number, tag) in tags.enumerated() { numbers[tag] = number }
        let size = (tags.count + 1) * tags.count
        transitions = Self.weight(size)
        tagger = EntityTagger(tags: tags, weights: [:], transitions: [Float](repeating: 0, count: size))
    }

    private static func with(_ tag: EntityTagger.Tag, isFirst: Bool) -> EntityTagger.Tag {
        EntityTagger.Tag(entity: tag.entity, role: tag.role, group: tag.group, isFirst: isFirst)
    }

    private static func order(_ tag: EntityTagger.Tag) -> [String] {
        [tag.entity, tag.role ?? "", tag.group ?? "", tag.isFirst ? "0" : "1"]
    }

    private static func weight(_ count: Int) -> Weight {
        Weight(
            value: [Float](repeating: 0, count: count), total: [Float](repeating: 0, count: count),
            since: [Int](repeating: 0, count: count))
    }

    /// The tagger; nil if there is nothing to find.
    static func train(_ sentences: [Sentence], _ configuration: Configuration = .init()) -> EntityTagger? {
        guard sentences.contains(where: { $0.tags.contains { !$0.entity.isEmpty } }) else { return nil }
        var training = TaggerTraining(sentences, configuration)
        var chance = SeededChance(3)
        let rounds = max(1, min(configuration.rounds, configuration.most / sentences.count))
        for _ in 0..<rounds {
            for index in sentences.indices.shuffled(using: &chance) { training.learn(sentences[index], &chance) }
        }
        return training.averaged()
    }

    private mutating func learn(_ sentence: Sentence, _ chance: inout SeededChance) {
        step += 1
        var features = TaggerFeatures.features(sentence.words, known: sentence.known)
        for index in features.indices where !sentence.tags[index].entity.isEmpty {
            guard chance.fraction() < configuration.hiding else { continue }
            let own = Set(TaggerFeatures.own(sentence.words[index]))
            features[index].removeAll { own.contains($0) }
        }
        let right = sentence.tags.map { numbers[$0] ?? 0 }
        let found = tagger.tag(features)
        guard found != right else { return }
        let start = tagger.tags.count
        for index in features.indices {
            let (last, lastRight) = index == 0 ? (start, start) : (found[index - 1], right[index - 1])
            guard found[index] != right[index] || last != lastRight else { continue }
            if found[index] != right[index] {
                for feature in features[index] {
                    change(feature, right[index], by: 1)
                    change(feature, found[index], by: -1)
                }
            }
            changeTransition(lastRight * start + right[index], by: 1)
            changeTransition(last * start + found[index], by: -1)
        }
    }

    private mutating func change(_ feature: String, _ tag: Int, by amount: Float) {
        Self.add(amount, at: tag, step: step, to: &weights[feature, default: Self.weight(tagger.tags.count)])
        tagger.weights[feature, default: [Float](repeating: 0, count: tagger.tags.count)][tag] += amount
    }

    private mutating func changeTransition(_ place: Int, by amount: Float) {
        Self.add(amount, at: place, step: step, to: &transitions)
        tagger.transitions[place] += amount
    }

    private static func add(_ amount: Float, at place: Int, step: Int, to weight: inout Weight) {
        weight.total[place] += weight.value[place] * Float(step - weight.since[place])
        weight.since[place] = step
        weight.value[place] += amount
    }

    /// The mean of the weights over all steps, which is right more often than the last ones.
    private func averaged() -> EntityTagger {
        func mean(_ weight: Weight) -> [Float] {
            weight.value.indices.map { place in
                let total = weight.total[place] + weight.value[place] * Float(step + 1 - weight.since[place])
                return total / Float(step + 1)
            }
        }
        return EntityTagger(
            tags: tagger.tags, weights: weights.mapValues(mean).filter { $0.value.contains { abs($0) > 1e-3 } },
            transitions: mean(transitions))
    }
}
