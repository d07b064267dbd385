import Foundation
import RiposteCore
import RiposteInference

/// Sentence vectors by all-MiniLM-L6-v2: 384 numbers, the mean over the pieces of the sentence, of length 1.
///
/// ```swift
/// let embedder = MiniLMEmbedder(folder: try store.folder(of: "minilm"))
/// let vectors = try await embedder.vectors(of: ["Turn the lights on", "Make it bright"])
/// ```
public actor MiniLMEmbedder: SentenceEmbedder {
    public struct Configuration: Sendable, Equatable {
        /// Threads a run uses. Default 1, which suits single sentences; training takes all there are.
        public var threads = 1
        /// Sentences of one length that go through the network together. Default 16: more gain nothing.
        public var batch = 16
        /// Pieces of a sentence beyond these are not looked at. Default 128, as the model was trained.
        public var longestSentence = 128

        public init() {}
    }

    public nonisolated let dimension = MiniLMGraph.width
    public nonisolated let identity = "minilm-1"
    public nonisolated let configuration: Configuration

    private let folder: URL
    private var loaded: (session: InferenceSession, tokenizer: WordPieceTokenizer)?

    private let thread = InferenceThread(name: "sentences")
    public nonisolated var unownedExecutor: UnownedSerialExecutor { thread.asUnownedSerialExecutor() }

    /// - Parameter folder: of the model `minilm`.
    public init(folder: URL, configuration: Configuration = .init()) {
        self.folder = folder
        self.configuration = configuration
    }

    /// - Throws: `RiposteError`: `.modelMissing`, `.corrupt`, `.libraryMissing`.
    public func load() async throws {
        guard loaded == nil else { return }
        _ = try await vectors(of: ["hello"], progress: nil)
    }

    /// - Throws: as `load`; `.cancelled` when the task is cancelled, `.engineFailed` when the network fails.
    public func vectors(
        of texts: [String], progress: (@Sendable (Double) -> Void)?
    ) async throws -> VectorTable {
        let (session, tokenizer) = try model()
        var table = VectorTable(dimension: dimension, count: texts.count)
        // Sentences of one length need no filling up.
        var byLength: [Int: [(row: Int, pieces: [Int64])]] = [:]
        for (row, text) in texts.enumerated() {
            let pieces = tokenizer.encode(text, limit: configuration.longestSentence)
            byLength[pieces.count, default: []].append((row, pieces))
        }
        var done = 0
        for (length, sentences) in byLength.sorted(by: { $0.key < $1.key }) {
            for start in stride(from: 0, to: sentences.count, by: configuration.batch) {
                let batch = sentences[start..<min(start + configuration.batch, sentences.count)]
                try await run(batch, length: length, session, into: &table)
                done += batch.count
                progress?(Double(done) / Double(texts.count))
            }
        }
        return table
    }

    private func run(
        _ batch: ArraySlice<(row: Int, pieces: [Int64])>, length: Int, _ session: InferenceSession,
        into table: inout VectorTable
    ) async throws {
        let pieces = try Tensor(batch.flatMap(\.pieces), shape: [batch.count, length])
        let outputs = try await session.runUntilCancelled([MiniLMGraph.input: pieces], outputs: [MiniLMGraph.output])
        guard let vectors = outputs[MiniLMGraph.output], vectors.shape == [batch.count, dimension] else {
            throw RiposteError(.engineFailed, .dialog, "The sentence network gave no vectors.")
        }
        try vectors.withFloats { values in
            for (index, sentence) in batch.enumerated() {
                table[sentence.row] = Array(values[(index * dimension)..<((index + 1) * dimension)])[...]
            }
        }
    }

    private func model() throws -> (session: InferenceSession, tokenizer: WordPieceTokenizer) {
        if let loaded { return loaded }
        let file = folder.appending(path: MiniLMPreparation.graph)
        guard FileManager.default.fileExists(atPath: file.path) else {
            throw RiposteError(
                .modelMissing, .dialog,
                "There is no \(MiniLMPreparation.graph) in \(folder.path): riposte models fetch minilm")
        }
        var options = InferenceSession.Configuration(threads: configuration.threads)
        // Every sentence has a length of its own.
        options.plansMemory = false
        let session = try InferenceSession(model: file, configuration: options)
        guard session.inputs.map(\.name) == [MiniLMGraph.input], session.outputs.map(\.name) == [MiniLMGraph.output]
        else { throw RiposteError(.corrupt, .dialog, "\(file.path) is no sentence network.") }
        let tokenizer = try WordPieceTokenizer(vocabulary: folder.appending(path: MiniLMPreparation.vocabulary))
        loaded = (session, tokenizer)
        return (session, tokenizer)
    }
}
