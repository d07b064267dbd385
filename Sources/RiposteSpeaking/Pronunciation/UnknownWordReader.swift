import Foundation
import RiposteCore
import RiposteInference
import Synchronization

/// Guesses how a word sounds that no dictionary has: a small network from letters to phonemes.
///
/// The network is loaded when the first unknown word comes, or by `load()`. What it said is kept, since the names of
/// a conversation come back.
final class UnknownWordReader: Sendable {
    private let folder: URL
    private let name: String
    private let letters: [Unicode.Scalar: Int64]
    private let phonemes: [String]
    private let longestWord: Int
    private let state = Mutex(State())

    private struct State {
        var session: InferenceSession?
        var answers: [String: String] = [:]
    }

    /// So many answers are kept: a few dozen kilobytes.
    private static let keptAnswers = 1000

    /// - Parameters:
    ///   - folder: the prepared voice.
    ///   - name: the network's file without ending ("oov"); its alphabets are beside it in the `.json`.
    /// - Throws: `.modelMissing` or `.corrupt`.
    init(folder: URL, name: String) throws {
        let alphabetFile = folder.appendingPathComponent(name + ".json")
        guard let data = try? Data(contentsOf: alphabetFile) else {
            throw RiposteError(
                .modelMissing, .synthesis, "The voice's file \(name).json is missing. Run: riposte models fetch hibari")
        }
        guard let alphabets = try? JSONDecoder().decode(Alphabets.self, from: data) else {
            throw RiposteError(
                .corrupt, .synthesis, "The voice's file \(name).json is damaged. Run: riposte models fetch hibari")
        }
        self.folder = folder
        self.name = name
        var letters: [Unicode.Scalar: Int64] = [:]
        for (index, letter) in alphabets.input.enumerated() {
            if let scalar = letter.unicodeScalars.first { letters[scalar] = Int64(index + 1) }
        }
        self.letters = letters
        phonemes = alphabets.output
        longestWord = alphabets.maximumLength
    }

    /// Loads the network, so that the first unknown word does not wait for it (about 20 ms).
    func load() throws { _ = try session() }

    /// The phonemes of a word, or nil if it has no letter the network knows.
    func phonemes(of word: String) throws -> String? {
        if let known = state.withLock({ $0.answers[word] }) { return known }
        let ids = word.unicodeScalars.compactMap { letters[$0] }.prefix(longestWord)
        guard !ids.isEmpty else { return nil }
        let input = try Tensor(Array(ids), shape: [1, ids.count])
        guard let output = try session().run(["chars": input], outputs: ["ids"])["ids"] else { return nil }
        var text = ""
        var previous: Int64 = 0
        // Repetitions are one sound; 0 is silence.
        for id in try output.int64s() {
            if id != previous, id > 0, id <= phonemes.count { text += phonemes[Int(id) - 1] }
            previous = id
        }
        let answer = text
        state.withLock { state in
            if state.answers.count >= Self.keptAnswers { state.answers.removeAll() }
            state.answers[word] = answer
        }
        return answer
    }

    private func session() throws -> InferenceSession {
        try state.withLock { state in
            if let session = state.session { return session }
            var configuration = InferenceSession.Configuration()
            configuration.threads = 1
            let session = try InferenceSession(
                model: folder.appendingPathComponent(name + ".onnx"), configuration: configuration)
            state.session = session
            return session
        }
    }

    private struct Alphabets: Decodable {
        let input: [String]
        let output: [String]
        let maximumLength: Int

        enum CodingKeys: String, CodingKey {
            case input = "in"
            case output = "out"
            case maximumLength = "maxlen"
        }
    }
}
