import Testing

@testable import RiposteAudio

@Suite struct PlaybackTimelineTests {
    /// Lets time pass and draws what is heard: digits for samples, dots for silence.
    private func advance(_ timeline: inout PlaybackTimeline, to position: Int) -> String {
        var heard = ""
        _ = timeline.advance(to: position) { piece in
            heard += piece.map { String(Int($0)) }.joined()
        } silence: {
            heard += String(repeating: ".", count: $0)
        }
        return heard
    }

    @Test func speechBeginsAtItsLatencyAndEndsInSilence() {
        var timeline = PlaybackTimeline()
        #expect(advance(&timeline, to: 3) == "...")
        let id = timeline.begin()
        timeline.append([1, 2, 3, 4], to: id, earliest: 5)
        #expect(timeline.queueEnd == 9)
        #expect(timeline.advance(to: 7, write: { _ in }, silence: { _ in }) == .started(5))
        timeline.complete(id)
        #expect(!timeline.isFinished(id))
        #expect(advance(&timeline, to: 12) == "34...")
        #expect(timeline.isFinished(id))
        #expect(timeline.end(id) == 4)
        #expect(timeline.statistics == DeviceStatistics())
    }

    @Test func aGapIsSilenceAndCounted() {
        var timeline = PlaybackTimeline()
        let id = timeline.begin()
        timeline.append([1, 2], to: id, earliest: 0)
        #expect(advance(&timeline, to: 4) == "12..")
        #expect(advance(&timeline, to: 5) == ".")
        timeline.append([3], to: id, earliest: 9)
        #expect(timeline.knownUntil == 6)
        timeline.complete(id)
        #expect(timeline.knownUntil == nil)
        #expect(advance(&timeline, to: 8) == "3..")
        #expect(timeline.statistics.underruns == 1)
        #expect(timeline.statistics.underrunSamples == 3)
        #expect(timeline.end(id) == 3)
    }

    @Test func whatIsCutOffIsNeverHeard() {
        var timeline = PlaybackTimeline()
        let first = timeline.begin()
        timeline.append([1, 2, 3, 4], to: first, earliest: 0)
        #expect(advance(&timeline, to: 2) == "12")
        #expect(timeline.end(first) == 2)
        timeline.append([5], to: first, earliest: 0)
        #expect(timeline.isFinished(first))
        let second = timeline.begin()
        timeline.append([7], to: second, earliest: 0)
        #expect(advance(&timeline, to: 4) == "7.")
        #expect(timeline.end(first) == 0)
    }
}
