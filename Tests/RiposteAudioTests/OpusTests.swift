import Foundation
import RiposteCore
import RiposteTesting
import Testing

@testable import RiposteAudio

/// Opus and its container. Needs the library: apt install libopus0
@Suite(.enabled(if: OpusLibrary.version != nil, "needs Opus; get it with: apt install libopus0"))
struct OpusTests {
    private func tone(_ rate: Int, seconds: Double) -> [Float] {
        (0..<Int(Double(rate) * seconds)).map { sin(Float($0) * 2 * .pi * 440 / Float(rate)) * 0.5 }
    }

    /// How alike two sounds are, 1 for the same, at the best of a few shifts: filters move a tone by a little.
    private func likeness(_ one: [Float], _ other: [Float]) -> Float {
        func product(_ a: ArraySlice<Float>, _ b: ArraySlice<Float>) -> Float {
            zip(a, b).reduce(0) { $0 + $1.0 * $1.1 }
        }
        return (-8...8).map { shift in
            let (a, b) = (one.dropFirst(max(shift, 0)), other.dropFirst(max(-shift, 0)))
            let count = min(a.count, b.count)
            let (x, y) = (a.prefix(count), b.prefix(count))
            return product(x, y) / (product(x, x) * product(y, y)).squareRoot()
        }.max() ?? 0
    }

    @Test(arguments: OpusLibrary.sampleRates) func packetsKeepTheSound(rate: Int) throws {
        let encoder = try OpusEncoder(sampleRate: rate)
        let decoder = try OpusDecoder(sampleRate: rate)
        let sound = tone(rate, seconds: 1)
        var heard: [Float] = []
        for start in stride(from: 0, to: sound.count, by: encoder.frameLength) {
            let packet = try encoder.encode(sound[start..<min(start + encoder.frameLength, sound.count)])
            #expect(packet.count < 400)
            heard += try decoder.decode(packet)
        }
        #expect(heard.count == sound.count)
        #expect(likeness(Array(heard.dropFirst(encoder.delay)), sound) > 0.97)
    }

    @Test func wrongRatesAreErrors() {
        #expect(throws: RiposteError.self) { try OpusEncoder(sampleRate: 22_050) }
        #expect(throws: RiposteError.self) { try OpusDecoder(sampleRate: 44_100) }
        #expect(throws: RiposteError.self) {
            try OpusDecoder(sampleRate: 48_000).decode([UInt8](repeating: 255, count: 9))
        }
        #expect(throws: RiposteError.self) { try OpusDecoder(sampleRate: 48_000).decode([]) }
    }

    /// What a reader of the container needs to know: pages, checksums, positions, and packets that decode to the sound.
    @Test(arguments: [24_000, 22_050, 16_000]) func fileIsOgg(rate: Int) throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("tone.opus")
        let sound = tone(rate, seconds: 1.21)
        let writer = try OggOpusWriter(file, sampleRate: rate)
        for start in stride(from: 0, to: sound.count, by: 700) {
            try writer.append(Array(sound[start..<min(start + 700, sound.count)]))
        }
        try writer.finish()
        try writer.finish()
        #expect(writer.sampleCount == sound.count)
        let stream = try OggStream(Array(Data(contentsOf: file)))
        #expect(stream.pages.first?.flags == 2 && stream.pages.last?.flags == 4)
        #expect(stream.pages.map(\.number) == Array(0..<UInt32(stream.pages.count)))
        let head = stream.packets[0]
        #expect(head.starts(with: Array("OpusHead".utf8)) && head[9] == 1)
        #expect(stream.packets[1].starts(with: Array("OpusTags".utf8)))
        let skip = Int(head[10]) | Int(head[11]) << 8
        // The position of the last page is the length, the delay in front included.
        let length = Double(stream.pages.last.map { Int($0.position) - skip } ?? 0) / 48_000
        #expect(abs(length - 1.21) < 0.001)
        let decoder = try OpusDecoder(sampleRate: 48_000)
        let heard = try stream.packets.dropFirst(2).flatMap { try decoder.decode($0) }
        #expect(heard.count >= Int(length * 48_000) + skip)
        #expect(likeness(Array(heard.dropFirst(skip)), tone(48_000, seconds: 1.2)) > 0.97)
    }

    @Test func nothingIsAFileToo() throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("none.opus")
        try OggOpusWriter(file, sampleRate: 24_000).finish()
        let stream = try OggStream(Array(Data(contentsOf: file)))
        #expect(stream.pages.last?.flags == 4)
        #expect(throws: RiposteError.self) {
            try OggOpusWriter(URL(fileURLWithPath: "/nowhere/x.opus"), sampleRate: 24_000)
        }
    }
}

/// Takes an Ogg file apart, for tests.
private struct OggStream {
    struct Page {
        var flags: UInt8
        var position: UInt64
        var number: UInt32
    }

    var pages: [Page] = []
    var packets: [[UInt8]] = []

    struct Damaged: Error {}

    init(_ bytes: [UInt8]) throws {
        var start = 0
        var packet: [UInt8] = []
        while start < bytes.count {
            guard bytes.count >= start + 27, bytes[start..<(start + 4)].elementsEqual("OggS".utf8) else {
                throw Damaged()
            }
            func number(_ offset: Int, _ size: Int) -> UInt64 {
                bytes[(start + offset)..<(start + offset + size)].reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            let segments = Array(bytes[(start + 27)..<(start + 27 + Int(bytes[start + 26]))])
            let body = start + 27 + segments.count
            let end = body + segments.reduce(0) { $0 + Int($1) }
            var page = Array(bytes[start..<end])
            page.replaceSubrange(22..<26, with: [0, 0, 0, 0])
            // Bit by bit, unlike the writer.
            var checksum: UInt32 = 0
            for byte in page {
                checksum ^= UInt32(byte) << 24
                for _ in 0..<8 { checksum = checksum & 0x8000_0000 != 0 ? checksum << 1 ^ 0x04C1_1DB7 : checksum << 1 }
            }
            guard UInt64(checksum) == number(22, 4) else { throw Damaged() }
            pages.append(Page(flags: bytes[start + 5], position: number(6, 8), number: UInt32(number(18, 4))))
            var place = body
            for segment in segments {
                packet += bytes[place..<(place + Int(segment))]
                place += Int(segment)
                if segment < 255 {
                    packets.append(packet)
                    packet = []
                }
            }
            start = end
        }
    }
}
