/// How a beam search goes about it.
public struct BeamSearch: Sendable, Equatable {
    /// Texts side by side; 1 takes the likeliest token each time. Default 5, Whisper's own.
    public var width: Int
    /// So many texts, as a share of the width, must have ended. Default 1, Whisper's own.
    public var patience: Double
    /// The power of the length that a text's log-probability is divided by. Default 1: the mean. Where phrases are
    /// favoured it is always 0: by the mean, a text would win by adding phrases to it.
    public var lengthPenalty: Double

    /// The search begins at the first choice that is closer than this, in logits; what is clear before that is taken as
    /// it is. Default: with the first token.
    public var margin: Float

    public init(
        width: Int = 5, patience: Double = 1, lengthPenalty: Double = 1, margin: Float = .infinity
    ) {
        self.width = width
        self.patience = patience
        self.lengthPenalty = lengthPenalty
        self.margin = margin
    }
}
