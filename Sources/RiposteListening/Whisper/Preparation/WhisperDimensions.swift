import RiposteCore

/// The sizes of a Whisper model, read off its weights.
public struct WhisperDimensions: Sendable, Equatable, Codable {
    /// Width of the encoder's and decoder's vectors (tiny 384, base 512).
    public let width: Int
    public let encoderLayers: Int
    public let decoderLayers: Int
    /// Tokens in the vocabulary: 51864 for English only, 51865 or 51866 for many languages.
    public let vocabulary: Int
    /// Mel bands of the features: 80, or 128 from large-v3 on.
    public let mels: Int
    /// Encoder positions of the full window of 30 s: 1500, 20 ms each.
    public let audioPositions: Int
    /// The most tokens of one decode, prompt included: 448.
    public let textPositions: Int

    /// Whisper's attention heads all have 64 channels.
    public static let headWidth = 64
    /// The vocabulary of the models that know English only; the others' is larger.
    static let englishVocabulary = 51864

    public var heads: Int { width / Self.headWidth }
    /// Whether the prompt names a language and a task.
    public var isMultilingual: Bool { vocabulary > Self.englishVocabulary }

    init(
        width: Int, encoderLayers: Int, decoderLayers: Int, vocabulary: Int, mels: Int, audioPositions: Int,
        textPositions: Int
    ) {
        self.width = width
        self.encoderLayers = encoderLayers
        self.decoderLayers = decoderLayers
        self.vocabulary = vocabulary
        self.mels = mels
        self.audioPositions = audioPositions
        self.textPositions = textPositions
    }

    /// - Throws: `.corrupt` if they are not those of a Whisper model.
    init(of model: any WhisperCheckpoint) throws {
        func dimensions(_ name: String, rank: Int) throws -> [Int] {
            let found = try model.knownShape(of: name)
            guard found.count == rank else {
                throw RiposteError(.corrupt, .models, "\(name) has \(found.count) dimensions, not \(rank).")
            }
            return found
        }
        func layers(_ part: String) -> Int {
            (0...).first { model.shape(of: "\(part)/layer_\($0)/ffn/linear_0/weight") == nil } ?? 0
        }
        let embeddings = try dimensions("decoder/embeddings/weight", rank: 2)
        vocabulary = embeddings[0]
        width = embeddings[1]
        mels = try dimensions("encoder/conv1/weight", rank: 3)[1]
        audioPositions = try dimensions("encoder/position_encodings/encodings", rank: 2)[0]
        textPositions = try dimensions("decoder/position_encodings/encodings", rank: 2)[0]
        encoderLayers = layers("encoder")
        decoderLayers = layers("decoder")
        guard width > 0, width.isMultiple(of: Self.headWidth), encoderLayers > 0, decoderLayers > 0 else {
            throw RiposteError(.corrupt, .models, "The model file's sizes are not those of a Whisper model.")
        }
    }
}
