import NIOSSL
import RiposteCore
import Synchronization

/// What of a server's configuration can change while it serves. Calls that have begun go on as they began.
final class LiveSettings: Sendable {
    struct State: Sendable {
        var token: String?
        /// nil: as often as they like.
        var rate: RateLimit?
        /// Seconds after which a conversation ends whose client sends nothing.
        var conversationIdleLimit: Double
        /// nil: it is not served over TLS.
        var certificate: NIOSSLContextConfigurationOverride?
    }

    private let state: Mutex<State>

    /// - Throws: as `WebServer.init`.
    init(_ configuration: WebServer.Configuration) throws { state = Mutex(try Self.state(configuration)) }

    var token: String? { state.withLock { $0.token } }
    var rate: RateLimit? { state.withLock { $0.rate } }
    var conversationIdleLimit: Double { state.withLock { $0.conversationIdleLimit } }
    var certificate: NIOSSLContextConfigurationOverride? { state.withLock { $0.certificate } }

    /// Takes all of it over, or nothing.
    func take(_ configuration: WebServer.Configuration) throws {
        let new = try Self.state(configuration)
        try state.withLock { state in
            guard (new.certificate == nil) == (state.certificate == nil) else {
                throw RiposteError(
                    .badInput, .configuration, "Whether it is served over TLS changes only with a restart.")
            }
            // Whoever has asked often is not forgiven because of an unchanged limit.
            let rate = new.rate?.rate == state.rate?.rate ? state.rate : new.rate
            state = new
            state.rate = rate
        }
    }

    private static func state(_ configuration: WebServer.Configuration) throws -> State {
        guard configuration.isLoopback || configuration.token?.isEmpty == false else {
            throw RiposteError(
                .badInput, .configuration,
                "On \(configuration.host) others can connect: give a --token that they have to show.")
        }
        return State(
            token: configuration.token, rate: configuration.requestRate.map { RateLimit(rate: $0, burst: 5 * $0) },
            conversationIdleLimit: configuration.conversationIdleLimit,
            certificate: try certificate(configuration))
    }

    private static func certificate(_ configuration: WebServer.Configuration) throws
        -> NIOSSLContextConfigurationOverride?
    {
        switch (configuration.certificate, configuration.key) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            do {
                var files = NIOSSLContextConfigurationOverride()
                let chain = try NIOSSLCertificate.fromPEMFile(certificate)
                let privateKey = try NIOSSLPrivateKey(file: key, format: .pem)
                files.certificateChain = chain.map { .certificate($0) }
                files.privateKey = .privateKey(privateKey)
                // A key of another certificate is found out here, and not by the next client.
                _ = try NIOSSLContext(
                    configuration: .makeServerConfiguration(
                        certificateChain: files.certificateChain ?? [], privateKey: .privateKey(privateKey)))
                return files
            } catch {
                throw RiposteError(
                    .badInput, .configuration,
                    "The certificate \(certificate) with the key \(key) cannot be used: \(error)",
                    underlying: error)
            }
        default:
            throw RiposteError(.badInput, .configuration, "A certificate and its key are given together.")
        }
    }
}
