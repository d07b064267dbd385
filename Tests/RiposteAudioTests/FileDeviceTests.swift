import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Synchronization
import Testing

/// A place to remember what a callback said.
final class Remembered<Value: Sendable>: Sendable {
    private let storage = Mutex<[Value]>([])
    var values: [Value] { storage.withLock { $0 } }
    func add(_ value: Value) { storage.withLock { $0.append(value) } }
}

/// Speech that is there at once, cut into frames.
func speech(_ samples: [Float], rate: Int = 24_000, frame: Int = 480) -> AsyncThrowingStream<AudioFrame, any Error> {
    AsyncThrowingStream { continuation in
        for start in stride(from: 0, to: samples.count, by: frame) {
            let piece = Array(samples[start..<min(samples.count, start + frame)])
            continuation.yield(AudioFrame(samples: piece, sampleRate: rate, position: start))
        }
        continuation.finish()
    }
}

@Suite(.timeLimit(.minutes(10))) struct FileDeviceTests {
    let folder: URL
    var input: URL { folder.appendingPathComponent("input.wav") }
    var output: URL { folder.appendingPathComponent("output.wav") }
    init() throws { folder = try TestResources.temporaryFolder() }
    private func remove() { try? FileManager.default.removeItem(at: folder) }

    private func written() throws -> [Float] { try WaveFile(reading: output, sampleRate: nil).samples }

    @Test func theFileIsHeardThenSilenceUntilTheTailIsOver() async throws {
        defer { remove() }
        let sound = RealFFTTests.noise(2000)
        try WaveFile(samples: sound, sampleRate: 16_000).write(to: input)
        let device = try FileDevice(input: input, output: nil, configuration: .init(pace: .fast, tail: 0.1))
        var heard: [Float] = []
        for try await frame in device.frames() {
            #expect(frame.position == heard.count)
            #expect(frame.samples.count == 512 && frame.sampleRate == 16_000)
            #expect(device.seconds == Double(frame.end) / 16_000)
            heard += frame.samples
        }
        #expect(heard.count == 8 * 512)  // the first whole frames past 2000 + 1600
        #expect(zip(heard, sound).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(heard.dropFirst(2000).allSatisfy { $0 == 0 })
    }

    @Test func framesAreTakenOnce() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: nil, configuration: .init(pace: .fast))
        _ = device.frames()
        await #expect(throws: RiposteError.self) { for try await _ in device.frames() {} }
    }

    @Test func atFastPaceAnAnswerLiesWhereTheFramesTakenSay() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(pace: .fast, tail: 2))
        let answer = (0..<4800).map { Float($0 % 100 + 1) / 128 }
        let started = Remembered<Double>()
        var playback: Task<Int, any Error>?
        for try await frame in device.frames() where frame.position == 20 * 512 {
            // Sound that is slow to come: time has to wait for it.
            let late = AsyncThrowingStream<AudioFrame, any Error> { continuation in
                Task {
                    for start in stride(from: 0, to: 4800, by: 1600) {
                        try await Task.sleep(for: .milliseconds(20))
                        continuation.yield(
                            AudioFrame(
                                samples: Array(answer[start..<start + 1600]), sampleRate: 24_000, position: start))
                    }
                    continuation.finish()
                }
            }
            playback = Task { try await device.play(late) { started.add($0) } }
            // Until the device knows of it, nothing makes time wait.
            while !device.isPlaying { await Task.yield() }
        }
        #expect(try await playback?.value == 4800)
        try device.finish()
        let start = 21 * 512 * 24_000 / 16_000 + 480
        #expect(started.values == [Double(start) / 24_000])
        let file = try written()
        #expect(file[..<start].allSatisfy { $0 == 0 })
        #expect(zip(file[start..<start + 4800], answer).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(file[(start + 4800)...].allSatisfy { $0 == 0 })
        #expect(abs(file.count - 48_000) <= 768)
        #expect(device.statistics == DeviceStatistics())
    }

    @Test func anInterruptionEndsTheSoundAndCountsWhatWasHeard() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(pace: .fast, tail: 1))
        let answer = [Float](repeating: 0.5, count: 24_000)
        var playback: Task<Int, any Error>?
        var heard: Int?
        for try await frame in device.frames() {
            if frame.position == 0 {
                playback = Task { try await device.play(speech(answer)) { _ in } }
                while !device.isPlaying { await Task.yield() }
            }
            if frame.position == 10 * 512 {
                playback?.cancel()
                heard = try await playback?.value
            }
        }
        try device.finish()
        let file = try written()
        // From frame 0's end and the latency to frame 10's end.
        #expect(heard == 10 * 768 - 480)
        #expect(file.filter { $0 != 0 }.count == heard)
        #expect(file[(11 * 768)...].allSatisfy { $0 == 0 })
    }

    @Test func aSpeechThatNeverComesLosesTimesPatience() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: nil, configuration: .init(pace: .fast, tail: 1, patience: 0.05))
        let (never, continuation) = AsyncThrowingStream<AudioFrame, any Error>.makeStream()
        let playback = Task { try await device.play(never) { _ in } }
        while !device.isPlaying { await Task.yield() }
        var count = 0
        for try await _ in device.frames() { count += 1 }
        #expect(count == 32)
        continuation.finish()
        #expect(try await playback.value == 0)
    }

    @Test func withoutAListenerFastPlaybackRunsByItself() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(pace: .fast, outputRate: 16_000))
        let tone = ResamplerTests.sine(440, rate: 22_050, count: 22_050 * 3)
        #expect(try await device.play(speech(tone, rate: 22_050)) { _ in } == tone.count)
        #expect(try await device.play(speech([0.5, 0.5], rate: 16_000)) { _ in } == 2)
        try device.finish()
        let file = try written()
        let ideal = ResamplerTests.sine(440, rate: 16_000, count: 48_000)
        #expect(zip(file[2320..<40_320], ideal[2000..<40_000]).allSatisfy { abs($0 - $1) < 1e-3 })
        #expect(file.count == 48_642)  // two latencies of 320, 48 000 and 2 samples
    }

    @Test func oneSpeechFollowsTheOther() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(pace: .fast))
        let started = Remembered<Double>()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    try await device.play(speech([Float](repeating: 0.25, count: 2400))) { started.add($0) }
                }
            }
            for try await heard in group { #expect(heard == 2400) }
        }
        try device.finish()
        #expect(started.values.count == 3)
        #expect(try written().filter { $0 != 0 }.count == 7200)
    }

    @Test func aSpeechThatFailsIsHeardToThatPointAndFails() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(pace: .fast))
        let failing = AsyncThrowingStream<AudioFrame, any Error> { continuation in
            continuation.yield(AudioFrame(samples: [0.5, 0.5], sampleRate: 24_000, position: 0))
            continuation.finish(throwing: RiposteError(.engineFailed, .synthesis, "The voice broke."))
        }
        let error = await #expect(throws: RiposteError.self) { try await device.play(failing) { _ in } }
        #expect(error?.code == .engineFailed)
        try device.finish()
        #expect(try written().filter { $0 != 0 }.count == 2)
        #expect(try await device.play(speech([0.5])) { _ in } == 1)
    }

    @Test func atRealPaceFramesComeOnTime() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output, configuration: .init(frameLength: 320, tail: 30))
        let started = Remembered<Double>()
        var lateness: [Double] = []
        let start = ContinuousClock.now
        var playback: Task<Int, any Error>?
        for try await frame in device.frames() {
            let late = (ContinuousClock.now - start) / .seconds(1) - Double(frame.end) / 16_000
            lateness.append(late)
            // Sooner or later a frame is on time again, however busy the machine is with other tests.
            if lateness.count >= 40, late < 0.1 { break }
            if frame.position == 5 * 320 {
                playback = Task {
                    try await device.play(speech([Float](repeating: 0.5, count: 2400))) { started.add($0) }
                }
                // Taken late, but the frames after it must not be later for it.
                try await Task.sleep(for: .milliseconds(150))
            }
        }
        let heard = try await playback?.value
        #expect(heard == 2400)
        #expect(lateness.allSatisfy { $0 >= 0 })
        #expect(lateness.last ?? 1 < 0.1)
        try device.finish()
        let file = try written()
        let first = try #require(started.values.first)
        #expect(first >= 0.12 + 0.02)
        let at = try #require(file.firstIndex { $0 != 0 })
        #expect(at == Int((first * 24_000).rounded()))
        #expect(file.filter { $0 != 0 }.count == 2400)
        #expect(Double(file.count) / 24_000 >= 0.8)
    }

    @Test func atRealPaceAnInterruptionLeavesSilence() async throws {
        defer { remove() }
        let device = try FileDevice(input: nil, output: output)
        let started = Remembered<Double>()
        let playback = Task {
            try await device.play(speech([Float](repeating: 0.5, count: 720_000))) { started.add($0) }
        }
        while started.values.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        playback.cancel()
        let heard = try await playback.value
        let end = device.seconds
        try await Task.sleep(for: .milliseconds(50))
        try device.finish()
        let file = try written()
        #expect(heard > 0 && heard < 720_000)
        #expect(file.filter { $0 != 0 }.count == heard)
        // Nothing sounds after the return, and the file goes on to the present.
        let last = try #require(file.lastIndex { $0 != 0 })
        #expect(Double(last) / 24_000 <= end)
        #expect(Double(file.count) / 24_000 >= end + 0.05)
    }

    @Test func filesThatCannotBeUsedAreRefusedAtOnce() throws {
        defer { remove() }
        #expect(throws: RiposteError.self) { try FileDevice(input: folder, output: nil) }
        #expect(throws: RiposteError.self) { try FileDevice(input: nil, output: folder) }
    }
}
