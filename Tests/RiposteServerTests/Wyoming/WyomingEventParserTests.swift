import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteServer

struct WyomingEventParserTests {
    private let sample = WyomingEvent(
        "audio-chunk", ["rate": .number(16_000), "name": .text("grüße\n\"x\""), "list": .list([.bool(true), .empty])],
        payload: [0, 10, 255, 123])

    private func events(_ bytes: [UInt8], limits: WyomingEventParser.Limits = .init()) throws -> [WyomingEvent] {
        var parser = WyomingEventParser(limits: limits)
        parser.append(bytes)
        var events: [WyomingEvent] = []
        while let event = try parser.next() { events.append(event) }
        return events
    }

    @Test func readsWhatItWrites() throws {
        let bytes = try sample.bytes() + WyomingEvent("ping").bytes() + sample.bytes()
        #expect(try events(bytes) == [sample, WyomingEvent("ping"), sample])
    }

    @Test func readsByteByByte() throws {
        var parser = WyomingEventParser()
        var read: [WyomingEvent] = []
        for byte in try sample.bytes() + sample.bytes() {
            parser.append([byte])
            while let event = try parser.next() { read.append(event) }
        }
        #expect(read == [sample, sample])
        #expect(parser.isBetweenEvents)
    }

    @Test func mergesInlineData() throws {
        let bytes =
            Array(#"{"type":"a","data":{"x":1,"y":2},"data_length":7,"payload_length":null}"#.utf8)
            + Array("\n{\"y\":3}".utf8)
        #expect(try events(bytes) == [WyomingEvent("a", ["x": .number(1), "y": .number(3)])])
    }

    @Test(arguments: [
        "[]\n", "garbage\n", "{}\n", #"{"type":""}"# + "\n", #"{"type":"a","data":3}"# + "\n",
        #"{"type":"a","data_length":-1}"# + "\n", #"{"type":"a","payload_length":1e30}"# + "\n",
        #"{"type":"a","payload_length":1.5}"# + "\n", #"{"type":"a","data_length":3}"# + "\n[1]", "\n",
        #"{"type":"a","data_length":99999999}"# + "\n",
    ])
    func refusesWhatIsNoEvent(_ text: String) {
        #expect(throws: RiposteError.self) { try events(Array(text.utf8)) }
    }

    @Test func refusesALineWithoutEndAndDeepNesting() {
        #expect(throws: RiposteError.self) { try events([UInt8](repeating: 32, count: 70_000)) }
        let deep = #"{"type":"# + String(repeating: "[", count: 5000) + "\n"
        #expect(throws: RiposteError.self) { try events(Array(deep.utf8)) }
    }

    /// `RIPOSTE_FUZZ_INPUTS` sets how many; a million takes minutes.
    @Test func survivesMutatedInput() throws {
        let count = ProcessInfo.processInfo.environment["RIPOSTE_FUZZ_INPUTS"].flatMap(Int.init) ?? 5000
        let seeds = try [
            sample.bytes(), WyomingEvent("ping").bytes() + sample.bytes(),
            Array(#"{"type":"a","data":{"x":[1,{"y":"\u00e4"}]},"data_length":7,"payload_length":2}"#.utf8)
                + Array("\n{\"y\":3}ab".utf8),
        ]
        var generator = SeededGenerator(seed: 8)
        var (read, refused) = (0, 0)
        for index in 0..<count {
            var bytes = seeds[index % seeds.count]
            for _ in 0..<Int.random(in: 1...6, using: &generator) { Self.mutate(&bytes, &generator) }
            var parser = WyomingEventParser()
            do {
                var rest = bytes[...]
                while !rest.isEmpty {
                    let piece = rest.prefix(Int.random(in: 1...64, using: &generator))
                    rest = rest.dropFirst(piece.count)
                    parser.append(piece)
                    while try parser.next() != nil { read += 1 }
                }
            } catch is RiposteError {
                refused += 1
            }
            if parser.pendingByteCount > bytes.count { Issue.record("It keeps more than there was.") }
        }
        #expect(read > count / 20)
        #expect(refused > count / 20)
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout SeededGenerator) {
        guard !bytes.isEmpty else { return }
        let at = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 1: bytes[at] = UInt8.random(in: 0...255, using: &generator)
        case 2: bytes.remove(at: at)
        case 3: bytes.insert(contentsOf: "{[\"\\\n9-e".utf8.shuffled(using: &generator).prefix(3), at: at)
        case 4: bytes.removeSubrange(at...)
        default: bytes.insert(contentsOf: bytes[at...].prefix(12), at: 0)
        }
    }
}
