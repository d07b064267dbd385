import Foundation
import RiposteAudio
import RiposteCore
import Testing

@Suite struct EchoCancellerTests {
    /// A model of 128 ms: the made-up room is that short, and tests run unoptimised.
    static func canceller(suppressing: Bool = true) -> EchoCanceller {
        var configuration = EchoCanceller.Configuration()
        configuration.tail = 0.128
        configuration.suppressesResidual = suppressing
        return EchoCanceller(configuration: configuration)
    }

    @Test(arguments: [(false, Float(24)), (true, Float(38))]) func anEchoIsCancelled(suppressing: Bool, least: Float) {
        var room = EchoRoom()
        let reference = room.babble(16000 * 4)
        let echo = room.echo(of: reference)
        var canceller = Self.canceller(suppressing: suppressing)
        let result = canceller.process(all: echo, reference: reference)
        #expect(level(echo, 2...3.9) - level(result, 2...3.9) > least)
    }

    @Test(arguments: [40, 320, 1920, 4700]) func theDelayIsFound(delay: Int) throws {
        var room = EchoRoom(seed: UInt64(delay), delay: delay)
        let reference = room.babble(16000 * 2)
        var canceller = Self.canceller()
        let echo = room.echo(of: reference)
        _ = canceller.process(all: echo, reference: reference)
        #expect(abs(try #require(canceller.report.delay) - delay) <= 4)
    }

    @Test func aVoiceComesThroughWhileTheAssistantSpeaks() {
        var room = EchoRoom(gain: 0)
        let reference = room.babble(16000 * 5)
        let echo = room.echo(of: reference)
        var voice = room.babble(16000 * 5, amplitude: 0.3, syllable: 0.31)
        for index in 0..<48000 { voice[index] = 0 }
        var canceller = Self.canceller()
        let result = canceller.process(all: zip(voice, echo).map { $0 + $1 }, reference: reference)
        let error = zip(voice, result).map { $0 - $1 }
        // The microphone hears the two about equally loud.
        #expect(level(voice, 3...4.9) - level(echo, 3...4.9) < 3)
        #expect(level(voice, 3...4.9) - level(error, 3...4.9) > 11)
        #expect(abs(level(voice, 3...4.9) - level(result, 3...4.9)) < 1.5)
    }

    @Test func withoutAReferenceSoundPassesUnchanged() {
        var room = EchoRoom()
        let voice = room.babble(16000 * 2)
        var canceller = Self.canceller()
        let result = canceller.process(all: voice, reference: [Float](repeating: 0, count: voice.count))
        let error = zip(voice, result).map { $0 - $1 }
        #expect(level(voice, 0...1.9) - level(error, 0...1.9) > 90)
        #expect(canceller.report.delay == nil)
        #expect(!canceller.report.hasEcho)
    }

    @Test func aDelayThatJumpsIsFollowed() {
        var room = EchoRoom()
        let reference = room.babble(16000 * 5)
        let before = room.echo(of: reference)
        room.delay += 777
        let after = room.echo(of: reference)
        let microphone = Array(before[..<40000] + after[40000...])
        var canceller = Self.canceller()
        let result = canceller.process(all: microphone, reference: reference)
        #expect(level(microphone, 1.5...2.5) - level(result, 1.5...2.5) > 35)
        #expect(level(microphone, 3.5...4.9) - level(result, 3.5...4.9) > 35)
        #expect(canceller.report.delay == room.delay)
    }

    @Test func silenceStaysSilence() {
        var canceller = Self.canceller()
        let silence = [Float](repeating: 0, count: 16000)
        #expect(canceller.process(all: silence, reference: silence).allSatisfy { $0 == 0 })
        var room = EchoRoom()
        #expect(canceller.process(all: silence, reference: room.babble(16000)).allSatisfy { abs($0) < 1e-3 })
        #expect(canceller.report.outputLevel < -80)
    }

    @Test func nothingBreaksIt() {
        var room = EchoRoom(gain: 20)
        var reference = room.babble(16000 * 2, amplitude: 4)
        var microphone = room.echo(of: reference).map { max(-1, min(1, 8 * $0)) }
        for index in stride(from: 5000, to: 30000, by: 1700) {
            reference[index] = .nan
            reference[index + 1] = .infinity
            microphone[index + 300] = .nan
            microphone[index + 301] = -.infinity
            microphone[index + 302] = 1e30
        }
        var canceller = Self.canceller()
        let result = canceller.process(all: microphone, reference: reference)
        #expect(result.allSatisfy { $0.isFinite && abs($0) < 4 })
        // It works again once the sound makes sense.
        room.gain = -6
        let sane = room.babble(16000 * 3)
        let echo = room.echo(of: sane)
        var rest: [Float] = []
        for start in stride(from: 0, to: echo.count - 511, by: 512) {
            let position = result.count + EchoCanceller.latency + start
            let frame = AudioFrame(samples: Array(echo[start..<(start + 512)]), sampleRate: 16000, position: position)
            rest += canceller.process(microphone: frame, reference: Array(sane[start..<(start + 512)])).samples
        }
        #expect(level(echo, 2...2.9) - level(rest, 2...2.9) > 30)
    }

