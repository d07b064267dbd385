import RiposteCore
import Synchronization

/// Keeps account of who answered and what was sent to services: seconds of sound, characters of text.
///
/// Keys, texts and sounds are not in it.
public final class CloudUsage: Sendable {
    /// What happened since it was last asked.
    public struct Report: Sendable, Equatable, Codable {
        /// The recogniser that made the latest transcript.
        public var transcriber: String?
        /// The voices that have spoken, in order.
        public var voices: [String] = []
        /// What was sent to whom.
        public var services: [Service] = []

        public init() {}

        public var isEmpty: Bool { transcriber == nil && voices.isEmpty && services.isEmpty }
    }

    /// What a service was sent.
    public struct Service: Sendable, Equatable, Codable {
        public var engine: String
        /// Of sound that was sent to be understood.
        public var seconds = 0.0
        /// Of text that was sent to be spoken.
        public var characters = 0
        /// Why it failed, each time.
        public var failures: [String] = []

        public init(engine: String) { self.engine = engine }
    }

    private let report = Mutex(Report())

    public init() {}

    /// Sound or text is on its way to a service.
    public func sent(_ engine: String, seconds: Double = 0, characters: Int = 0) {
        change(engine) {
            $0.seconds += seconds
            $0.characters += characters
        }
    }

    /// An engine could not answer.
    public func failed(_ engine: String, _ reason: String) {
        change(engine) { $0.failures.append(reason) }
    }

    /// A recogniser has answered.
    public func transcribed(by engine: String) { report.withLock { $0.transcriber = engine } }

    /// A voice has spoken.
    public func spoken(by engine: String) {
        report.withLock { if !$0.voices.contains(engine) { $0.voices.append(engine) } }
    }

    /// What happened since it was last asked, and a new account.
    public func take() -> Report {
        report.withLock { report in
            defer { report = Report() }
            return report
        }
    }

    private func change(_ engine: String, _ change: (inout Service) -> Void) {
        report.withLock { report in
            if let index = report.services.firstIndex(where: { $0.engine == engine }) {
                return change(&report.services[index])
            }
            var service = Service(engine: engine)
            change(&service)
            report.services.append(service)
        }
    }
}
