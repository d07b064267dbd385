import RiposteCore

extension WakeWordDetection {
    /// From the start of a word to where it is noticed, in samples, where the engine does not tell: 80 ms a letter and
    /// half a second. Generous, so that what is taken from there on has all of the word.
    static func typicalLength(of word: String) -> Int { word.count { $0.isLetter } * 1_280 + 8_000 }
}
