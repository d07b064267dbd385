import RiposteCore

/// A second opinion on a wake word that an engine has heard: does the recogniser hear it as well?
///
/// With it an engine may listen more readily than it could alone.
public struct PhraseVerifier: Sendable {
    /// What the recogniser says of a word in a piece of sound.
    public struct Look: Sendable {
        public var text: String
        public var confidence: Double
        public var likelihood: Double
        public var similarity: Double
        /// 0 … 1; joined with the larger recogniser's where that was asked.
        public var score: Double
        /// The larger recogniser's own, where it was asked.
        public var confirmation: Double?
    }

    /// The sound before the moment the engine tells a word that is looked at, in samples: 1.6 s.
    public static let window = 25_600

    /// A word that is refused is looked at once more after so many samples, 0.3 s: an engine may tell it before its end.
    public static let again = 4_800

    private let listener: PhraseListener
    /// An engine has heard the word: the larger recogniser is asked unless the small one hears nothing of the kind.
    private static let confirmsFrom = 0.005

    /// Whether a larger recogniser is asked as well.
    public var isConfirmed: Bool { listener.isConfirmed }

    public var phrases: [String] { listener.phrases }

    public init(_ listener: PhraseListener) { self.listener = listener }

    public func load() async throws { try await listener.load() }

    /// So much sound has passed since it was last asked, in seconds: the recogniser may be let go of.
    func rested(for seconds: Double) async { await listener.rested(for: seconds) }

    /// - Parameter sound: mono, 16 kHz, with the word at its end.
    /// - Throws: `.badInput` for a word it was not made for; what the recogniser throws.
    public func look(for word: String, in sound: [Float]) async throws -> Look {
        guard let index = phrases.firstIndex(of: word) else {
            throw RiposteError(.badInput, .wakeWord, "The verifier does not know the word '\(word)'.")
        }
        let look = try await listener.look(at: sound, confirmingFrom: Self.confirmsFrom)
        return Look(
            text: look.text, confidence: look.confidence, likelihood: look.likelihoods[index],
            similarity: look.similarities[index], score: look.scores[index],
            confirmation: look.confirmations?[index])
    }
}
