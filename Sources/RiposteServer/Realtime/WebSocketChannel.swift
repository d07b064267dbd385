import HTTPTypes
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOWebSocket
import ServiceLifecycle

/// A connection that speaks HTTP, or WebSocket once it has asked for it at one path.
struct WebSocketChannel: HTTPChannelHandler {
    typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// What has become of the connection.
    enum Upgrade: Sendable {
        case http(NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>)
        case webSocket(Frames, uri: String)
    }

    struct Value: ServerChildChannelValue {
        let upgrade: EventLoopFuture<Upgrade>
        let channel: any Channel
    }

    let responder: HTTPChannelHandler.Responder
    let idleLimit: Double
    /// Bytes of a message.
    let messageLimit: Int
    /// A client that takes nothing for so many seconds is cut off.
    let stallLimit: Double
    let onStall: @Sendable () -> Void
    /// Bytes that the system keeps for a WebSocket's client: what one does not read must not pile up there either.
    private static let sendBuffer: Int32 = 1 << 18
    /// Whether a request may become a WebSocket; what may not is answered as any request.
    let admits: Admits
    typealias Admits = @Sendable (_ uri: String, _ headers: HTTPHeaders, _ client: String) -> Bool
    let serve: @Sendable (Frames, _ uri: String) async throws -> Void

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        let (admits, messageLimit, idleLimit) = (admits, messageLimit, idleLimit)
        let (stallLimit, onStall) = (TimeAmount.milliseconds(Int64(stallLimit * 1_000)), onStall)
        let limit = TimeAmount.milliseconds(Int64(idleLimit * 1_000))
        return channel.eventLoop.makeCompletedFuture {
            let upgrader = NIOTypedWebSocketServerUpgrader<Upgrade>(
                maxFrameSize: messageLimit,
                // Who may not was found out before: see UpgradeFilter.
                shouldUpgrade: { channel, head in
                    // A browser that offers protocols wants one of them.
                    let offers = head.headers[canonicalForm: "sec-websocket-protocol"].contains("realtime")
                    return channel.eventLoop.makeSucceededFuture(
                        offers ? ["Sec-WebSocket-Protocol": "realtime"] : HTTPHeaders())
                },
                upgradePipelineHandler: { channel, head in
                    channel.eventLoop.makeCompletedFuture {
                        try? channel.syncOptions?.setOption(
                            .socketOption(.so_sndbuf), value: .init(Self.sendBuffer))
                        try channel.pipeline.syncOperations.addHandler(
                            NIOWebSocketFrameAggregator(
                                minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 1_024,
                                maxAccumulatedFrameSize: messageLimit))
                        return .webSocket(try Frames(wrappingChannelSynchronously: channel), uri: head.uri)
                    }
                })
            var configuration = NIOUpgradableHTTPServerPipelineConfiguration(
                upgradeConfiguration: .init(upgraders: [upgrader]) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        let pipeline = channel.pipeline.syncOperations
                        try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
                        try pipeline.addHandler(
                            HTTPConnectionStateHandler(idleTimeout: .seconds(idleLimit), logger: logger))
                        return .http(
                            try NIOAsyncChannel(
                                wrappingChannelSynchronously: channel,
                                configuration: .init(isOutboundHalfClosureEnabled: true)))
                    }
                })
            // Before everything, and for as long as the connection lasts: who reads no answer holds a place as well.
            try channel.pipeline.syncOperations.addHandler(
                PeerWatch(stallLimit: stallLimit, idleLimit: nil, onStall: onStall))
            configuration.enablePipelining = false
            configuration.enableErrorHandling = false
            configuration.enableResponseHeaderValidation = false
            let pipeline = channel.pipeline.syncOperations
            let upgrade = try pipeline.configureUpgradableHTTPServerPipeline(configuration: configuration)
            let upgradeHandler = try pipeline.handler(type: NIOTypedHTTPServerUpgradeHandler<Upgrade>.self)
            try pipeline.addHandler(UpgradeFilter(admits: admits), position: .before(upgradeHandler))
            let timer = channel.eventLoop.scheduleTask(in: limit) { channel.close(promise: nil) }
            upgrade.whenComplete { _ in timer.cancel() }
            return Value(upgrade: upgrade, channel: channel)
        }
    }

    func handle(value: Value, logger: Logger) async {
        do {
            // Until the first request is there, nothing is lost by closing.
            let upgrade = try await withGracefulShutdownHandler {
                try await value.upgrade.get()
            } onGracefulShutdown: {
                value.channel.close(promise: nil)
            }
            switch upgrade {
            case .http(let channel): await handleHTTP(asyncChannel: channel, logger: logger)
            case .webSocket(let channel, let uri):
                // Whoever serves it sees to its end.
                try await serve(channel, uri)
            }
        } catch {
            logger.debug("a connection ended: \(error)")
            value.channel.close(promise: nil)
        }
    }
}

/// Takes the wish for an upgrade out of a connection's first request where it is not granted, so that the request is
/// answered as any other: NIO's upgrade handler forgets the head of a request that it does not upgrade.
private final class UpgradeFilter: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart

    private let admits: WebSocketChannel.Admits
    private var isDone = false

    init(admits: @escaping WebSocketChannel.Admits) { self.admits = admits }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        // After the first request's head these may be the bytes of a WebSocket.
        guard !isDone else { return context.fireChannelRead(data) }
        isDone = true
        guard case .head(var head) = unwrapInboundIn(data), head.headers.contains(name: "upgrade"),
            !(isWebSocket(head) && admits(head.uri, head.headers, context.remoteAddress?.ipAddress ?? ""))
        else { return context.fireChannelRead(data) }
        head.headers.remove(name: "upgrade")
        context.fireChannelRead(wrapInboundOut(.head(head)))
    }

    /// Whether the request has what RFC 6455, section 4.2.1, asks for.
    private func isWebSocket(_ head: HTTPRequestHead) -> Bool {
        head.method == .GET && head.headers[canonicalForm: "upgrade"].contains { $0.lowercased() == "websocket" }
            && head.headers["sec-websocket-version"] == ["13"] && head.headers["sec-websocket-key"].count == 1
    }
}
