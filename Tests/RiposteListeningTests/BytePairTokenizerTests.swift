import Foundation
import RiposteCore
import RiposteListening
import RiposteTesting
import Testing

/// Reference values are those of the `tokenizers` package (`Tools/reference/tokens.py`).
struct BytePairTokenizerTests {
    struct Reference: Decodable {
        var text: String
        var ids: [Int]
        var decoded: String
        var beginnings: [String]
    }

    // Needs the prepared Whisper model: `riposte models fetch whisper-tiny.en whisper-base`.
    @Test(
        .enabled(if: PreparedModels.whisperTiny != nil && PreparedModels.whisperBase != nil, "no Whisper models"),
        arguments: ["whisper-tiny.en", "whisper-base"])
    func equalsReference(name: String) throws {
        let folder = try #require(PreparedModels.folder(of: name))
        let tokenizer = try BytePairTokenizer(contentsOf: folder.appendingPathComponent("tokenizer.json"))
        let references = try Fixture.decode([String: [Reference]].self, from: "tokens.json")
        let rows = try #require(references[name])
        #expect(rows.count > 30)
        for row in rows {
            #expect(tokenizer.encode(row.text) == row.ids, "\(row.text)")
            #expect(tokenizer.decode(row.ids) == row.decoded, "\(row.text)")
            for (length, beginning) in row.beginnings.enumerated() {
                #expect(tokenizer.decode(row.ids.prefix(length)) == beginning)
                let whole = tokenizer.decode(row.ids.prefix(length), droppingIncompleteEnd: true)
                #expect(row.decoded.unicodeScalars.starts(with: whole.unicodeScalars))
            }
        }
        let end = try #require(tokenizer.specialTokens["<|endoftext|>"])
        #expect(tokenizer.decode([end], keepingSpecial: true) == "<|endoftext|>")
    }

    /// A vocabulary of the 256 bytes, `he`, `hel`, `Ġhel` and one special token.
    private func smallTokenizer() throws -> BytePairTokenizer {
        var vocabulary: [String: Int] = [:]
        var next: UInt32 = 0x100
        for byte in UInt32(0)..<256 {
            let isVisible = (0x21...0x7E).contains(byte) || (0xA1...0xAC).contains(byte) || byte >= 0xAE
            let scalar = try #require(Unicode.Scalar(isVisible ? byte : next))
            if !isVisible { next += 1 }
            vocabulary[String(scalar)] = Int(byte)
        }
        for (index, token) in ["he", "hel", "Ġhel"].enumerated() { vocabulary[token] = 256 + index }
        let form: [String: Any] = [
            "added_tokens": [["id": 259, "content": "<|end|>", "special": true]],
            "model": ["vocab": vocabulary, "merges": ["h e", "he l", "Ġ hel"]],
        ]
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("tokenizer.json")
        try JSONSerialization.data(withJSONObject: form).write(to: file)
        return try BytePairTokenizer(contentsOf: file)
    }

    @Test func joinsPairsByRank() throws {
        let tokenizer = try smallTokenizer()
        #expect(tokenizer.encode("hel hel") == [257, 258])
        #expect(tokenizer.encode("heh") == [256, 104])
        #expect(tokenizer.encode("hel<|end|>he<|no|>") == [257, 259, 256] + "<|no|>".utf8.map(Int.init))
        #expect(tokenizer.startsWord(258) && !tokenizer.startsWord(257))
    }

    @Test func everyTextComesBack() throws {
        let tokenizer = try smallTokenizer()
        for text in ["", "hello", "ä€😀", "a\u{0}b", " \t\n x ", "don't 'll 've", "١٢٣ ½"] {
            #expect(tokenizer.decode(tokenizer.encode(text)) == text)
        }
    }

    @Test func incompleteCharacterAtTheEndIsDroppedOnRequest() throws {
        let tokenizer = try smallTokenizer()
        let ids = tokenizer.encode("a😀")
        #expect(ids.count == 5)
        for length in 1...4 {
            #expect(tokenizer.decode(ids.prefix(length), droppingIncompleteEnd: true) == "a")
        }
        #expect(tokenizer.decode(ids, droppingIncompleteEnd: true) == "a😀")
        #expect(tokenizer.decode(ids.prefix(2)) == "a\u{FFFD}")
    }

    @Test func aFileThatIsNoTokenizerIsAnError() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("tokenizer.json")
        try Data("{}".utf8).write(to: file)
        let error = #expect(throws: RiposteError.self) { try BytePairTokenizer(contentsOf: file) }
        #expect(error?.code == .corrupt)
        #expect(error?.message.contains(file.path) == true)
    }
}
