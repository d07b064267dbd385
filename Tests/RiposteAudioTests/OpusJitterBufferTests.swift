import Foundation
import RiposteCore
import Testing

@testable import RiposteAudio

@Suite(.enabled(if: OpusLibrary.version != nil, "libopus is not installed"))
struct OpusJitterBufferTests {
    private let rate = 24_000

    /// A second of a tone of 220 Hz as packets of 20 ms at 24 kbit/s.
    private func packets() throws -> [[UInt8]] {
        let encoder = try OpusEncoder(sampleRate: rate, bitrate: 24_000)
        return try (0..<50).map { index in
            let samples = (0..<480).map { Float(0.5 * sin(2 * .pi * 220 * Double(index * 480 + $0) / 24_000)) }
            return try encoder.encode(samples)
        }
    }

    private func level(_ samples: [Float]) -> Float {
        (samples.reduce(0) { $0 + $1 * $1 } / Float(max(1, samples.count))).squareRoot()
    }

    @Test func waitsForItsDepthThenPlaysInOrder() throws {
        let (buffer, plain, packets) = (
            try OpusJitterBuffer(sampleRate: rate), try OpusDecoder(sampleRate: rate), try packets()
        )
        buffer.insert(packets[1], number: 1)
        buffer.insert(packets[0], number: 0)
        #expect(try buffer.frame() == nil)
        buffer.insert(packets[2], number: 2)
        for number in 0..<3 {
            let isSame = try buffer.frame() == plain.decode(packets[number])
            #expect(isSame)
        }
        #expect(buffer.statistics == .init(played: 3))
    }

    @Test func concealsWhatIsLost() throws {
        let (buffer, packets) = (try OpusJitterBuffer(sampleRate: rate), try packets())
        for number in 0..<50 where number % 10 != 9 { buffer.insert(packets[number], number: number) }
        var levels: [Float] = []
        for _ in 0..<49 {
            let frame = try #require(try buffer.frame())
            #expect(frame.count == 480)
            levels.append(level(frame))
        }
        #expect(buffer.statistics.concealed == 4)
        // A hole in the tone would be silence; a tone of this loudness is 0.35.
        #expect((levels.dropFirst(3).min() ?? 0) > 0.15)
    }

    @Test func dropsWhatIsTooLateAndEndsInSilence() throws {
        let (buffer, packets) = (try OpusJitterBuffer(sampleRate: rate), try packets())
        for number in [0, 1, 3] { buffer.insert(packets[number], number: number) }
        for _ in 0..<4 { #expect(try buffer.frame()?.count == 480) }
        buffer.insert(packets[2], number: 2)
        #expect(buffer.statistics == .init(played: 3, concealed: 1, late: 1))
        for _ in 0..<5 { _ = try buffer.frame() }
        #expect(try buffer.frame() == nil)
        for number in 20..<23 { buffer.insert(packets[number], number: number) }
        #expect(try buffer.frame()?.count == 480)
    }

    @Test func doesNotGrow() throws {
        let (buffer, packets) = (try OpusJitterBuffer(sampleRate: rate), try packets())
        for number in 0..<200 { buffer.insert(packets[number % 50], number: number) }
        #expect(buffer.statistics.skipped == 150)
    }
}
