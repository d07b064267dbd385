/// How a sentence is said.
public struct Pronunciation: Sendable, Equatable {
    /// misaki's phoneme alphabet, with punctuation and a space between words.
    public var phonemes: String
    /// In the order of the sentence.
    public var words: [Word]

    /// A word, a number or a punctuation mark: what is written without white space, and the sounds it makes.
    public struct Word: Sendable, Equatable {
        /// As it was written out: "kilometers" for "km".
        public var text: String
        /// Where it stands in the sentence that was given. Words that one abbreviation or number became share a range.
        public var source: Range<String.Index>
        /// Where its sounds stand in `phonemes`, in Unicode scalars. Empty for what makes no sound.
        public var phonemes: Range<Int>
    }
}
