import Foundation
import NIOCore
import NIOPosix
import RiposteCore

/// Somebody who does not behave: what a server has to bear from the network.
enum RudeCaller: String, CaseIterable, Sendable {
    /// Hangs up in the middle of a word, or of the answer.
    case hangsUp
    /// Sends, and reads nothing.
    case readsNothing
    /// Sends no more than a part of a frame, and waits.
    case stopsInFrame
    /// Cuts the connection in the middle of a frame.
    case cutsInFrame
    /// Sends events that are none.
    case sendsNonsense
    /// Sends bytes that are no frames.
    case sendsNoise
    /// Sends bytes that are no HTTP.
    case speaksNoHTTP
    /// Sends sound as fast as it can.
    case hurries

    /// For how long at most it does so, in seconds: who only waits is to wait longer than a server bears it.
    var longest: Double {
        switch self {
        case .readsNothing, .stopsInFrame: 20
        default: 6
        }
    }

    /// Does what it does for so long.
    func call(
        _ address: ServerAddress, _ speech: CallerSpeech, for seconds: Double, using random: inout SeededGenerator
    ) async throws {
        switch self {
        case .hangsUp: try await hangUp(address, speech, after: Double.random(in: 0...seconds, using: &random))
        case .readsNothing: try await readNothing(address, speech, for: seconds)
        case .sendsNonsense: try await sendNonsense(address, using: &random)
        case .hurries: try await hurry(address, speech, for: seconds)
        case .stopsInFrame, .cutsInFrame, .sendsNoise, .speaksNoHTTP:
            try await sendBytes(address, for: seconds, using: &random)
        }
    }

    private func hangUp(_ address: ServerAddress, _ speech: CallerSpeech, after seconds: Double) async throws {
        let (caller, events) = try await SimulatedCaller.call(address)
        let talking = Task { await caller.say(speech, events) }
        try? await Task.sleep(for: .seconds(seconds))
        talking.cancel()
        await caller.client.close(politely: false)
        _ = await talking.value
    }

    private func readNothing(_ address: ServerAddress, _ speech: CallerSpeech, for seconds: Double) async throws {
        let client = try await RealtimeClient.connect(address)
        try await client.stopReading()
        let end = ContinuousClock.now + .seconds(seconds)
        // Each of them is answered with an error, which nobody takes.
        let sending = Task {
            for event in speech.events { try await client.send(event) }
            while !Task.isCancelled { try await client.send(#"{"type":"dance"}"#) }
        }
        try? await Task.sleep(until: end, clock: .continuous)
        sending.cancel()
        await client.close(politely: false)
        _ = await sending.result
    }

    private func hurry(_ address: ServerAddress, _ speech: CallerSpeech, for seconds: Double) async throws {
        let client = try await RealtimeClient.connect(address)
        let sending = Task {
            while !Task.isCancelled { for event in speech.events { try await client.send(event) } }
        }
        try? await Task.sleep(for: .seconds(seconds))
        sending.cancel()
        await client.close(politely: false)
        _ = await sending.result
    }

    private func sendNonsense(_ address: ServerAddress, using random: inout SeededGenerator) async throws {
        let client = try await RealtimeClient.connect(address)
        for _ in 0..<100 {
            let text = Self.nonsense.randomElement(using: &random) ?? ""
            try await client.send(Self.garbled(text, using: &random))
        }
        await client.close()
    }

    private static let nonsense = [
        "", "{", "[]", "null", #"{"type":"response.create"}"#, #"{"type":"response.cancel"}"#,
        #"{"type":"session.update","session":{"type":"realtime","audio":{"input":{"turn_detection":null}}}}"#,
        #"{"type":"input_audio_buffer.append","audio":"AAAA"}"#, #"{"type":"input_audio_buffer.commit"}"#,
        #"{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"text":"hello"}]}}"#,
        #"{"type":"conversation.item.truncate","item_id":"x","content_index":0,"audio_end_ms":-1e308}"#,
    ]

    private static func garbled(_ text: String, using random: inout SeededGenerator) -> String {
        guard Bool.random(using: &random), !text.isEmpty else { return text }
        var scalars = Array(text.unicodeScalars)
        let index = Int.random(in: 0..<scalars.count, using: &random)
        scalars[index] = Unicode.Scalar(UInt8.random(in: 32..<127, using: &random))
        return String(String.UnicodeScalarView(scalars))
    }

    private func sendBytes(_ address: ServerAddress, for seconds: Double, using random: inout SeededGenerator)
        async throws
    {
        let noise = (0..<4_096).map { _ in UInt8.random(in: 0...255, using: &random) }
        let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connect(host: address.host, port: address.port).get()
        if self != .speaksNoHTTP {
            let token = address.token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
            try await channel.writeAndFlush(
                ByteBuffer(
                    string: "GET /v1/realtime HTTP/1.1\r\nHost: \(address.host):\(address.port)\r\n\(token)"
                        + "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"))
            try await Task.sleep(for: .milliseconds(200))
        }
        // A masked text frame of 2000 bytes begins like this.
        let head: [UInt8] = [0x81, 0xFE, 0x07, 0xD0, 1, 2, 3, 4]
        switch self {
        case .sendsNoise, .speaksNoHTTP: try? await channel.writeAndFlush(ByteBuffer(bytes: noise))
        default: try? await channel.writeAndFlush(ByteBuffer(bytes: head + noise.prefix(500)))
        }
        if self == .stopsInFrame { try await Task.sleep(for: .seconds(seconds)) }
        try? await channel.close()
    }
}