    @Test func framesMayHaveAnyLengthAndKeepTheirPlace() {
        var room = EchoRoom()
        let reference = room.babble(12000)
        let echo = room.echo(of: reference)
        var whole = Self.canceller()
        let expected = whole.process(all: echo, reference: reference, frame: 512)
        var canceller = Self.canceller()
        var (at, size, result): (Int, Int, [Float]) = (0, 1, [])
        canceller.play(AudioFrame(samples: reference, sampleRate: 16000, position: 0))
        while at < echo.count {
            let end = min(echo.count, at + size)
            let clean = canceller.process(
                microphone: AudioFrame(samples: Array(echo[at..<end]), sampleRate: 16000, position: at))
            #expect(clean.position == result.count - EchoCanceller.latency)
            result += clean.samples
            (at, size) = (end, size * 3 % 1021 + 1)
        }
        let placed = Array(result.dropFirst(EchoCanceller.latency))
        #expect(placed.count == expected.count)
        // A plain number, because a failure would print every sample.
        let firstDifference = zip(placed, expected).enumerated().first { $1.0 != $1.1 }?.offset
        #expect(firstDifference == nil)
    }

    @Test func aLostFrameDoesNotMatter() {
        var room = EchoRoom()
        let reference = room.babble(16000 * 4)
        let echo = room.echo(of: reference)
        var canceller = Self.canceller()
        var power: (heard: Float, left: Float) = (0, 0)
        for start in stride(from: 0, to: echo.count - 511, by: 512) {
            // 160 ms are lost after 2.5 s. The loudspeaker goes on.
            let range = start..<(start + 512)
            if (40000..<42560).contains(start) {
                canceller.play(AudioFrame(samples: Array(reference[range]), sampleRate: 16000, position: start))
                continue
            }
            let frame = AudioFrame(samples: Array(echo[range]), sampleRate: 16000, position: start)
            let clean = canceller.process(microphone: frame, reference: Array(reference[range]))
            #expect(clean.position == start - EchoCanceller.latency)
            guard start > 42560 else { continue }
            power.heard += frame.samples.reduce(0) { $0 + $1 * $1 }
            power.left += clean.samples.reduce(0) { $0 + $1 * $1 }
        }
        #expect(10 * log10(power.heard / power.left) > 35)
    }

    @Test func theReportTellsAVoiceFromTheEcho() {
        var room = EchoRoom(gain: 0)
        let reference = room.babble(16000 * 4)
        let echo = room.echo(of: reference)
        var voice = room.babble(16000 * 4, amplitude: 0.3, syllable: 0.31)
        for index in 0..<40000 { voice[index] = 0 }
        var canceller = Self.canceller()
        var (alone, together): ([Float], [Float]) = ([], [])
        for start in stride(from: 0, to: echo.count - 511, by: 512) {
            let samples = (start..<(start + 512)).map { echo[$0] + voice[$0] }
            _ = canceller.process(
                microphone: AudioFrame(samples: samples, sampleRate: 16000, position: start),
                reference: Array(reference[start..<(start + 512)]))
            let loud = level(Array(voice[start..<(start + 512)]), 0...0.032) > -30
            if start > 16000, start < 39000, canceller.report.hasEcho { alone.append(canceller.report.excess) }
            if loud { together.append(canceller.report.excess) }
        }
        #expect(alone.count > 30 && together.count > 20)
        #expect(Double(alone.count { $0 > 6 }) < 0.02 * Double(alone.count))
        #expect(Double(together.count { $0 > 6 }) > 0.9 * Double(together.count))
    }

    @Test func afterAResetItIsAsNew() {
        var room = EchoRoom()
        let reference = room.babble(16000)
        let echo = room.echo(of: reference)
        var (fresh, used) = (Self.canceller(), Self.canceller())
        _ = used.process(all: echo, reference: reference)
        used.reset()
        #expect(used.report == EchoReport())
        let isSame = used.process(all: echo, reference: reference) == fresh.process(all: echo, reference: reference)
        #expect(isSame)
    }

    @Test func whatWasLearntStaysBetweenAnswers() {
        var room = EchoRoom()
        let pause = [Float](repeating: 0, count: 16000)
        let reference = room.babble(32000) + pause + room.babble(8000)
        let noise = room.noise(reference.count, amplitude: 0.0005)
        let echo = zip(room.echo(of: reference), noise).map { $0 + $1 }
        var canceller = Self.canceller(suppressing: false)
        let result = canceller.process(all: echo, reference: reference)
        #expect(level(echo, 3.05...3.3) - level(result, 3.05...3.3) > 15)
    }
}
