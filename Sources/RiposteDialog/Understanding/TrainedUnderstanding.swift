import Foundation
import RiposteCore
import RiposteInference

/// What training makes of `TrainingData`, as it is stored.
public struct TrainedUnderstanding: Sendable, Equatable, Codable {
    /// Counts up when what is stored, or what training makes, changes.
    static let version = 2

    /// Of what it was made: see `key(of:embedder:)`.
    public let key: String
    let classifier: IntentClassifier
    /// Nil if no example has anything marked.
    let tagger: EntityTagger?

    /// The intents it knows, by name.
    public var intents: [String] { classifier.labels }

    /// A name for what would come of these data with this embedder: other data have another.
    public static func key(of data: TrainingData, embedder: any SentenceEmbedder) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        var bytes = Data("\(version) \(embedder.identity)\n".utf8)
        bytes += try encoder.encode(data)
        return SHA256.digest(of: bytes)
    }
}
