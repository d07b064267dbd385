import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOWebSocket
import RiposteCore
import Synchronization

/// A conversation with a service over a WebSocket: messages out as they come, texts in as they come.
struct WebSocketExchange: Sendable {
    enum Message: Sendable {
        case text(String)
        case binary([UInt8])
    }

    /// Why a service grants no WebSocket.
    struct Refusal: Error {
        var status: Int
    }

    /// Of wss or ws, with its query.
    let url: URL
    /// Besides what a WebSocket needs.
    var headers: [String: String] = [:]
    /// What errors say they happened in.
    let stage: RiposteError.Stage
    /// Seconds until a connection is there.
    var connectLimit = 10.0

    private typealias Frames = NIOAsyncChannel<WebSocketFrame, WebSocketFrame>

    /// Bytes of a message.
    private static let longestMessage = 4 << 20

    /// Sends and takes messages until the service closes.
    /// - Parameters:
    ///   - messages: goes on as long as something may have to be sent.
    ///   - onText: is told each text.
    /// - Throws: `.network` where nobody is there, the connection breaks off, or it is closed with an error; with a `Refusal`
    ///   below it where no WebSocket is granted.
    func run(
        _ messages: AsyncStream<Message>, onText: @escaping @Sendable (String) async throws -> Void
    ) async throws {
        let frames = try await connect()
        do {
            try await frames.executeThenClose { inbound, outbound in
                try await withThrowingTaskGroup(of: Bool.self) { group in
                    group.addTask {
                        for await message in messages { try await outbound.write(Self.frame(message)) }
                        return false
                    }
                    group.addTask {
                        try await read(inbound, outbound, onText)
                        return true
                    }
                    defer { group.cancelAll() }
                    while let isOver = try await group.next(), !isOver {}
                }
            }
        } catch {
            if error is RiposteError || error is CancellationError { throw error }
            throw RiposteError(.network, stage, "\(host) stopped answering.", underlying: error)
        }
    }

    private var host: String { url.host() ?? "the service" }

