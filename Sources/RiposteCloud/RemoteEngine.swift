import RiposteCore

/// An engine that runs on another machine.
public protocol RemoteEngine: Sendable {
    /// Asks whether the service answers, as cheaply as it can be asked.
    /// - Throws: `.badInput` where it refuses the key or the request, `.network` or `.timedOut` where it does not answer.
    func probe() async throws
}

/// A service that speaks.
public protocol RemoteVoice: Synthesizer, RemoteEngine {
    /// The voices it has, asked for anew where it can be asked.
    /// - Parameter language: BCP 47; nil for all.
    /// - Throws: as `probe`.
    func listVoices(language: String?) async throws -> [Voice]
}
