import Synchronization

/// What a scripted voice has spoken, so that a loudspeaker can tell by the sound what it played.
public final class ScriptedVoiceLedger: Sendable {
    private let texts = Mutex<[String]>([])

    public init() {}

    /// The level that the next text is spoken at: 0.2 for the first one, a little more for each further one.
    func level(of text: String) -> Float {
        texts.withLock { texts in
            texts.append(text)
            return 0.2 + Float(texts.count - 1) / 4096
        }
    }

    /// The text that is spoken at a level.
    public func text(at level: Float) -> String? {
        let index = Int(((level - 0.2) * 4096).rounded())
        return texts.withLock { $0.indices.contains(index) ? $0[index] : nil }
    }
}
