import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOSSL
import RiposteConversation
import RiposteCore
import ServiceLifecycle

/// Serves HTTP: the routes of OpenAI's speech and chat API.
///
/// ```swift
/// let server = try WebServer(engines: engines, configuration: .init())
/// try await server.run()  // until its task is cancelled or the service is shut down
/// ```
public struct WebServer: Service {
    public struct Configuration: Sendable {
        /// Where it listens. Default: this machine only.
        public var host = "127.0.0.1"
        /// 0 takes any free port. Default 8080.
        public var port = 8080
        /// What clients have to show as a bearer token; nil lets everybody in, which only loopback may.
        public var token: String?
        /// Names that the server is called by besides this machine's own and `host`, as by a proxy in front of it. Without a
        /// token, requests for other names are refused: a page anywhere can have its own name lead to this machine.
        public var names: [String] = []
        /// Files in PEM form; both or none.
        public var certificate: String?
        public var key: String?
        /// Requests that work at once; further ones are told to come back. Default 16.
        public var sessionLimit = 16
        /// Bytes of a recording. Default 25 MiB, as OpenAI's.
        public var recordingLimit = 25 << 20
        /// Bytes of a JSON body. Default 1 MiB.
        public var bodyLimit = 1 << 20
        /// A connection that is silent for so many seconds is closed. Default 60.
        public var idleLimit = 60.0
        /// A conversation whose client sends nothing for so many seconds is ended. Default 300.
        public var conversationIdleLimit = 300.0
        /// A conversation that its client has named is known for so many seconds after it was left. Default: a day.
        public var conversationLifetime = 86_400.0
        /// A client that takes nothing of what is sent to it for so many seconds is cut off. Default 10.
        public var stallLimit = 10.0
        /// Requests a second from one address, in the long run; five times as many at once. Default 50; nil: any number.
        public var requestRate: Double? = 50
        /// Is told of each turn of a spoken conversation that has ended, with the conversation's name and what was sent to
        /// services for it since its last turn. To be quick.
        public var onTurn:
            @Sendable (_ conversation: String, _ report: TurnReport, _ usage: CloudUsage.Report) -> Void = {
                _, _, _ in
            }
        /// Whether the log has the words that are said, too. Default: no.
        public var logsWords = false

        /// Where conversations are kept that clients have named, and those of Rasa's channel; nil: in this process only.
        public var memory: ConversationMemory?
        /// Whether no new conversations should come here, because the server is about to end. Asked by `/ready`.
        public var isDraining: @Sendable () -> Bool = { false }

        public init() {}

        /// Whether nobody but this machine can connect.
        public var isLoopback: Bool { ["127.0.0.1", "::1", "localhost"].contains(host) || host.hasPrefix("127.") }
    }

    private let engines: SpeechEngines
    private let configuration: Configuration
    private let logger: Logger
    private let server: HTTPServerBuilder
    private let figures = ServerFigures()
    private let admission: Admission
    private let live: LiveSettings
    private let onListening: @Sendable (_ port: Int) async -> Void

    /// - Parameter onListening: told once clients can connect, with the port.
    /// - Throws: `.badInput` when others could connect without a token, or for a certificate that cannot be used.
    public init(
        engines: SpeechEngines, configuration: Configuration = .init(), logger: Logger = Logger(label: "riposte.web"),
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) throws {
        let live = try LiveSettings(configuration)
        self.live = live
        self.engines = engines
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        let (figures, admission) = (figures, Admission(limit: configuration.sessionLimit, figures: figures))
        self.admission = admission
        var keeping = KeptConversations.Configuration()
        keeping.lifetime = configuration.conversationLifetime
        let connection = RealtimeConnection(
            engines: engines, admission: admission,
            log: ConversationLog(
                figures: figures, onTurn: configuration.onTurn,
                turns: TurnLog(logger: logger, hasWords: configuration.logsWords)),
            kept: KeptConversations(configuration: keeping, memory: configuration.memory),
            idleLimit: { live.conversationIdleLimit })
        engines.queue.write(to: logger)
        let plain = HTTPServerBuilder { responder in
            WebSocketChannel(
                responder: responder, idleLimit: configuration.idleLimit, messageLimit: Self.messageLimit,
                stallLimit: configuration.stallLimit, onStall: { figures.hungUp(.stalled) },
                admits: { uri, headers, client in
                    uri.prefix { $0 != "?" } == "/v1/realtime"
                        && RequestGuard<ServerContext>.admits(
                            origin: headers["origin"].first, authority: headers["host"].first,
                            authorization: headers["authorization"].first,
                            protocols: headers[canonicalForm: "sec-websocket-protocol"].map(String.init),
                            settings: live)
                        // It counts as any request; where that was one too many, it is answered as one.
                        && live.rate?.ask(client) == nil
                },
                serve: { try await connection.serve($0, uri: $1) })
        }
        server = try Self.encrypted(plain, live)
    }

