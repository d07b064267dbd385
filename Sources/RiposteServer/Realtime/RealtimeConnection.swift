import Foundation
import NIOCore
import NIOWebSocket
import RiposteCore

/// One client of `/v1/realtime`: its messages in, the conversation's events out.
struct RealtimeConnection: Sendable {
    let engines: SpeechEngines
    let admission: Admission

    func serve(_ channel: WebSocketChannel.Frames, uri: String) async throws {
        try await channel.executeThenClose { inbound, outbound in
            let send: @Sendable (JSONValue) async throws -> Void = { event in
                var members = event
                if case .object(var fields) = event {
                    fields["event_id"] = .string(RealtimeConversation.identifier("event"))
                    members = .object(fields)
                }
                let text = String(decoding: try JSONEncoder().encode(members), as: UTF8.self)
                try await outbound.write(WebSocketFrame(fin: true, opcode: .text, data: ByteBuffer(string: text)))
            }
            guard let place = try? admission.enter() else {
                try await send(RealtimeConversation.failure("All places are taken; try again in a moment."))
                try await Self.close(outbound, .unknown(1_013))
                return
            }
            defer { withExtendedLifetime(place) {} }
            let model = URLComponents(string: uri)?.queryItems?.first { $0.name == "model" }?.value
            let conversation = RealtimeConversation(engines: engines, model: model, send: send)
            do {
                try await conversation.begin()
                try await read(inbound, outbound, conversation)
            } catch {
                await conversation.end()
                throw error
            }
            await conversation.end()
        }
    }

    private func read(
        _ inbound: NIOAsyncChannelInboundStream<WebSocketFrame>,
        _ outbound: NIOAsyncChannelOutboundWriter<WebSocketFrame>, _ conversation: RealtimeConversation
    ) async throws {
        for try await frame in inbound {
            switch frame.opcode {
            case .text: try await conversation.receive(Data(frame.unmaskedData.readableBytesView))
            case .ping:
                try await outbound.write(WebSocketFrame(fin: true, opcode: .pong, data: frame.unmaskedData))
            case .connectionClose:
                try await outbound.write(
                    WebSocketFrame(fin: true, opcode: .connectionClose, data: frame.unmaskedData))
                return
            case .pong: break
            default:
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
