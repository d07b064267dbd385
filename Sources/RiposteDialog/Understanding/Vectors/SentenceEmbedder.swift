/// The role of whatever turns sentences into vectors that are near each other where the meaning is.
public protocol SentenceEmbedder: Sendable {
    /// How many numbers a vector has.
    var dimension: Int { get }
    /// Changes when the vectors would: what was trained on others is of no use then.
    var identity: String { get }

    func load() async throws

    /// A vector of length 1 for each of the texts, in their order, a row each.
    ///
    /// - Parameter progress: told now and then how much is done, 0–1.
    func vectors(of texts: [String], progress: (@Sendable (Double) -> Void)?) async throws -> VectorTable
}

extension SentenceEmbedder {
    public func vectors(of texts: [String]) async throws -> VectorTable {
        try await vectors(of: texts, progress: nil)
    }
}
