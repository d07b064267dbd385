import RiposteInference

/// How exact the prepared Whisper graphs compute.
public enum WhisperPrecision: String, Sendable, CaseIterable, Codable {
    /// The checkpoint's weights as they are, computed in single precision: the reference.
    case float = "fp32"
    /// 8-bit weights; what they are multiplied with is quantised as it comes.
    case int8
}

/// How a matrix is stored and multiplied.
enum MatrixForm: Sendable, Hashable {
    /// As in the checkpoint; half precision is widened when the graph is loaded.
    case exact
    /// 8 bits with a scale for each output, times activations in 8 bits with one scale for all of them. The fastest
    /// over many positions: for the encoder.
    case channels
    /// 8 bits with a scale for each block of inputs, times activations with a scale for each block. As fast over one
    /// token or a few, where reading the weights takes the time, and several times as exact: for the decoder.
    case blocks
    /// 4 bits with a scale for each block of inputs: 1.7 times as fast as 8, in steps 16 times as large. For the decoder's
    /// vocabulary, where it tells which tokens are worth computing exactly.
    case coarseBlocks
}

extension WhisperPrecision {
    var encoderForm: MatrixForm { self == .float ? .exact : .channels }
    var decoderForm: MatrixForm { self == .float ? .exact : .blocks }
    /// The form of the product with the vocabulary. Where it is coarse, `VocabularyTable` makes the likeliest exact.
    var vocabularyForm: MatrixForm { self == .float ? .exact : .coarseBlocks }
}

extension MatrixForm {
    /// Of the forms in blocks.
    var width: BlockQuantization.Width { self == .coarseBlocks ? .four : .eight }
}
