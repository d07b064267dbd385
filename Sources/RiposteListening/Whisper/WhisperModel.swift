import Foundation
import RiposteCore
import RiposteInference

/// A loaded Whisper model: the encoder, the decoder and the vocabulary, shared by all utterances.
final class WhisperModel: Sendable {
    /// The utterance as the decoder attends to it: the encoder's outputs, by the decoder's input names.
    struct Memory: Sendable {
        fileprivate let tensors: [String: Tensor]
        /// The frame of the sound that it starts at.
        var start = 0
    }

    /// What the decoder has seen: its keys and values.
    struct Past: Sendable {
        fileprivate var tensors: [String: Tensor]
        /// Tokens.
        fileprivate(set) var length: Int
    }

    /// Where the graphs are and how they are run.
    struct Files: Sendable {
        var folder: URL
        var encoderPrecision: WhisperPrecision
        var decoderPrecision: WhisperPrecision
        var threads: Int
        /// Whether what decoding needed is kept for the next utterance.
        var keepsMemory = true
    }

    let tokenizer: BytePairTokenizer
    let vocabulary: WhisperVocabulary
    let manifest: WhisperManifest
    /// Mel bands of the features.
    var melCount: Int { manifest.dimensions.mels }
    /// The size of a row of logits.
    var vocabularySize: Int { manifest.dimensions.vocabulary }
    let noPast: Past
    /// −∞ for tokens that may not be chosen, else 0: for the first token of the text, and for the others.
    let maskAtStart: [Float]
    let mask: [Float]

    /// Exact rows of the vocabulary, where the decoder's product with it is coarse.
    private let table: VocabularyTable?
    private let encoder: InferenceSession
    private let decoder: InferenceSession
    private let memoryNames: [String]
    /// Pairs of the decoder's output and the input it becomes.
    private let pastNames: [(present: String, past: String)]

    init(_ files: Files) throws {
        let folder = files.folder
        let manifest = try WhisperManifest(folder: folder)
        for precision in [files.encoderPrecision, files.decoderPrecision]
        where !manifest.precisions.contains(precision) {
            let known = manifest.precisions.map(\.rawValue).joined(separator: ", ")
            throw RiposteError(
                .badInput, .transcription, "\(folder.path) has no \(precision.rawValue) graphs, only: \(known).")
        }
        tokenizer = try BytePairTokenizer(contentsOf: folder.appendingPathComponent("tokenizer.json"))
        vocabulary = try WhisperVocabulary(
            folder: folder, tokenizer: tokenizer, count: manifest.dimensions.vocabulary,
            isMultilingual: manifest.isMultilingual)
        encoder = try InferenceSession(
            model: folder.appendingPathComponent(WhisperGraphs.encoderFile(files.encoderPrecision)),
            configuration: .init(threads: files.threads))
        var configuration = InferenceSession.Configuration(threads: files.threads)
        // Each run is one token longer than the one before: a plan made for the first one's shapes is of no use.
        configuration.plansMemory = false
        configuration.keepsMemory = files.keepsMemory
        decoder = try InferenceSession(
            model: folder.appendingPathComponent(WhisperGraphs.decoderFile(files.decoderPrecision)),
            configuration: configuration)
        self.manifest = manifest
        table = try manifest.vocabularies[files.decoderPrecision.rawValue].map {
            try VocabularyTable($0, folder: folder)
        }
        let layers = manifest.dimensions.decoderLayers
        maskAtStart = vocabulary.mask(atStart: true)
        mask = vocabulary.mask(atStart: false)
        pastNames = (0..<layers).flatMap {
            [
                (WhisperGraphs.presentKey($0), WhisperGraphs.pastKey($0)),
                (WhisperGraphs.presentValue($0), WhisperGraphs.pastValue($0)),
            ]
        }
        memoryNames =
            (0..<layers).flatMap { [WhisperGraphs.crossKey($0), WhisperGraphs.crossValue($0)] }
            + [WhisperGraphs.crossBias]
        let empty = try Tensor(
            [Float](), shape: [1, manifest.dimensions.heads, 0, WhisperDimensions.headWidth])
        noPast = Past(
            tensors: Dictionary(pastNames.map { ($0.past, empty) }, uniquingKeysWith: { first, _ in first }), length: 0)
    }

    /// Encodes an utterance.
    /// - Parameters:
    ///   - features: `melCount` rows of `frames` values.
    ///   - frames: even, 2 … 3000. If there are fewer than 3000, what silence in the place of the others would
    ///     contribute is added, and the features' level has to be that of `WhisperManifest.loudest`.
    func encode(_ features: [Float], frames: Int, run: RunHandle) throws -> Memory {
        let input = try Tensor(features, shape: [1, melCount, frames])
        return Memory(tensors: try encoder.run([WhisperGraphs.features: input], outputs: memoryNames, handle: run))
    }

