/// What a few recordings of a phrase tell: how the recogniser writes it when this person says it, and how sure it is.
public struct PhraseEnrolment: Sendable, Equatable, Codable {
    /// Other ways in which the phrase was written, most often first.
    public var spellings: [String]
    /// The scores of the recordings in which it was heard, 0 … 1, with these spellings.
    public var scores: [Double]

    public init(spellings: [String], scores: [Double]) {
        self.spellings = spellings
        self.scores = scores
    }
}
