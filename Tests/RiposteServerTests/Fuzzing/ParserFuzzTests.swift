import Foundation
import NIOCore
import NIOEmbedded
import NIOWebSocket
import RiposteCore
import Testing

@testable import RiposteServer

/// Parsers of what comes from the network, with inputs that are nearly right. Without a crash or an endless loop much is
/// won; what can be said of the results is checked.
@Suite struct ParserFuzzTests {
    private static let events = [
        #"{"type":"session.update","session":{"type":"realtime","output_modalities":["audio"],"audio":{"input":{"#
            + #""format":{"type":"audio/pcm","rate":24000},"turn_detection":{"type":"semantic_vad"}}}}}"#,
        #"{"type":"input_audio_buffer.append","audio":"AAABAAIAAwAEAAUABgAHAA=="}"#,
        #"{"text":"é😀\u00e9\ud83d\ude00\n","numbers":[0,-1.5e-3,1E5],"nothing":null,"yes":true}"#,
    ]

    /// It takes what Foundation takes, apart from what is beyond its bounds, and understands the same.
    @Test func readsJSON() throws {
        var mutation = Mutation(texts: Self.events)
        for _ in 0..<Mutation.budget {
            let bytes = mutation.next()
            guard let value = try? JSONReader.value(bytes) else { continue }
            let text = value.text
            let again = try? JSONReader.value(Array(text.utf8))
            guard again == value else {
                Issue.record("\(bytes) was read as \(text), which is read as \(String(describing: again))")
                return
            }
            let other = try? JSONDecoder().decode(JSONValue.self, from: Data(bytes))
            // Foundation refuses numbers that are (RFC 8259, section 6): a zero with an exponent, one too small to tell from 0.
            if other == nil, String(decoding: bytes, as: UTF8.self).contains(/[0-9][eE]/) { continue }
            guard other == value else {
                Issue.record("\(String(decoding: bytes, as: UTF8.self)) was read as \(text)")
                return
            }
        }
    }

    @Test func readsForms() {
        let part = "Content-Disposition: form-data; name=\"file\"; filename=\"a.wav\"\r\n\r\nRIFF\r\n"
        var bodies = Mutation(texts: ["--b\r\n\(part)--b\r\n\(part)--b--\r\n", "--b--", ""])
        var types = Mutation(
            texts: ["multipart/form-data; boundary=b", "multipart/form-data; boundary=\"b\""], seed: 2)
        var read = 0
        for _ in 0..<Mutation.budget {
            let (body, type) = (Data(bodies.next()), String(decoding: types.next(), as: UTF8.self))
            guard let form = MultipartForm(body, contentType: type) else { continue }
            read += 1
            let length = form.fields.reduce(0) { $0 + $1.value.count }
            if length > body.count { Issue.record("more came out than was in \(body)") }
        }
        #expect(read > 0)
    }

    /// Frames of all kinds, in pieces of any length, until the decoder says that they are none.
    @Test func readsFrames() throws {
        var frames: [[UInt8]] = []
        for (opcode, fin, data) in [
            (WebSocketOpcode.text, true, Self.events[0]), (.text, false, "a"), (.continuation, true, "b"),
            (.ping, true, "p"), (.connectionClose, true, "\u{3}\u{8}"), (.binary, true, ""),
        ] {
            let channel = EmbeddedChannel(handler: WebSocketFrameEncoder())
            let frame = WebSocketFrame(
                fin: fin, opcode: opcode, maskKey: .init([1, 2, 3, 4]), data: ByteBuffer(string: data))
            try channel.writeOutbound(frame)
            var bytes: [UInt8] = []
            while let part = try channel.readOutbound(as: ByteBuffer.self) { bytes += part.readableBytesView }
            frames.append(bytes)
            _ = try? channel.finish()
        }
        frames += [frames[1] + frames[3] + frames[2], frames.flatMap { $0 }]
        var mutation = Mutation(frames)
        var whole = 0
        for _ in 0..<Mutation.budget {
            let channel = EmbeddedChannel()
            try channel.pipeline.syncOperations.addHandlers([
                ByteToMessageHandler(WebSocketFrameDecoder(maxFrameSize: 1 << 16)), WebSocketProtocolErrorHandler(),
                NIOWebSocketFrameAggregator(
                    minNonFinalFragmentSize: 1, maxAccumulatedFrameCount: 1_024, maxAccumulatedFrameSize: 1 << 16),
            ])
            let bytes = mutation.next()
            for piece in stride(from: 0, to: bytes.count, by: 7) {
                guard (try? channel.writeInbound(ByteBuffer(bytes: bytes[piece..<min(bytes.count, piece + 7)]))) != nil
                else { break }
                while let frame = try? channel.readInbound(as: WebSocketFrame.self) {
                    whole += 1
                    _ = try? JSONReader.value(Array(frame.unmaskedData.readableBytesView))
                }
            }
            _ = try? channel.finish(acceptAlreadyClosed: true)
        }
        #expect(whole > 0)
    }
}
