import Foundation
import NIOCore
import NIOWebSocket
import RiposteCore
import ServiceLifecycle
import Synchronization

/// One client of `/v1/realtime`: its messages in, the conversation's events out.
struct RealtimeConnection: Sendable {
    /// What a client may do.
    struct Limits: Sendable {
        /// Seconds without a message after which it is hung up on. Default 300.
        var idle = 300.0
        /// Messages a second, in the long run, and at once; who sends more is read more slowly. Default 200 and 2000: a
        /// message with 20 ms of sound makes 50.
        var messages = (rate: 200.0, burst: 2_000.0)
        /// The same in bytes. Default 1 MB and 8 MB: sound at real pace is 64 kB.
        var bytes = (rate: 1e6, burst: 8e6)
        /// Seconds in which what is being said may end when the server is to. Default 15.
        var winding = 15.0
    }

    let engines: SpeechEngines
    let admission: Admission
    let log: ConversationLog
    var limits = Limits()
    var kept = KeptConversations()
    /// Seconds without a message after which a client is hung up on that comes now; nil: as the limits say.
    var idleLimit: (@Sendable () -> Double)?

    func serve(_ channel: WebSocketChannel.Frames, uri: String) async throws {
        let connection = channel.channel
        try await channel.executeThenClose { inbound, outbound in
            let send: @Sendable (String) async throws -> Void = { text in
                try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
            }
            guard let place = try? admission.enter() else {
                let message = "All places are taken; try again in a moment."
                try await send(RealtimeConversation.failure(message, code: "places_taken").text)
                try await Self.close(outbound, .unknown(1_013))
                return
            }
            defer { withExtendedLifetime(place) {} }
            let model = URLComponents(string: uri)?.queryItems?.first { $0.name == "model" }?.value
            let conversation = RealtimeConversation(
                engines: engines.queued(), model: model, log: log, kept: kept,
                hangUp: { connection.close(promise: nil) }, send: send)
            let seconds = idleLimit?() ?? limits.idle
            let idle = IdleWatch(seconds: seconds) {
                log.figures.hungUp(.idle)
                let message = "Nothing has come for \(Int(seconds)) s."
                try? await send(RealtimeConversation.failure(message, code: "idle").text)
                try? await Self.close(outbound, .goingAway)
                // Whoever does not answer is left.
                try? await Task.sleep(for: .seconds(1))
                connection.close(promise: nil)
            }
            defer { idle.end() }
            do {
                try await withGracefulShutdownHandler {
                    try await conversation.begin()
                    try await connection.whileConnected {
                        try await read(inbound, outbound, conversation, idle)
                    }
                } onGracefulShutdown: {
                    // What is being said is said to its end; then the client may go on at another server.
                    Task {
                        await conversation.waitForPause(within: limits.winding)
                        try? await Self.close(outbound, .unknown(1_012))
                        try? await Task.sleep(for: .seconds(1))
                        connection.close(promise: nil)
                    }
                }
            } catch {
                await conversation.end()
                throw error
            }
            await conversation.end()
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ conversation: RealtimeConversation,
        _ idle: IdleWatch
    ) async throws {
        var messages = TokenBucket(rate: limits.messages.rate, burst: limits.messages.burst)
        var bytes = TokenBucket(rate: limits.bytes.rate, burst: limits.bytes.burst)
        for try await frame in inbound {
            let wait = max(messages.draw(), bytes.draw(Double(frame.length)))
            if wait > 0 { try await Task.sleep(for: .seconds(wait)) }
            switch frame.opcode {
            case .text:
                idle.heard()
                try await conversation.receive(Array(frame.unmaskedData.readableBytesView))
            case .ping:
                try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                try await outbound.write(
                    WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
                return
            case .pong: break
            default:
                log.figures.hungUp(.garbage)
                try await Self.close(outbound, .unacceptableData)
                return
            }
        }
    }

    private static func close(
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ code: WebSocketErrorCode
    ) async throws {
        var data = ByteBuffer()
        data.write(webSocketErrorCode: code)
        try await outbound.write(WebSocketFrame(fin: true, opcode: .connectionClose, data: data))
    }
}

/// Does something when nothing was heard for a while.
private final class IdleWatch: Sendable {
    private let last: LastHeard
    private let watch: Task<Void, Never>

    private final class LastHeard: Sendable {
        let time = Mutex(ContinuousClock.now)
    }

    init(seconds: Double, onIdle: @escaping @Sendable () async -> Void) {
        let last = LastHeard()
        self.last = last
        watch = Task {
            while !Task.isCancelled {
                let end = last.time.withLock { $0 } + .seconds(seconds)
                if end <= .now { return await onIdle() }
                try? await Task.sleep(until: end, clock: .continuous)
            }
        }
    }

    func heard() { last.time.withLock { $0 = .now } }

    func end() { watch.cancel() }
}
