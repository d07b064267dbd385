/// What the words of a sentence are to the lexical model: words, pairs of neighbours, and pieces of three to five letters,
/// as hashes.
enum LexicalFeatures {
    /// More words of a sentence are not looked at.
    private static let mostWords = 64
    /// Nor are more letters of a word.
    private static let longestWord = 24

    /// Each feature once, in ascending order.
    static func hashes(of text: String) -> [UInt64] {
        let words = SpokenForm.words(of: text).prefix(mostWords).map { Array($0.utf8.prefix(longestWord)) }
        var hashes: Set<UInt64> = []
        for (index, word) in words.enumerated() {
            hashes.insert(hash(word[...], kind: 1))
            let before = index > 0 ? words[index - 1] : [UInt8(ascii: "<")]
            hashes.insert(hash((before + [32] + word)[...], kind: 2))
            let framed = [UInt8(ascii: "<")] + word + [UInt8(ascii: ">")]
            for length in 3...5 where framed.count >= length {
                for start in 0...(framed.count - length) {
                    hashes.insert(hash(framed[start..<(start + length)], kind: 3))
                }
            }
        }
        if let last = words.last { hashes.insert(hash((last + Array(" >".utf8))[...], kind: 2)) }
        return hashes.sorted()
    }

    /// FNV-1a: Swift's own hashes differ from run to run.
    private static func hash(_ bytes: ArraySlice<UInt8>, kind: UInt8) -> UInt64 {
        bytes.reduce((0xcbf2_9ce4_8422_2325 ^ UInt64(kind)) &* 0x100_0000_01b3) {
            ($0 ^ UInt64($1)) &* 0x100_0000_01b3
        }
    }
}
