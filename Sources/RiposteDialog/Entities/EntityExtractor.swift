/// Something found in an utterance.
public struct Entity<Value: Sendable & Equatable>: Sendable, Equatable {
    public var value: Value
    /// Where it stands, in tokens of the utterance.
    public var range: Range<Int>

    public init(_ value: Value, _ range: Range<Int>) {
        self.value = value
        self.range = range
    }
}

/// Finds one kind of thing in what was said: a number, a duration, a time of day.
public protocol EntityExtractor<Value>: Sendable {
    associatedtype Value: Sendable & Equatable

    /// The longest entity that starts at exactly this token; nil if none does, also beyond the last token.
    func extract(from utterance: Utterance, at index: Int) -> Entity<Value>?
}

extension EntityExtractor {
    /// The entities from left to right; they do not overlap.
    public func all(in utterance: Utterance) -> [Entity<Value>] {
        var found: [Entity<Value>] = []
        var index = 0
        while index < utterance.count {
            if let entity = extract(from: utterance, at: index), !entity.range.isEmpty {
                found.append(entity)
                index = entity.range.upperBound
            } else {
                index += 1
            }
        }
        return found
    }

    /// The value, if these tokens are one entity and nothing else.
    public func whole(_ utterance: Utterance, _ range: Range<Int>? = nil) -> Value? {
        let part = range.map(utterance.part) ?? utterance
        guard let entity = extract(from: part, at: 0), entity.range.upperBound == part.count else { return nil }
        return entity.value
    }
}
