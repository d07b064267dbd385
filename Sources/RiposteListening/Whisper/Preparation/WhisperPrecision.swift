/// How the matrices of a prepared Whisper graph are stored and multiplied.
public enum WhisperPrecision: String, Sendable, CaseIterable, Codable {
    /// The checkpoint's half-precision weights, computed in single precision: the reference.
    case float = "fp32"
    /// 8-bit weights with a scale for each output channel; activations quantised as they come.
    case int8
    /// 4-bit weights with a scale for each 32 of them, for the decoder.
    case int4
}
