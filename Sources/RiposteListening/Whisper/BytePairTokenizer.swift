import Foundation
import RiposteCore

/// A byte-level byte-pair tokenizer, as GPT-2 and Whisper use: text to token ids and back.
///
/// Reads the Hugging Face form, `tokenizer.json`. Any text can be written, since every byte has a token; special
/// tokens (`<|startoftranscript|>`) are found in the text before it is cut into words.
public struct BytePairTokenizer: Sendable {
    /// Special tokens by their text.
    public let specialTokens: [String: Int]
    /// Ids are 0 ..< `count`.
    public var count: Int { bytes.count }

    /// The bytes each id stands for; a special token's are its text.
    private let bytes: [[UInt8]]
    private let isSpecial: [Bool]
    /// The id of each single byte.
    private let byteIds: [Int]
    /// For a pair of ids: at which rank they are joined, and into what.
    private let merges: [Pair: Merge]

    private struct Pair: Hashable {
        var left: Int
        var right: Int
    }

    private struct Merge {
        var rank: Int
        var id: Int
    }

    /// Reads `tokenizer.json`.
    /// - Throws: `RiposteError` with `.corrupt` when the file is not there or is no byte-level tokenizer.
    public init(contentsOf file: URL) throws {
        let form: Form
        do {
            form = try JSONDecoder().decode(Form.self, from: Data(contentsOf: file))
        } catch {
            throw RiposteError(
                .corrupt, .transcription, "\(file.path) is no tokenizer file; fetch the model again.",
                underlying: error)
        }
        let alphabet = Self.alphabet
        let special = form.addedTokens.filter(\.special)
        let highest = max(form.model.vocab.values.max() ?? -1, form.addedTokens.map(\.id).max() ?? -1)
        var bytes = [[UInt8]](repeating: [], count: highest + 1)
        var isSpecial = [Bool](repeating: false, count: highest + 1)
        for (token, id) in form.model.vocab {
            bytes[id] =
                token.unicodeScalars.map { alphabet[$0] }.contains(nil)
                ? Array(token.utf8) : token.unicodeScalars.compactMap { alphabet[$0] }
        }
        for token in form.addedTokens {
            bytes[token.id] = Array(token.content.utf8)
            isSpecial[token.id] = token.special
        }
        var merges: [Pair: Merge] = [:]
        merges.reserveCapacity(form.model.merges.count)
        for (rank, merge) in form.model.merges.enumerated() {
            guard let left = form.model.vocab[merge.left], let right = form.model.vocab[merge.right],
                let id = form.model.vocab[merge.left + merge.right]
            else { continue }
            merges[Pair(left: left, right: right)] = Merge(rank: rank, id: id)
        }
        var byteIds = [Int](repeating: 0, count: 256)
        for (scalar, byte) in alphabet { byteIds[Int(byte)] = form.model.vocab[String(scalar)] ?? 0 }
        self.bytes = bytes
        self.isSpecial = isSpecial
        self.byteIds = byteIds
        self.merges = merges
        specialTokens = Dictionary(special.map { ($0.content, $0.id) }, uniquingKeysWith: { first, _ in first })
    }

    /// The ids of a text. Special tokens written out in it become their ids.
    public func encode(_ text: String) -> [Int] {
        var ids: [Int] = []
        for part in WordScanner.parts(of: text, special: specialTokens) {
            switch part {
            case .special(let id): ids.append(id)
            case .word(let word): ids.append(contentsOf: encodeWord(word))
            }
        }
        return ids
    }

    /// The text of ids.
    /// - Parameters:
    ///   - keepingSpecial: whether special tokens are written out. Default: they are left out.
    ///   - droppingIncompleteEnd: leaves out a character at the end of which some bytes are still to come; otherwise
    ///     it is shown as U+FFFD.
    public func decode(
        _ ids: some Sequence<Int>, keepingSpecial: Bool = false, droppingIncompleteEnd: Bool = false
    ) -> String {
        var text: [UInt8] = []
        for id in ids where bytes.indices.contains(id) && (keepingSpecial || !isSpecial[id]) {
            text.append(contentsOf: bytes[id])
        }
        if droppingIncompleteEnd { text.removeLast(Self.incompleteEnd(of: text)) }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a token begins with a space, so that a new word starts with it.
    public func startsWord(_ id: Int) -> Bool { bytes.indices.contains(id) && bytes[id].first == UInt8(ascii: " ") }

    /// What an id stands for; nothing for one that is none.
    func bytes(of id: Int) -> [UInt8] { bytes.indices.contains(id) ? bytes[id] : [] }

    /// Joins the pair of the lowest rank until none is left.
    private func encodeWord(_ word: Substring) -> [Int] {
        var ids = word.utf8.map { byteIds[Int($0)] }
        while ids.count > 1 {
            var best: (index: Int, merge: Merge)?
            for index in 0..<(ids.count - 1) {
                guard let merge = merges[Pair(left: ids[index], right: ids[index + 1])] else { continue }
                if best.map({ merge.rank < $0.merge.rank }) ?? true { best = (index, merge) }
            }
            guard let best else { break }
            ids[best.index] = best.merge.id
            ids.remove(at: best.index + 1)
        }
        return ids
    }

    /// How many bytes at the end begin a character that is not complete.
    private static func incompleteEnd(of text: [UInt8]) -> Int {
        for length in 1...3 where length <= text.count {
            let byte = text[text.count - length]
            if byte & 0b1100_0000 == 0b1000_0000 { continue }
            let needed = byte >= 0b1111_0000 ? 4 : byte >= 0b1110_0000 ? 3 : byte >= 0b1100_0000 ? 2 : 1
            return needed > length ? length : 0
        }
        return 0
    }

    /// GPT-2's way to write any byte as a visible character: those that are visible in Latin-1 as themselves, the
    /// others in order from U+0100 on.
    private static let alphabet: [Unicode.Scalar: UInt8] = {
        var alphabet: [Unicode.Scalar: UInt8] = [:]
        var next: UInt32 = 0x100
        for byte in UInt8.min...UInt8.max {
            let isVisible = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            let code = isVisible ? UInt32(byte) : next
            if !isVisible { next += 1 }
            if let scalar = Unicode.Scalar(code) { alphabet[scalar] = byte }
        }
        return alphabet
    }()

    private static let letters: [UInt8: Unicode.Scalar] =
        Dictionary(alphabet.map { ($1, $0) }, uniquingKeysWith: { first, _ in first })

    /// A token's bytes as `tokenizer.json` has them.
    static func written(_ bytes: [UInt8]) -> String {
        String(String.UnicodeScalarView(bytes.compactMap { letters[$0] }))
    }
}

/// What is read of `tokenizer.json`.
private struct Form: Decodable {
    struct Token: Decodable {
        var id: Int
        var content: String
        var special: Bool
    }

    struct Model: Decodable {
        var vocab: [String: Int]
        var merges: [Merge]
    }

    /// "a b" in older files, ["a", "b"] in newer ones.
    struct Merge: Decodable {
        var left: String
        var right: String

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            let parts =
                try (try? container.decode(String.self))?.split(separator: " ").map(String.init)
                ?? container.decode([String].self)
            guard parts.count == 2 else {
                throw DecodingError.dataCorruptedError(in: container, debugDescription: "a merge joins two tokens")
            }
            (left, right) = (parts[0], parts[1])
        }
    }

    enum CodingKeys: String, CodingKey {
        case addedTokens = "added_tokens"
        case model
    }

    var addedTokens: [Token]
    var model: Model
}
