import Foundation

/// Whisper's vocabulary from the bare bytes of its tokens, for files that have nothing else, as a `tokenizer.json`.
///
/// Byte pairs are joined in the order of the ids of what they become, so the pair that a token is made of is found by
/// joining its bytes with the tokens before it. What follows the text tokens is the same for all models but for the number
/// of languages.
struct WhisperTokens {
    /// Tokens of the vocabularies: of English only, and of 99 languages; one more language makes one more.
    static let sizes = [51864, 51865, 51866]

    /// The bytes of the text tokens, in the order of their ids.
    private let text: [[UInt8]]
    private let special: [String]
    private let ids: [[UInt8]: Int]

    /// - Parameters:
    ///   - tokens: the bytes of the tokens; those after the text tokens are left out.
    ///   - vocabulary: one of `sizes`.
    /// - Returns: nil if there are too few tokens, or one of the bytes is none of them.
    init?(_ tokens: [[UInt8]], vocabulary: Int) {
        let isMultilingual = vocabulary > 51864
        // The multilingual vocabulary has one more, which is empty.
        let count = isMultilingual ? 50257 : 50256
        guard tokens.count >= 50256, Self.sizes.contains(vocabulary) else { return nil }
        text = Array(tokens.prefix(count)) + (tokens.count < count ? [[]] : [])
        let languages = WhisperLanguage.all.prefix(vocabulary == 51866 ? 100 : 99).map(\.code)
        let names =
            ["endoftext", "startoftranscript"] + languages
            + ["translate", "transcribe", "startoflm", "startofprev", "nospeech", "notimestamps"]
        special = names.map { "<|\($0)|>" }
        ids = Dictionary(text.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        guard (UInt8.min...UInt8.max).allSatisfy({ ids[[$0]] != nil }) else { return nil }
    }

    /// The id of `<|endoftext|>`, the first after the text.
    var end: Int { text.count }

    /// The tokenizer in Hugging Face's form.
    func tokenizerFile() throws -> Data {
        struct Form: Encodable {
            struct Token: Encodable {
                let id: Int
                let content: String
                let special = true
            }
            struct Model: Encodable {
                let type = "BPE"
                let vocab: [String: Int]
                let merges: [[String]]
            }
            enum CodingKeys: String, CodingKey {
                case addedTokens = "added_tokens"
                case model
            }
            let addedTokens: [Token]
            let model: Model
        }
        let written = text.map(BytePairTokenizer.written)
        let vocabulary = Dictionary(written.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let merges = text.indices.compactMap { id -> [String]? in
            guard text[id].count > 1 else { return nil }
            let parts = joined(text[id], below: id)
            return parts.count == 2 ? parts.map { written[$0] } : nil
        }
        let added = special.enumerated().map { Form.Token(id: end + $0, content: $1) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(Form(addedTokens: added, model: .init(vocab: vocabulary, merges: merges)))
    }

    /// The tokens of some bytes, of those below `limit`.
    private func joined(_ bytes: [UInt8], below limit: Int) -> [Int] {
        var parts = bytes.map { [$0] }
        while parts.count > 1 {
            var best: (index: Int, id: Int)?
            for index in 0..<(parts.count - 1) {
                guard let id = ids[parts[index] + parts[index + 1]], id < best?.id ?? limit else { continue }
                best = (index, id)
            }
            guard let best else { break }
            parts[best.index] += parts.remove(at: best.index + 1)
        }
        return parts.compactMap { ids[$0] }
    }
}
