import Logging
import NIOCore
import NIOPosix
import RiposteAudio
import RiposteCore
import ServiceLifecycle
import Synchronization

/// Serves Wyoming, the voice protocol of Home Assistant, on TCP: recognition with its own end of turn, voices, wake words,
/// answers and intents.
///
/// ```swift
/// let server = WyomingServer(engines: engines, configuration: .init())
/// try await server.run()  // until its task is cancelled or the service is shut down
/// ```
public struct WyomingServer: Service {
    public struct Configuration: Sendable {
        /// Where it listens. Default: this machine only; the protocol knows no password.
        public var host = "127.0.0.1"
        /// 0 takes any free port. Default 10300.
        public var port = 10_300
        /// Clients at once; further ones are told that it is full. Default 64.
        public var connectionLimit = 64
        /// A client that takes nothing for so many seconds is cut off. Default 10.
        public var stallLimit = 10.0
        /// A client that says nothing and is told nothing for so many seconds is cut off. Default 300.
        public var idleLimit = 300.0
        /// Seconds in which what is asked may be answered when the server is to end. Default 10.
        public var winding = 10.0
        /// How large events may be.
        public var limits = WyomingEventParser.Limits()
        /// What `info` calls the version.
        public var version = "0.1.0"

        /// Where conversations are kept; nil: in this process only.
        public var memory: ConversationMemory?

        public init() {}
    }

    private let engines: SpeechEngines
    private let configuration: Configuration
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) async -> Void
    private let conversations: TextConversations

    private typealias ClientChannel = NIOAsyncChannel<ByteBuffer, ByteBuffer>

    /// - Parameter onListening: told once clients can connect, with the port.
    public init(
        engines: SpeechEngines, configuration: Configuration = .init(),
        logger: Logger = Logger(label: "riposte.wyoming"),
        onListening: @escaping @Sendable (_ port: Int) async -> Void = { _ in }
    ) {
        self.engines = engines
        self.configuration = configuration
        conversations = TextConversations(memory: configuration.memory, kind: "wyoming")
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the task is cancelled or the service shut down. Then what is being heard, spoken or answered is ended first.
    /// - Throws: `.network` when the port cannot be had.
    public func run() async throws {
        let server = try await listen()
        await onListening(server.channel.localAddress?.port ?? configuration.port)
        let clients = ClientCount()
        try await server.executeThenClose { channels in
            try await withGracefulShutdownHandler {
                try await withThrowingDiscardingTaskGroup { group in
                    for try await channel in channels {
                        group.addTask {
                            let others = clients.enter()
                            await serve(channel, isFull: others >= configuration.connectionLimit)
                            clients.leave()
                        }
                    }
                    // A port that is lost otherwise ends all of it.
                    if !Task.isShuttingDownGracefully { group.cancelAll() }
                }
            } onGracefulShutdown: {
                // Nobody else comes; each client is let go of where it is served.
                server.channel.close(promise: nil)
            }
        }
    }

    private func listen() async throws -> NIOAsyncChannel<ClientChannel, Never> {
        let configuration = configuration
        do {
            return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .serverChannelOption(.backlog, value: 64)
                .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
                .childChannelOption(.tcpOption(.tcp_nodelay), value: 1)
                .bind(host: configuration.host, port: configuration.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try channel.pipeline.syncOperations.addHandler(
                            PeerWatch(
                                stallLimit: .milliseconds(Int64(configuration.stallLimit * 1000)),
                                idleLimit: .milliseconds(Int64(configuration.idleLimit * 1000))))
                        return try ClientChannel(wrappingChannelSynchronously: channel)
                    }
                }
        } catch {
            throw RiposteError(
                .network, .configuration,
                "Wyoming cannot listen on \(configuration.host), port \(configuration.port): \(error)",
                underlying: error)
        }
    }

    private func serve(_ client: ClientChannel, isFull: Bool) async {
        do {
            try await client.executeThenClose { inbound, outbound in
                let send: @Sendable (WyomingEvent) async throws -> Void = { event in
                    try await outbound.write(ByteBuffer(bytes: try event.bytes()))
                }
                do {
                    guard !isFull else {
                        throw RiposteError(.timedOut, .session, "The server is full; try again later.")
                    }
                    let log = WyomingLog(logger: logger)
                    let connection = WyomingConnection(
                        engines: engines.queued(), conversations: conversations, version: configuration.version,
                        name: log.conversation
                    ) { event in
                        log.note(event)
                        try await send(event)
                    }
                    log.begins()
                    defer { log.ends() }
                    try await withGracefulShutdownHandler {
                        try await client.channel.whileConnected {
                            try await connection.run(WyomingEvents(inbound, limits: configuration.limits))
                        }
                    } onGracefulShutdown: {
                        Task {
                            await connection.activity.rest(within: configuration.winding)
                            // What a slow client has not taken yet is taken first.
                            try? await client.channel.writeAndFlush(ByteBuffer()).get()
                            client.channel.close(promise: nil)
                        }
                    }
                } catch let error as RiposteError {
                    // Its message may quote what the client sent.
                    logger.info(
                        "a Wyoming client is refused",
                        metadata: ["code": .string(error.code.rawValue), "stage": .string(error.stage.rawValue)])
                    // Clients that do not know errors would wait for an answer for ever: the connection ends as well.
                    try await send(
                        WyomingEvent("error", ["text": .text(error.message), "code": .text(error.code.rawValue)]))
                }
            }
        } catch {
            // A client that is gone has nothing to be told.
            logger.debug("a Wyoming connection broke off", metadata: ["error": .string("\(type(of: error))")])
        }
    }
}

/// How many clients there are.
private final class ClientCount: Sendable {
    private let count = Atomic<Int>(0)

    /// - Returns: how many there were already.
    func enter() -> Int { count.wrappingAdd(1, ordering: .relaxed).oldValue }

    func leave() { count.wrappingSubtract(1, ordering: .relaxed) }
}

/// The events in what a client sends.
struct WyomingEvents: AsyncSequence, Sendable {
    typealias Element = WyomingEvent

    private let bytes: NIOAsyncChannelInboundStream<ByteBuffer>
    private let limits: WyomingEventParser.Limits

    init(_ bytes: NIOAsyncChannelInboundStream<ByteBuffer>, limits: WyomingEventParser.Limits) {
        self.bytes = bytes
        self.limits = limits
    }

    func makeAsyncIterator() -> Iterator {
        Iterator(bytes: bytes.makeAsyncIterator(), parser: WyomingEventParser(limits: limits))
    }

    struct Iterator: AsyncIteratorProtocol {
        var bytes: NIOAsyncChannelInboundStream<ByteBuffer>.AsyncIterator
        var parser: WyomingEventParser

        /// - Throws: `.badInput` for what is no event.
        mutating func next() async throws -> WyomingEvent? {
            while true {
                if let event = try parser.next() { return event }
                // What a client leaves unfinished when it goes is nothing.
                guard let more = try await bytes.next() else { return nil }
                parser.append(more.readableBytesView)
            }
        }
    }
}
