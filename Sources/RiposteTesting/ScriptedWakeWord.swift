import RiposteCore
import Synchronization

/// Hears wake words where the script says.
public final class ScriptedWakeWord: WakeWordDetector {
    public let words: [String]
    private let script: [WakeWordDetection]
    private let told = Mutex(0)

    /// - Parameter script: what is heard, in the order in which it is told.
    public init(_ script: [WakeWordDetection], words: [String] = ["computer"]) {
        self.script = script
        self.words = words
    }

    public func detect(in frame: AudioFrame) -> [WakeWordDetection] {
        told.withLock { told in
            let due = script[told...].prefix { $0.position <= frame.end }
            told += due.count
            return Array(due)
        }
    }

    public func load() {}
    public func finish() -> [WakeWordDetection] { [] }
    public func reset() { told.withLock { $0 = 0 } }
}
