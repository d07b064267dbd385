import RiposteCore
import RiposteInference

/// What the decoder gives for some tokens: a row of logits for what follows each of them.
struct WhisperLogits: Sendable {
    /// [batch, length, vocabulary]
    let tensor: Tensor
    /// The decoder's state, [batch, length, width], and what makes the leading logits exact, if the tensor is coarse.
    let refinement: (state: Tensor, table: VocabularyTable)?
    /// The size of a row.
    let vocabularySize: Int

    /// So many leading tokens are made exact. A test wants the exactly best one among the first half of them, with both
    /// models that are there out of the box.
    static let leading = 24

    /// A row with the tokens that count made exact: the leading ones, and those that are asked for.
    /// - Parameters:
    ///   - mask: added to the logits; −∞ for tokens that may not be chosen.
    ///   - exact: tokens that count whatever their place.
    ///   - leading: how many of the leading ones count.
    func withRow<Result>(
        _ row: Int, mask: UnsafeBufferPointer<Float>, exact: [Int] = [], leading: Int = Self.leading,
        _ body: (TokenScores) throws -> Result
    ) throws -> Result {
        try tensor.withFloats { logits in
            let coarse = UnsafeBufferPointer(rebasing: logits[(row * vocabularySize)..<((row + 1) * vocabularySize)])
            guard let refinement else { return try body(TokenScores(logits: coarse, mask: mask)) }
            let tokens = TokenScores(logits: coarse, mask: mask).likeliest(leading).map(\.token) + exact
            return try withUnsafeTemporaryAllocation(of: Float.self, capacity: vocabularySize) { refined in
                _ = refined.update(fromContentsOf: coarse)
                try refinement.state.withFloats { state in
                    let width = refinement.table.width
                    let own = UnsafeBufferPointer(rebasing: state[(row * width)..<((row + 1) * width)])
                    refinement.table.forEachLogit(of: tokens, state: own) { refined[$0] = $1 }
                }
                return try body(TokenScores(logits: UnsafeBufferPointer(refined), mask: mask))
            }
        }
    }
}
