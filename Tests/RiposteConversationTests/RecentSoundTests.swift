import RiposteCore
import Testing

@testable import RiposteConversation

struct RecentSoundTests {
    private func frame(_ range: Range<Int>) -> AudioFrame {
        AudioFrame(samples: range.map { Float($0 % 10_000) }, sampleRate: 16_000, position: range.lowerBound)
    }

    /// Frames of any length, over more time than is kept.
    @Test func keepsTheLatestHalfMinute() {
        var recent = RecentSound()
        var generator = SystemRandomNumberGenerator()
        while recent.end < 75 * 16_000 {
            let length = Int.random(in: 1...40_000, using: &generator)
            recent.append(frame(recent.end..<recent.end + length))
            #expect(recent.start <= max(0, recent.end - 31 * 16_000))
            #expect(recent.end - recent.start <= 32 * 16_000)
            let position = Int.random(in: recent.start...recent.end, using: &generator)
            #expect(recent.from(position) == frame(position..<recent.end).samples)
        }
        #expect(recent.from(-5) == frame(recent.start..<recent.end).samples)
        #expect(recent.from(recent.end + 1).isEmpty)
    }

    @Test func aGapBeginsAnew() {
        var recent = RecentSound()
        recent.append(frame(0..<20_000))
        recent.append(frame(50_000..<50_480))
        #expect(recent.start == 50_000 && recent.end == 50_480)
        #expect(recent.from(0) == frame(50_000..<50_480).samples)
    }
}