    /// Decodes tokens after those in `past`, which then includes them.
    /// - Returns: a row of logits for what follows each token.
    func decode(_ tokens: [Int], past: inout Past, memory: Memory, run: RunHandle) throws -> WhisperLogits {
        try decode(batch: [tokens[...]], past: &past, memory: memory, run: run)
    }

    /// Decodes tokens of several texts at once, the same number for each, after the rows of `past`.
    /// - Returns: logits, a row for each token of the first text, then of the second …
    func decode(
        batch: [ArraySlice<Int>], past: inout Past, memory: Memory, run: RunHandle
    ) throws -> WhisperLogits {
        let length = batch.first?.count ?? 0
        var inputs = memory.tensors
        inputs.merge(past.tensors) { first, _ in first }
        inputs[WhisperGraphs.tokens] = try Tensor(
            batch.flatMap { $0.map(Int64.init) }, shape: [batch.count, length])
        var outputs = try decoder.run(
            inputs, outputs: [WhisperGraphs.logits, WhisperGraphs.state] + pastNames.map(\.present), handle: run)
        for names in pastNames { past.tensors[names.past] = outputs.removeValue(forKey: names.present) }
        past.length += length
        guard let logits = outputs[WhisperGraphs.logits], let state = outputs[WhisperGraphs.state] else {
            throw RiposteError(.engineFailed, .transcription, "The decoder gave no result.")
        }
        return WhisperLogits(
            tensor: logits, refinement: table.map { (state, $0) }, vocabularySize: vocabularySize)
    }

    /// How much the alignment heads attend to each position of the sound while each of the tokens is read:
    /// [heads, tokens, positions].
    func alignment(of tokens: [Int], memory: Memory, run: RunHandle) throws -> Tensor {
        guard decoder.outputs.contains(where: { $0.name == WhisperGraphs.alignment }) else {
            throw RiposteError(
                .corrupt, .transcription,
                "The model was prepared by an older version, without word times; fetch it again.")
        }
        var inputs = memory.tensors
        inputs.merge(noPast.tensors) { first, _ in first }
        inputs[WhisperGraphs.tokens] = try Tensor(tokens.map(Int64.init), shape: [1, tokens.count])
        inputs[WhisperGraphs.wantsAlignment] = try Tensor(true)
        let outputs = try decoder.run(inputs, outputs: [WhisperGraphs.alignment], handle: run)
        guard let alignment = outputs[WhisperGraphs.alignment], alignment.shape.count == 3 else {
            throw RiposteError(.engineFailed, .transcription, "The decoder gave no alignment.")
        }
        return alignment
    }

    /// What the decoder had seen after the first `length` tokens.
    func truncated(_ past: Past, to length: Int) throws -> Past {
        guard length < past.length else { return past }
        if length == 0 { return noPast }
        return Past(tensors: try past.tensors.mapValues { try Self.prefix(of: $0, length) }, length: length)
    }

    /// What the decoder had seen of several texts: these rows of `past`, each once, more often or not at all.
    func rows(_ rows: [Int], of past: Past) throws -> Past {
        Past(
            tensors: try past.tensors.mapValues { tensor in
                let size = tensor.shape[1] * tensor.shape[2] * tensor.shape[3]
                return try tensor.withFloats { source in
                    try Tensor(of: Float.self, shape: [rows.count] + tensor.shape[1...]) { target in
                        for (place, row) in rows.enumerated() {
                            let values = UnsafeBufferPointer(rebasing: source[(row * size)..<((row + 1) * size)])
                            _ = UnsafeMutableBufferPointer(rebasing: target[(place * size)...])
                                .update(fromContentsOf: values)
                        }
                    }
                }
            }, length: past.length)
    }

    /// The first positions of [1, heads, positions, width].
    private static func prefix(of tensor: Tensor, _ length: Int) throws -> Tensor {
        let (heads, positions, width) = (tensor.shape[1], tensor.shape[2], tensor.shape[3])
        return try tensor.withFloats { source in
            try Tensor(of: Float.self, shape: [1, heads, length, width]) { target in
                for head in 0..<heads {
                    let row = UnsafeBufferPointer(
                        rebasing: source[(head * positions * width)..<((head * positions + length) * width)])
                    _ = UnsafeMutableBufferPointer(rebasing: target[(head * length * width)...])
                        .update(fromContentsOf: row)
                }
            }
        }
    }
}
