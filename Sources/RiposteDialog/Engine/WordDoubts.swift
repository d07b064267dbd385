import RiposteCore

/// Which part of what was heard is more likely wrong than right.
struct WordDoubts {
    /// The names of the entities in doubt; empty where all of it is, or nothing.
    private(set) var entities: [String] = []
    /// What is asked back about, as it was heard.
    private(set) var words = ""

    var isDoubtful: Bool { !words.isEmpty }

    /// Words this close to the least certain one are as much in doubt.
    private static let margin = 0.1

    /// - Parameter least: the utterance's confidence below which something in it is taken to be wrong, 0–1.
    init(_ utterance: Transcript, _ message: ParsedMessage, least: Double) {
        guard utterance.confidence < least else { return }
        let scalars = Array(utterance.text.unicodeScalars)
        // What is wrong, the words' own confidences tell, where there are any.
        if !utterance.words.isEmpty, utterance.text == message.text {
            let limit = (utterance.words.map(\.confidence).min() ?? 0) + Self.margin
            let unsure = Self.ranges(of: utterance, in: scalars).filter { $0.confidence <= limit }.map(\.range)
            let doubtful = message.entities.filter { entity in
                unsure.contains { $0.overlaps(entity.start..<max(entity.start, entity.end)) }
            }
            ask(about: doubtful, in: scalars)
        } else {
            ask(about: message.entities, in: scalars)
        }
        // Of a word or two, "yes" say, confidence tells little, and asking back would take as long as answering.
        if !isDoubtful, utterance.text.split(whereSeparator: \.isWhitespace).count > 2 {
            words = Self.trimmed(utterance.text)
        }
    }

    private mutating func ask(about doubtful: [ParsedEntity], in scalars: [Unicode.Scalar]) {
        guard !doubtful.isEmpty else { return }
        entities = Array(Set(doubtful.map(\.entity))).sorted()
        var parts: [String] = []
        for entity in doubtful.sorted(by: { $0.start < $1.start }) {
            let isInside = entity.start >= 0 && entity.start < entity.end && entity.end <= scalars.count
            let text = isInside ? String(String.UnicodeScalarView(scalars[entity.start..<entity.end])) : entity.value
            if parts.last != text { parts.append(text) }
        }
        words = Self.trimmed(parts.joined(separator: ", "))
    }

    private static func trimmed(_ text: String) -> String {
        String(text.reversed().drop { ".?!,; ".contains($0) }.reversed())
    }

    /// Where each word stands in the text, in Unicode scalars.
    private static func ranges(of utterance: Transcript, in scalars: [Unicode.Scalar])
        -> [(range: Range<Int>, confidence: Double)]
    {
        var start = 0
        return utterance.words.compactMap { word in
            let letters = Array(word.text.unicodeScalars.drop { $0.properties.isWhitespace })
            guard !letters.isEmpty, start + letters.count <= scalars.count else { return nil }
            guard
                let found = (start...scalars.count - letters.count).first(where: { index in
                    scalars[index..<index + letters.count].elementsEqual(letters)
                })
            else { return nil }
            start = found + letters.count
            return (found..<start, word.confidence)
        }
    }
}
