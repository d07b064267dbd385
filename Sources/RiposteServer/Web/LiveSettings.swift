import NIOSSL
import RiposteCore
import Synchronization

/// What of a server's configuration can change while it serves. Calls that have begun go on as they began.
final class LiveSettings: Sendable {
    struct State: Sendable {
        var token: String?
        var names: Set<String>
        /// nil: as often as they like.
        var rate: RateLimit?
        /// Seconds after which a conversation ends whose client sends nothing.
        var conversationIdleLimit: Double
        /// nil: it is not served over TLS.
        var certificate: NIOSSLContextConfigurationOverride?
    }

    /// Where it listens, which stays.
    private let host: String
    private let state: Mutex<State>

    /// - Throws: as `WebServer.init`.
    init(_ configuration: WebServer.Configuration) throws {
        host = configuration.host
        state = Mutex(try Self.state(configuration))
    }

    var token: String? { state.withLock { $0.token } }

    /// Whether a request may be for a host of this name, with or without a port. Whoever shows a token may call it anything.
    func isKnown(_ authority: String) -> Bool {
        let (token, names) = state.withLock { ($0.token, $0.names) }
        guard token == nil else { return true }
        let name = Self.name(authority)
        let isNumber = name.allSatisfy { $0.isASCII && $0.isNumber || $0 == "." }
        return names.contains(name) || name == "localhost" || name.hasSuffix(".localhost") || name == "::1"
            || (isNumber && name.hasPrefix("127."))
    }

    private static func name(_ authority: String) -> String {
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
            return authority[authority.index(after: authority.startIndex)..<end].lowercased()
        }
        return authority.prefix { $0 != ":" }.lowercased()
    }

    var rate: RateLimit? { state.withLock { $0.rate } }
    var conversationIdleLimit: Double { state.withLock { $0.conversationIdleLimit } }
    var certificate: NIOSSLContextConfigurationOverride? { state.withLock { $0.certificate } }

    /// Takes all of it over, or nothing.
    func take(_ configuration: WebServer.Configuration) throws {
        var configuration = configuration
        // Whether others can connect is decided by where it listens, and not by where it would after a restart.
        configuration.host = host
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
            token: configuration.token,
            names: Set((configuration.names + [configuration.host]).map { $0.lowercased() }),
            rate: configuration.requestRate.map { RateLimit(rate: $0, burst: 5 * $0) },
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
