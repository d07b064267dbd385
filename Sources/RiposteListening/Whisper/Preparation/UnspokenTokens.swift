/// The text tokens Whisper must not choose, for checkpoints that do not name them: OpenAI's choice.
///
/// They are what nobody says: brackets, notes of music, signs that mark who speaks. Hyphen and quote may stand within
/// words but not before one.
enum UnspokenTokens {
    static func ids(_ tokenizer: BytePairTokenizer) -> [Int] {
        var unspoken: Set<Int> = []
        for sign in [" -", " '"] { unspoken.formUnion(tokenizer.encode(sign).prefix(1)) }
        for sign in signs + notes {
            for spelling in [sign, " " + sign] {
                let parts = tokenizer.encode(spelling)
                // The notes' first bytes begin nothing but such signs.
                if parts.count == 1 || notes.contains(sign) { unspoken.formUnion(parts.prefix(1)) }
            }
        }
        return unspoken.sorted()
    }

    /// What no text begins with: a space by itself, and the end.
    static func idsAtStart(_ tokenizer: BytePairTokenizer) -> [Int] {
        tokenizer.encode(" ").prefix(1) + [tokenizer.specialTokens["<|endoftext|>"]].compactMap { $0 }
    }

    private static let signs: [String] =
        ##""#()*+/:;<=>@[\]^_`{|}~「」『』"##.map(String.init)
        + #"<< >> <<< >>> -- --- -( -[ (' (" (( )) ((( ))) [[ ]] {{ }} ♪♪ ♪♪♪"#.split(separator: " ").map(String.init)
    private static let notes = "♩♪♫♬♭♮♯".map(String.init)
}
