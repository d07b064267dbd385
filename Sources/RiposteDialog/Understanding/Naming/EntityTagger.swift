/// Finds entities whose values are not known in advance, by the words around them.
///
/// An averaged perceptron over the words' features, with the best row of tags found by dynamic programming (Collins,
/// 2002).
struct EntityTagger: Sendable, Equatable, Codable {
    static let extractor = "tagger"

    /// The tag of what is no entity is the first; of an entity, its first word and its others have one each.
    struct Tag: Sendable, Hashable, Codable {
        var entity: String
        var role: String?
        var group: String?
        var isFirst: Bool
    }

    static let nothing = Tag(entity: "", isFirst: false)

    var tags: [Tag]
    /// By feature, a weight for each tag.
    var weights: [String: [Float]]
    /// From tag to tag, row by row; the row after the last is of the start.
    var transitions: [Float]

    /// The tags of the words, as numbers.
    func tag(_ features: [[String]]) -> [Int] {
        let count = tags.count
        guard !features.isEmpty, count > 0 else { return [] }
        var best = [[Float]]()
        var from = [[Int]]()
        for (position, active) in features.enumerated() {
            var own = [Float](repeating: 0, count: count)
            for feature in active {
                guard let row = weights[feature] else { continue }
                for tag in 0..<count { own[tag] += row[tag] }
            }
            var scores = [Float](repeating: -.infinity, count: count)
            var back = [Int](repeating: 0, count: count)
            for tag in 0..<count {
                let starts = position == 0 ? [count] : Array(0..<count)
                for last in starts where allows(last, tag) {
                    let before = position == 0 ? 0 : best[position - 1][last]
                    let score = before + transitions[last * count + tag] + own[tag]
                    if score > scores[tag] { (scores[tag], back[tag]) = (score, last) }
                }
            }
            best.append(scores)
            from.append(back)
        }
        var tag =
            best[features.count - 1].indices.max { best[features.count - 1][$0] < best[features.count - 1][$1] } ?? 0
        var row = [tag]
        for position in stride(from: features.count - 1, to: 0, by: -1) {
            tag = from[position][tag]
            row.append(tag)
        }
        return row.reversed()
    }

    /// An entity goes on only after its own beginning.
    private func allows(_ last: Int, _ next: Int) -> Bool {
        let tag = tags[next]
        guard !tag.entity.isEmpty, !tag.isFirst else { return true }
        guard last < tags.count else { return false }
        let before = tags[last]
        return before.entity == tag.entity && before.role == tag.role && before.group == tag.group
    }

    /// The entities of words that were tagged.
    func spans(_ row: [Int]) -> [(tag: Tag, words: Range<Int>)] {
        var spans: [(tag: Tag, words: Range<Int>)] = []
        for (index, number) in row.enumerated() {
            let tag = tags[number]
            guard !tag.entity.isEmpty else { continue }
            if !tag.isFirst, let last = spans.last, last.words.upperBound == index {
                spans[spans.count - 1].words = last.words.lowerBound..<(index + 1)
            } else {
                spans.append((tag, index..<(index + 1)))
            }
        }
        return spans
    }
}
