/// What becomes of written text before it is pronounced, the same for every voice.
///
/// Language models write for the eye: headings, bold words, code, links, emoji. None of that is said. The words of the
/// user's own dictionary are put in here, too.
public struct TextReading: Sendable, Equatable {
    /// How the user wants words to be said. Default: none.
    public var dictionary = PronunciationDictionary()
    /// Whether the text may be Markdown. Default true; plain sentences are not changed by it.
    public var readsMarkdown = true

    public init(dictionary: PronunciationDictionary = .init(), readsMarkdown: Bool = true) {
        self.dictionary = dictionary
        self.readsMarkdown = readsMarkdown
    }

    /// For text that has been through it already.
    static let none = TextReading(readsMarkdown: false)
}

/// Reads the sentences of one text, in order.
struct TextReader: Sendable {
    private let reading: TextReading
    private let understandsPhonemes: Bool
    private var markdown = MarkdownReader()

    /// - Parameter understandsPhonemes: whether `[word](/phonemes/)` may stay; otherwise the word alone does.
    init(_ reading: TextReading, understandsPhonemes: Bool) {
        self.reading = reading
        self.understandsPhonemes = understandsPhonemes
    }

    /// What is said of a piece of text; may be empty.
    mutating func spoken(_ text: String) -> String {
        var spoken = UnspokenCharacters.removed(from: text)
        if reading.readsMarkdown { spoken = markdown.spoken(spoken) }
        spoken = Pictographs.read(spoken)
        spoken = reading.dictionary.applied(to: spoken)
        return understandsPhonemes ? spoken : InlinePronunciation.removed(from: spoken)
    }
}
