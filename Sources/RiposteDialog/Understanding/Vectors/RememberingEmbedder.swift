/// An embedder that makes the vector of a sentence once, however often it is asked for.
public actor RememberingEmbedder: SentenceEmbedder {
    public nonisolated let dimension: Int
    public nonisolated let identity: String
    /// More sentences than this are not remembered: a vector is 1.5 kB.
    private static let most = 100_000

    private let embedder: any SentenceEmbedder
    private var known: [String: [Float]] = [:]

    public init(_ embedder: any SentenceEmbedder) {
        self.embedder = embedder
        dimension = embedder.dimension
        identity = embedder.identity
    }

    public func load() async throws { try await embedder.load() }

    public func vectors(
        of texts: [String], progress: (@Sendable (Double) -> Void)?
    ) async throws -> VectorTable {
        let missing = Set(texts).filter { known[$0] == nil }.sorted()
        let made = try await embedder.vectors(of: missing, progress: progress)
        var table = VectorTable(dimension: dimension, count: texts.count)
        let numbers = Dictionary(uniqueKeysWithValues: missing.enumerated().map { ($1, $0) })
        for (row, text) in texts.enumerated() {
            if let number = numbers[text] {
                table[row] = made[number]
            } else if let vector = known[text] {
                table[row] = vector[...]
            }
        }
        for (text, number) in numbers where known.count < Self.most { known[text] = Array(made[number]) }
        return table
    }
}
