import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOWebSocket
import RiposteCore

/// Where a server is.
struct ServerAddress: Sendable {
    var host = "127.0.0.1"
    var port: Int
    var token: String?

    /// - Parameter text: as "127.0.0.1:8080".
    init?(_ text: String, token: String? = nil) {
        guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]) else { return nil }
        host = String(text[..<colon])
        self.port = port
        self.token = token
    }
}

/// A client of `/v1/realtime`, as somebody else's program has one: a WebSocket, events as text.
final class RealtimeClient: Sendable {
    /// What a server tells, as far as a caller needs it, and when it came.
    struct Event: Decodable, Sendable {
        struct Fault: Decodable, Sendable {
            var message: String
        }
        struct Response: Decodable, Sendable {
            var status: String
        }
        var type: String
        var error: Fault?
        var response: Response?
        var time = ContinuousClock.now

        private enum CodingKeys: String, CodingKey { case type, error, response }
    }

    /// Ends when the connection does.
    let events: AsyncStream<Event>
    private let channel: any Channel

    private init(_ channel: any Channel, _ events: AsyncStream<Event>) {
        self.channel = channel
        self.events = events
    }

    /// - Throws: `.network` where nobody answers, or without a WebSocket.
    static func connect(_ address: ServerAddress) async throws -> RealtimeClient {
        let (events, output) = AsyncStream.makeStream(of: Event.self)
        do {
            let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.seconds(10))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: address.host, port: address.port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        try Self.prepare(channel, address, output)
                    }
                }
            guard let channel = try await upgrade.get() else {
                throw RiposteError(.network, .session, "The server grants no WebSocket.")
            }
            return RealtimeClient(channel, events)
        } catch let error as RiposteError {
            throw error
        } catch {
            throw RiposteError(
                .network, .session, "Nobody answers on \(address.host), port \(address.port): \(error)",
                underlying: error)
        }
    }

    private static func prepare(
        _ channel: any Channel, _ address: ServerAddress, _ output: AsyncStream<Event>.Continuation
    ) throws -> EventLoopFuture<(any Channel)?> {
        let upgrader = NIOTypedWebSocketClientUpgrader<(any Channel)?>(maxFrameSize: 4 << 20) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(EventReader(output))
                return channel
            }
        }
        var headers: HTTPHeaders = ["Host": "\(address.host):\(address.port)", "Content-Length": "0"]
        if let token = address.token { headers.add(name: "Authorization", value: "Bearer \(token)") }
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: "/v1/realtime?model=riposte", headers: headers)
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: .init(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
                channel.close().map { nil as (any Channel)? }
            })
        // The first event can come with the answer to the upgrade.
        configuration.leftOverBytesStrategy = .forwardBytes
        return try channel.pipeline.syncOperations.configureUpgradableHTTPClientPipeline(configuration: configuration)
    }

    /// Sends an event. Waits while the server does not take it.
    func send(_ event: ByteBuffer) async throws {
        try await channel.writeAndFlush(WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: event))
    }

    func send(_ event: String) async throws { try await send(ByteBuffer(string: event)) }

    /// Reads nothing of what comes from now on.
    func stopReading() async throws { try await channel.setOption(.autoRead, value: false).get() }

    /// Hangs up, with or without a word.
    func close(politely: Bool = true) async {
        if politely {
            try? await channel.writeAndFlush(
                WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: ByteBuffer()))
        }
        try? await channel.close()
    }
}

/// Takes the events out of a server's frames.
private final class EventReader: ChannelInboundHandler {
    typealias InboundIn = WebSocketFrame

    private let output: AsyncStream<RealtimeClient.Event>.Continuation
    private let decoder = JSONDecoder()

    init(_ output: AsyncStream<RealtimeClient.Event>.Continuation) { self.output = output }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let frame = unwrapInboundIn(data)
        switch frame.opcode {
        case .text:
            let text = Data(frame.data.readableBytesView)
            if let event = try? decoder.decode(RealtimeClient.Event.self, from: text) { output.yield(event) }
        case .connectionClose: context.close(promise: nil)
        default: break
        }
    }

    func channelInactive(context: ChannelHandlerContext) {
        output.finish()
        context.fireChannelInactive()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        output.finish()
        context.close(promise: nil)
    }
}
