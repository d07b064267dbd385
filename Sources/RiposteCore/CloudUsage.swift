import Synchronization

/// Keeps account of who answered and what was sent to services: seconds of sound, characters of text; and of when the
/// sound of an answer came and went.
///
/// Keys, texts and sounds are not in it.
public final class CloudUsage: Sendable {
    /// Whose account the present work goes on; nil, the default, is that of the engine's own. So conversations that share
    /// engines have an account each:
    ///
    /// ```swift
    /// try await CloudUsage.$current.withValue(usage) { try await session.run() }
    /// ```
    @TaskLocal public static var current: CloudUsage?

    /// What happened since it was last asked.
    public struct Report: Sendable, Equatable, Codable {
        /// The recogniser that made the latest transcript.
        public var transcriber: String?
        /// The voices that have spoken, in order.
        public var voices: [String] = []
        /// What was sent to whom.
        public var services: [Service] = []
        /// The way of the latest answer's first sound; nil where none came from a service and was handed over.
        public var speech: SpeechArrival.Report?

        public init() {}

        public var isEmpty: Bool { transcriber == nil && voices.isEmpty && services.isEmpty && speech == nil }
    }

    /// What a service was sent.
    public struct Service: Sendable, Equatable, Codable {
        public var engine: String
        /// Of sound that was sent to be understood.
        public var seconds = 0.0
        /// Of text that was sent to be spoken.
        public var characters = 0
        /// Why it failed: the latest times, at most `CloudUsage.mostFailures`.
        public var failures: [String] = []

        public init(engine: String) { self.engine = engine }
    }

    /// Failures of a service that are kept: nobody may ever ask for the account.
    public static let mostFailures = 20

    private struct State {
        var report = Report()
        var arrival: SpeechArrival?
    }

    private let state = Mutex(State())

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
        change(engine) { service in
            service.failures.append(reason)
            if service.failures.count > Self.mostFailures { service.failures.removeFirst() }
        }
    }

    /// A recogniser has answered.
    public func transcribed(by engine: String) { account.state.withLock { $0.report.transcriber = engine } }

    /// A voice has spoken.
    public func spoken(by engine: String) {
        account.state.withLock { state in
            if !state.report.voices.contains(engine) { state.report.voices.append(engine) }
        }
    }

    /// An answer begins to be spoken: what notes the way of its sound from here on.
    public func beginSpeech() -> SpeechArrival {
        let arrival = SpeechArrival()
        Speculation.current?.whenConfirmed { [weak arrival] in arrival?.released() }
        account.state.withLock { $0.arrival = arrival }
        return arrival
    }

    /// The answer that began to be spoken last, for whoever plays it.
    public var latestSpeech: SpeechArrival? { account.state.withLock { $0.arrival } }

    /// What happened since it was last asked, and a new account.
    public func take() -> Report {
        state.withLock { state in
            defer { state.report = Report() }
            state.report.speech = state.arrival?.take()
            return state.report
        }
    }

    private var account: CloudUsage { Self.current ?? self }

    private func change(_ engine: String, _ change: (inout Service) -> Void) {
        account.state.withLock { state in
            if let index = state.report.services.firstIndex(where: { $0.engine == engine }) {
                return change(&state.report.services[index])
            }
            var service = Service(engine: engine)
            change(&service)
            state.report.services.append(service)
        }
    }
}
