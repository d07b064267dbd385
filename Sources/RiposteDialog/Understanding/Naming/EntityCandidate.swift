/// Something that may be an entity, in words of an utterance as they are said.
struct EntityCandidate: Sendable, Equatable {
    var entity: String
    var value: String
    /// In `SpokenForm` words.
    var words: Range<Int>
    var role: String?
    var group: String?
    var extractor: String
    /// 0–1.
    var confidence: Double
}