    private static func frame(_ message: Message) -> WebSocketFrame {
        switch message {
        case .text(let text):
            WebSocketFrame(fin: true, opcode: .text, maskKey: .random(), data: ByteBuffer(string: text))
        case .binary(let bytes):
            WebSocketFrame(fin: true, opcode: .binary, maskKey: .random(), data: ByteBuffer(bytes: bytes))
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ onText: (String) async throws -> Void
    ) async throws {
        for try await frame in inbound {
            switch frame.opcode {
            case .text: try await onText(String(buffer: frame.unmaskedData))
            case .ping:
                try await outbound.write(
                    WebSocketFrame(fin: true, opcode: .pong, maskKey: .random(), data: frame.unmaskedData))
            case .connectionClose:
                var data = frame.unmaskedData
                let code = data.readWebSocketErrorCode() ?? .normalClosure
                // Whoever has closed does not wait for the answer.
                try? await outbound.write(
                    WebSocketFrame(fin: true, opcode: .connectionClose, maskKey: .random(), data: frame.unmaskedData))
                guard code == .normalClosure || code == .goingAway else {
                    let reason = String(buffer: data)
                    throw RiposteError(
                        .network, stage, "\(host) has closed the connection\(reason.isEmpty ? "" : ": \(reason)").")
                }
                return
            default: break
            }
        }
        try Task.checkCancellation()
        throw RiposteError(.network, stage, "\(host) stopped answering.")
    }

    // MARK: The connection

    private func connect() async throws -> Frames {
        let isEncrypted = ["wss", "https"].contains(url.scheme)
        let port = url.port ?? (isEncrypted ? 443 : 80)
        let status = Mutex(0)
        let note = StatusNote { code in status.withLock { $0 = code } }
        do {
            let context = isEncrypted ? try NIOSSLContext(configuration: .makeClientConfiguration()) : nil
            let name = (url.host() ?? "").trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
            let upgrade = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
                .connectTimeout(.milliseconds(Int64(connectLimit * 1000)))
                .channelOption(.tcpOption(.tcp_nodelay), value: 1)
                .connect(host: name, port: port) { channel in
                    channel.eventLoop.makeCompletedFuture {
                        if let context {
                            try channel.pipeline.syncOperations.addHandler(
                                try NIOSSLClientHandler(context: context, serverHostname: Self.serverName(name)))
                        }
                        return try prepare(channel, authority: port == 443 ? name : "\(name):\(port)", note)
                    }
                }
            if let frames = try await upgrade.get() { return frames }
        } catch {
            throw RiposteError(.network, stage, "\(host) cannot be reached.", underlying: error)
        }
        let code = status.withLock { $0 }
        throw RiposteError(
            .network, stage, "\(host) answered with the error \(code).", underlying: Refusal(status: code))
    }

    /// Addresses are no names for TLS.
    private static func serverName(_ host: String) -> String? {
        host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? nil : host
    }

    private func prepare(_ channel: any Channel, authority: String, _ note: StatusNote) throws
        -> EventLoopFuture<Frames?>
    {
        let upgrader = NIOTypedWebSocketClientUpgrader<Frames?>(maxFrameSize: Self.longestMessage) { channel, _ in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(
                    NIOWebSocketFrameAggregator(
                        minNonFinalFragmentSize: 0, maxAccumulatedFrameCount: 4096,
                        maxAccumulatedFrameSize: Self.longestMessage))
                return try Frames(wrappingChannelSynchronously: channel)
            }
        }
        // Without a length: there are servers that take no request for a WebSocket with one.
        var fields: HTTPHeaders = ["Host": authority]
        for (name, value) in headers { fields.add(name: name, value: value) }
        let path = url.path().isEmpty ? "/" : url.path()
        let head = HTTPRequestHead(
            version: .http1_1, method: .GET, uri: path + (url.query().map { "?\($0)" } ?? ""), headers: fields)
        var configuration = NIOUpgradableHTTPClientPipelineConfiguration(
            upgradeConfiguration: .init(upgradeRequestHead: head, upgraders: [upgrader]) { channel in
                channel.close().map { nil as Frames? }
            })
        // The first message can come with the answer to the upgrade.
        configuration.leftOverBytesStrategy = .forwardBytes
        let pipeline = channel.pipeline.syncOperations
        let upgrade = try pipeline.configureUpgradableHTTPClientPipeline(configuration: configuration)
        // Who accepts and then says nothing is not waited for either.
        let limit = channel.eventLoop.scheduleTask(in: .milliseconds(Int64(connectLimit * 1000))) {
            channel.close(promise: nil)
        }
        upgrade.whenComplete { _ in limit.cancel() }
        let decoder = try pipeline.handler(type: ByteToMessageHandler<HTTPResponseDecoder>.self)
        try pipeline.addHandler(note.handler(), position: .after(decoder))
        return upgrade
    }

    /// Takes note of the status that a service answers with.
    private struct StatusNote: Sendable {
        let onStatus: @Sendable (Int) -> Void

        func handler() -> Handler { Handler(onStatus: onStatus) }

        final class Handler: ChannelInboundHandler {
            typealias InboundIn = HTTPClientResponsePart
            typealias InboundOut = HTTPClientResponsePart
            private let onStatus: @Sendable (Int) -> Void
            private var isUpgraded = false

            init(onStatus: @escaping @Sendable (Int) -> Void) { self.onStatus = onStatus }

            func channelRead(context: ChannelHandlerContext, data: NIOAny) {
                // After the upgrade what comes is no HTTP any more.
                if !isUpgraded, case .head(let head) = unwrapInboundIn(data) {
                    isUpgraded = head.status == .switchingProtocols
                    onStatus(Int(head.status.code))
                }
                context.fireChannelRead(data)
            }
        }
    }
}
