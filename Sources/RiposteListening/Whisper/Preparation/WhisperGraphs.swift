/// The prepared graphs of a Whisper model: their inputs, outputs and files.
///
/// With H heads of 64 channels, D = 64 H, V tokens in the vocabulary and n = frames / 2 positions of 20 ms.
///
/// **Encoder**, once for an utterance:
///
/// | | name | type and shape | |
/// |---|---|---|---|
/// | in | `features` | float [1, mels, frames] | log-mel features; frames even, 2 … 3000 |
/// | out | `cross.i.key`, `cross.i.value` | float [1, H, memory, 64] | for decoder layer i |
/// | out | `cross_bias` | float [1, 1, 1, memory] | added to the decoder's scores |
///
/// One encoder serves both ways of recognising: with 3000 frames it is Whisper's own, on Whisper's own features; with
/// fewer it adds the remembered silence (`SilenceMemory`) behind them, and the features' level has to be set so that
/// their largest log10 mel energy is `WhisperManifest.loudest` before the clamp (largest − 8) and the scaling
/// (x + 4) / 4. memory = n, plus one for each block of silence that is left.
///
/// **Decoder**, once for a token or for a few:
///
/// | | name | type and shape | |
/// |---|---|---|---|
/// | in | `tokens` | int64 [batch, length] | length 1 or more |
/// | in | `past.i.key`, `past.i.value` | float [batch, H, past, 64] | past may be 0; past + length ≤ 448 |
/// | in | `cross.i.key`, `cross.i.value`, `cross_bias` | as the encoder gives them | one for all hypotheses |
/// | in | `wants_alignment` | bool [] | may be left out: false |
/// | out | `logits` | float [batch, length, V] | row t: what follows token t; coarse if the manifest has a vocabulary |
/// | out | `state` | float [batch, length, D] | what the logits are products of, with the vocabulary's rows |
/// | out | `present.i.key`, `present.i.value` | float [batch, H, past + length, 64] | the next call's past |
/// | out | `alignment` | float [heads, batch · length, memory] | how much the alignment heads attend to each position \
/// of the sound, the first n; the rest is silence. Empty unless asked for |
///
/// To go back to an earlier token, give the first positions of `present` as `past`.
public enum WhisperGraphs {
    public static let manifestFile = "graphs.json"

    public static func encoderFile(_ precision: WhisperPrecision) -> String { "encoder.\(precision.rawValue).onnx" }
    public static func decoderFile(_ precision: WhisperPrecision) -> String { "decoder.\(precision.rawValue).onnx" }
    static func weightsFile(_ precision: WhisperPrecision) -> String { "weights.\(precision.rawValue).bin" }

    public static let features = "features"
    public static let crossBias = "cross_bias"
    public static let tokens = "tokens"
    public static let logits = "logits"
    public static let state = "state"
    public static let wantsAlignment = "wants_alignment"
    public static let alignment = "alignment"

    public static func crossKey(_ layer: Int) -> String { "cross.\(layer).key" }
    public static func crossValue(_ layer: Int) -> String { "cross.\(layer).value" }
    public static func pastKey(_ layer: Int) -> String { "past.\(layer).key" }
    public static func pastValue(_ layer: Int) -> String { "past.\(layer).value" }
    public static func presentKey(_ layer: Int) -> String { "present.\(layer).key" }
    public static func presentValue(_ layer: Int) -> String { "present.\(layer).value" }
}