    /// Takes over what may change while it serves: the token, the names, the certificate (its files are read again), the limits of
    /// sessions, requests and silence. Calls that have begun go on; everything else of the configuration stays.
    /// - Throws: as `init`; then nothing has changed.
    public func reload(_ configuration: Configuration) throws {
        try live.take(configuration)
        admission.admit(configuration.sessionLimit)
    }

    /// Serves until the task is cancelled or the service shut down.
    public func run() async throws {
        let router = router()
        let onListening = onListening
        let (host, port) = (configuration.host, configuration.port)
        let application = Application(
            router: router, server: server,
            configuration: .init(address: .hostname(host, port: port), serverName: "riposte"),
            onServerRunning: { await onListening($0.localAddress?.port ?? port) }, logger: logger)
        do {
            try await application.run()
        } catch let error as IOError {
            throw RiposteError(
                .network, .configuration, "Nothing can be served on \(host) port \(port): \(error).", underlying: error)
        }
    }

    /// Bytes of a WebSocket message: a minute of sound in base64 and more.
    private static let messageLimit = 4 << 20

    func router() -> Router<ServerContext> {
        let router = Router(context: ServerContext.self)
        router.add(middleware: RequestGuard(settings: live, figures: figures))
        router.get("/v1/realtime") { _, _ -> Response in
            throw RequestFailure(.upgradeRequired, "This is for WebSocket.", headers: [.upgrade: "websocket"])
        }
        router.get("/health") { _, _ in JSONAnswer.response(["status": "ok"]) }
        router.get("/ready") { _, _ in
            configuration.isDraining()
                ? JSONAnswer.response(["status": "draining"], status: .serviceUnavailable)
                : JSONAnswer.response(admission.capacity)
        }
        router.get("/metrics") { _, _ in
            Response(
                status: .ok, headers: [.contentType: "text/plain; version=0.0.4"],
                body: .init(
                    byteBuffer: ByteBuffer(
                        string: figures.prometheus(
                            engines.queue.figures, configuration.memory?.pending.figures, capacity: admission.capacity))
                ))
        }
        PageRoute(engines: engines).add(to: router)
        ModelRoute(engines: engines).add(to: router)
        TranscriptionRoute(engines: engines, admission: admission, limit: configuration.recordingLimit).add(to: router)
        SpeechRoute(engines: engines, admission: admission, limit: configuration.bodyLimit).add(to: router)
        ChatRoute(engines: engines, admission: admission, limit: configuration.bodyLimit).add(to: router)
        RasaRoute(
            engines: engines, admission: admission, limit: configuration.bodyLimit,
            conversations: TextConversations(memory: configuration.memory, kind: "rasa", areUsers: true)
        ).add(to: router)
        return router
    }

    /// Each handshake has the certificate that there is then.
    private static func encrypted(_ plain: HTTPServerBuilder, _ live: LiveSettings) throws -> HTTPServerBuilder {
        guard let certificate = live.certificate, let privateKey = certificate.privateKey else { return plain }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificate.certificateChain ?? [], privateKey: privateKey)
        configuration.sslContextCallback = { _, promise in promise.succeed(live.certificate ?? .noChanges) }
        return try .tls(plain, tlsConfiguration: configuration)
    }
}
