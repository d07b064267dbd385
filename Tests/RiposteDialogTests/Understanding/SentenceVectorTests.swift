import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteDialog

/// Reference values are those of the package's own weights and tokenizer (`Tools/reference/minilm_vectors.py`).
// Needs the model: `riposte models fetch minilm`.
@Suite(.enabled(if: UnderstandingFixture.model != nil, "no minilm model"))
struct SentenceVectorTests {
    struct Reference: Decodable {
        var text: String
        var pieces: [Int64]
        var vector: [Float]?
    }

    private func references() throws -> [Reference] {
        let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../Fixtures/sentence-vectors.json")
        return try JSONDecoder().decode([Reference].self, from: Data(contentsOf: file))
    }

    @Test func cutsWordsAsTheReference() throws {
        let folder = try #require(UnderstandingFixture.model)
        let tokenizer = try WordPieceTokenizer(vocabulary: folder.appending(path: MiniLMPreparation.vocabulary))
        let references = try references()
        #expect(references.count > 20)
        for reference in references {
            #expect(tokenizer.encode(reference.text, limit: 1000) == reference.pieces, "\(reference.text)")
        }
        #expect(tokenizer.encode("a b c d e f", limit: 4).count == 4)
        #expect(tokenizer.encode("a b c d e f", limit: 4).last == 102)
    }

    @Test func vectorsAreThoseOfTheReference() async throws {
        let references = try references().filter { $0.vector != nil }
        let vectors = try await UnderstandingFixture.embedder().vectors(of: references.map(\.text))
        #expect(vectors.count == references.count && vectors.dimension == 384)
        for (row, reference) in references.enumerated() {
            let likeness = VectorTable.dot(vectors[row], try #require(reference.vector)[...])
            #expect(likeness > 0.995, "\(reference.text): \(likeness)")
            #expect(abs(VectorTable.dot(vectors[row], vectors[row]) - 1) < 1e-3)
        }
    }

    @Test func aSentenceIsTheSameAloneAndAmongOthers() async throws {
        let embedder = try UnderstandingFixture.embedder()
        let texts = (0..<40).map { "turn on lamp number \($0 % 7)" }
        let together = try await embedder.vectors(of: texts)
        let alone = try await embedder.vectors(of: [texts[17]])
        #expect(VectorTable.dot(together[17], alone[0]) > 0.9999)
        #expect(try await embedder.vectors(of: []).count == 0)
    }

    @Test func aFolderWithoutTheModelNamesTheCommand() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let error = await #expect(throws: RiposteError.self) { try await MiniLMEmbedder(folder: folder).load() }
        #expect(error?.code == .modelMissing)
        #expect(error?.message.contains("riposte models fetch minilm") == true)
    }
}

@Suite struct WordPieceFileTests {
    @Test func aVocabularyWithoutItsOwnPiecesIsRefused() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "vocab.txt")
        try Data("hello\nworld\n".utf8).write(to: file)
        let error = #expect(throws: RiposteError.self) { try WordPieceTokenizer(vocabulary: file) }
        #expect(error?.code == .corrupt)
    }

    @Test(arguments: [[UInt8](), [1, 2, 3], [UInt8](repeating: 255, count: 40), Array("\u{2}\0\0\0\0\0\0\0{}".utf8)])
    func whatIsNoSafetensorsFileIsRefused(_ bytes: [UInt8]) throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "model.safetensors")
        try Data(bytes).write(to: file)
        let error = #expect(throws: RiposteError.self) {
            _ = try SafetensorsFile(file).floats("nothing", shape: [2])
        }
        #expect(error?.code == .corrupt)
    }
}
