import Foundation
import RiposteCore
import RiposteInference
import Synchronization

/// What all of Kokoro's voices have in common: the network, and how English is pronounced. Loaded once, when it is first
/// needed.
final class KokoroNetwork: Sendable {
    struct Parts: Sendable {
        let session: InferenceSession
        let vocabulary: [Unicode.Scalar: Int64]
        let pronouncer: Pronouncer
    }

    private let folder: URL
    private let lexicons: URL
    private let threads: Int
    private let parts = Mutex<Parts?>(nil)

    /// - Parameters:
    ///   - folder: the model `kokoro`.
    ///   - lexicons: the prepared model `hibari`.
    init(folder: URL, lexicons: URL, threads: Int) {
        self.folder = folder
        self.lexicons = lexicons
        self.threads = threads
    }

    var identity: String { FileStamp.of(folder) + FileStamp.of(lexicons) }

    /// - Throws: `storage` or `corrupt` if the model is not whole, `libraryMissing` without ONNX Runtime.
    func load() throws -> Parts {
        try parts.withLock { parts in
            if let parts { return parts }
            var settings = InferenceSession.Configuration(threads: threads)
            // Every sentence has another length.
            settings.plansMemory = false
            let session = try InferenceSession(
                model: folder.appendingPathComponent("model.onnx"), configuration: settings)
            let pronouncer = try Pronouncer(folder: lexicons)
            try pronouncer.warmUp()
            let loaded = Parts(
                session: session, vocabulary: try Self.vocabulary(in: folder), pronouncer: pronouncer)
            parts = loaded
            return loaded
        }
    }

    /// It is loaded again when it is next needed, by whichever voice.
    func unload() { parts.withLock { $0 = nil } }

    private static func vocabulary(in folder: URL) throws -> [Unicode.Scalar: Int64] {
        struct File: Decodable { let vocab: [String: Int64] }
        let file = folder.appendingPathComponent("vocab.json")
        guard let data = try? Data(contentsOf: file), let table = try? JSONDecoder().decode(File.self, from: data)
        else { throw RiposteError(.corrupt, .synthesis, "\(file.path) is not a table of phonemes.") }
        var vocabulary: [Unicode.Scalar: Int64] = [:]
        for (phoneme, number) in table.vocab {
            if let scalar = phoneme.unicodeScalars.first { vocabulary[scalar] = number }
        }
        return vocabulary
    }
}
