import Foundation
import RiposteCore

/// Whisper's special tokens, prompts, and the tokens it must not choose.
struct WhisperVocabulary: Sendable {
    let endOfText: Int
    let startOfTranscript: Int
    let noTimestamps: Int
    let noSpeech: Int
    /// Before the text that is taken to have been said before.
    let startOfPrevious: Int
    /// Ids by ISO 639-1 code; empty for a model that knows English only.
    let languages: [String: Int]
    /// Decoder layer and head whose attention follows the sound: what word times are found by.
    let alignmentHeads: [(layer: Int, head: Int)]

    /// Never chosen: what nobody says (brackets, notes), and the special tokens other than the end.
    private let suppressed: [Int]
    /// Not chosen first: a space, and the end.
    private let suppressedAtStart: [Int]
    /// The token of each task; empty for a model that knows English only.
    private let tasks: [TranscriptionRequest.Task: Int]
    private let count: Int

    /// What is read of CTranslate2's `config.json`.
    private struct Form: Decodable {
        var suppressIds: [Int]
        var suppressIdsBegin: [Int]
        var alignmentHeads: [[Int]]?
    }

    /// - Parameters:
    ///   - folder: with `config.json`.
    ///   - count: the vocabulary's size in the model, which has more tokens (times) than the tokenizer.
    ///   - isMultilingual: whether the prompt names a language and a task.
    init(folder: URL, tokenizer: BytePairTokenizer, count: Int, isMultilingual: Bool) throws {
        func id(_ names: String...) throws -> Int {
            guard let id = names.lazy.compactMap({ tokenizer.specialTokens[$0] }).first else {
                throw RiposteError(
                    .corrupt, .transcription, "The tokenizer in \(folder.path) has no token \(names[0]).")
            }
            return id
        }
        let file = folder.appendingPathComponent("config.json")
        let form: Form
        do {
            let decoder = JSONDecoder()
            decoder.keyDecodingStrategy = .convertFromSnakeCase
            form = try decoder.decode(Form.self, from: Data(contentsOf: file))
        } catch {
            throw RiposteError(
                .corrupt, .transcription, "\(file.path) cannot be read; fetch the model again.", underlying: error)
        }
        let end = try id("<|endoftext|>")
        endOfText = end
        startOfTranscript = try id("<|startoftranscript|>")
        noTimestamps = try id("<|notimestamps|>")
        noSpeech = try id("<|nospeech|>", "<|nocaptions|>")
        startOfPrevious = try id("<|startofprev|>")
        tasks =
            isMultilingual ? [.transcribe: try id("<|transcribe|>"), .translate: try id("<|translate|>")] : [:]
        // All special tokens follow the end of text; the languages are those with a name of two or three letters.
        languages =
            isMultilingual
            ? Dictionary(
                tokenizer.specialTokens.compactMap { name, id in
                    let code = name.dropFirst(2).dropLast(2)
                    let isLanguage = (2...3).contains(code.count) && code.allSatisfy { $0.isLowercase }
                    return isLanguage ? (String(code), id) : nil
                }, uniquingKeysWith: { first, _ in first })
            : [:]
        suppressed = form.suppressIds.filter { $0 < end } + Array((end + 1)..<max(count, end + 1))
        suppressedAtStart = form.suppressIdsBegin
        alignmentHeads = (form.alignmentHeads ?? []).compactMap { $0.count == 2 ? ($0[0], $0[1]) : nil }
        self.count = count
    }

    /// Tokens of a text before that are taken, the last ones: less than half of the decoder's positions, Whisper's own.
    private static let previousLimit = 223

    /// What the decoder is given before the first word.
    /// - Parameter previous: tokens of the text that is taken to have been said before.
    func prompt(
        language: String?, task: TranscriptionRequest.Task = .transcribe, after previous: [Int] = []
    ) -> [Int] {
        var prompt = previous.isEmpty ? [] : [startOfPrevious] + previous.suffix(Self.previousLimit)
        prompt.append(startOfTranscript)
        if let task = tasks[task], let language, let id = languages[language] { prompt += [id, task] }
        return prompt + [noTimestamps]
    }

    /// −∞ for the tokens that may not be chosen, else 0.
    /// - Parameter atStart: for the first token of the text.
    func mask(atStart: Bool) -> [Float] {
        var mask = [Float](repeating: 0, count: count)
        for id in suppressed + (atStart ? suppressedAtStart : []) where mask.indices.contains(id) {
            mask[id] = -.infinity
        }
        return mask
    }
}
