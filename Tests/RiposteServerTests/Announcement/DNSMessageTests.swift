import RiposteCore
import Testing

@testable import RiposteServer

@Suite struct DNSMessageTests {
    static let service = ServiceResponder.Service(
        name: "Riposte", type: "_wyoming._tcp", port: 10_300, host: "riposte-1", addresses: [[192, 168, 1, 2]])

    @Test func readsWhatItWrites() throws {
        let responder = ServiceResponder(Self.service)
        for message in [responder.probe, responder.announcement, responder.goodbye] {
            #expect(try DNSMessage(parsing: message.bytes) == message)
        }
    }

    /// A response as another implementation writes it, with names that point back.
    @Test func readsNamesThatPointBack() throws {
        var bytes: [UInt8] = [0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0]
        bytes += [8] + Array("_wyoming".utf8) + [4] + Array("_tcp".utf8) + [5] + Array("local".utf8) + [0]
        bytes += [0, 12, 0, 1, 0, 0, 0x11, 0x94, 0, 10]
        bytes += [7] + Array("Kitchen".utf8) + [0xC0, 12]
        let message = try DNSMessage(parsing: bytes)
        #expect(message.isResponse)
        #expect(message.answers.first?.name == DNSName("_WYOMING._tcp.Local"))
        #expect(message.answers.first?.content == .pointer(DNSName("Kitchen._wyoming._tcp.local")))
        #expect(message.answers.first?.lifetime == 4_500)
    }

    @Test func refusesNamesWithoutAnEnd() {
        // To itself, forward, to each other, beyond the end, and a label that is cut.
        let head: [UInt8] = [0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
        for name: [UInt8] in [
            [0xC0, 12], [0xC0, 20, 0, 1, 0, 1], [1, 97, 0xC0, 12], [0xC0], [63, 97], [0x80, 1], [],
        ] {
            #expect(throws: RiposteError.self) { try DNSMessage(parsing: head + name) }
        }
    }

    /// Changed messages are read or refused, in time; what is read can be written.
    @Test func survivesChangedMessages() throws {
        var random = SeededGenerator(seed: 1)
        let responder = ServiceResponder(Self.service)
        let seeds = [responder.probe.bytes, responder.announcement.bytes, responder.goodbye.bytes]
        var read = 0
        for round in 0..<20_000 {
            var bytes = seeds[round % seeds.count]
            for _ in 0...Int.random(in: 0..<6, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = .random(in: 0...255, using: &random)
                case 1: bytes[place] = 0xC0
                case 2: bytes.removeSubrange(place..<min(bytes.count, place + 3))
                default: bytes.insert(.random(in: 0...255, using: &random), at: place)
                }
                if bytes.isEmpty { bytes = [0] }
            }
            guard let message = try? DNSMessage(parsing: bytes) else { continue }
            read += 1
            var listener = ServiceResponder(Self.service)
            listener.establish()
            _ = listener.hear(message, isLegacy: round % 2 == 0)
            _ = message.bytes
        }
        #expect(read > 1_000)
    }
}
