import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

/// Real sound through PortAudio, ALSA and a PulseAudio server of our own. One after the other, because the
/// server is named in the environment of the whole process.
@Suite(
    .serialized, .timeLimit(.minutes(10)),
    .enabled(
        if: SoundServer.isAvailable, "no sound server; apt install pulseaudio pulseaudio-utils libasound2-plugins"),
    .enabled(if: (try? SoundDevice.all()) != nil, "no PortAudio; apt install libportaudio2"))
struct PortAudioDeviceTests {
    /// Sound that is like nothing else: band-limited noise, one second.
    static let call = Resampler.resample(RealFFTTests.noise(4000, seed: 3), from: 4000, to: 16_000).map { $0 * 0.3 }
    static let answer = Resampler.resample(RealFFTTests.noise(6000, seed: 5), from: 6000, to: 24_000).map { $0 * 0.3 }

    /// Looks for each quarter of a pattern in a sound: a busy machine may tear a hole into one.
    /// - Returns: how many are there (alike but for loudness), and where the pattern begins by the first of them.
    static func find(_ pattern: [Float], in sound: [Float]) -> (quarters: Int, position: Int) {
        // By Fourier transform, because every position is compared.
        var size = 1
        while size < sound.count { size *= 2 }
        var fft = RealFFT(size: size)
        func padded(_ samples: some Collection<Float>) -> [Float] {
            samples + [Float](repeating: 0, count: size - samples.count)
        }
        let (ar, ai) = fft.forward(padded(sound))
        var energy: [Float] = [0]
        for sample in sound { energy.append(energy[energy.count - 1] + sample * sample) }
        var found: (quarters: Int, position: Int) = (0, 0)
        let length = pattern.count / 4
        for start in stride(from: 0, to: 4 * length, by: length) {
            let quarter = pattern[start..<start + length]
            var (cr, ci) = fft.forward(padded(quarter))
            for k in cr.indices {
                (cr[k], ci[k]) = (ar[k] * cr[k] + ai[k] * ci[k], ai[k] * cr[k] - ar[k] * ci[k])
            }
            let match = fft.inverse(real: cr, imaginary: ci)
            let norm = quarter.reduce(0) { $0 + $1 * $1 }
            var best: (position: Int, correlation: Float) = (0, 0)
            for at in 0..<max(0, sound.count - length) {
                let power = energy[at + length] - energy[at]
                let correlation = power > norm * 1e-4 ? match[at] / (power * norm).squareRoot() : 0
                if correlation > best.correlation { best = (at, correlation) }
            }
            guard best.correlation > 0.9 else { continue }
            if found.quarters == 0 { found.position = best.position - start }
            found.quarters += 1
        }
        return found
    }

    @Test func whatIsSaidIsHeardAndWhatIsPlayedIsSaid() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try SoundServer()
        defer { server.stop() }
        server.adopt()
        let recorded = folder.appendingPathComponent("recorded.wav")
        let said = folder.appendingPathComponent("said.wav")
        try WaveFile(samples: Self.call, sampleRate: 16_000).write(to: said)

        let device = PortAudioDevice()
        try device.open()
        #expect(device.devices.input != nil && device.devices.output != nil)
        let recording = try server.record(to: recorded)
        let started = Remembered<Double>()
        let ended = Remembered<Int>()
        var heard: [Float] = []
        var end = 120_000
        for try await frame in device.frames() {
            #expect(frame.position == heard.count && frame.samples.count == 512)
            heard += frame.samples
            if frame.position == 0 {
                Task { ended.add(try await device.play(speech(Self.answer)) { started.add($0) }) }
                Task {
                    try await server.speak(said)
                    ended.add(0)
                }
            }
            // When both are done, half a second more, because what was said is on its way through the server.
            if ended.values.count == 2 { end = min(end, heard.count + 8000) }
            if heard.count >= end { break }
        }
        let seconds = device.seconds
        server.stopRecording(recording)
        #expect(Set(ended.values) == [0, Self.answer.count])
        #expect(Self.find(Self.call, in: heard).quarters >= 2)
        let played = try WaveFile(reading: recorded)
        #expect(
            Self.find(Resampler.resample(Self.answer, from: 24_000, to: 16_000), in: played.samples).quarters >= 2)
        let start = try #require(started.values.first)
        #expect(started.values.count == 1)
        #expect(start > 0 && start < seconds)
        #expect(abs(seconds - Double(heard.count) / 16_000) < 2)
    }

    @Test func theLoudspeakerIsHeardWhereItIsSaidToBe() async throws {
        let server = try SoundServer()
        defer { server.stop() }
        server.adopt()
        // The microphone stands before the loudspeaker.
        setenv("PULSE_SOURCE", "assistant.monitor", 1)
        defer { unsetenv("PULSE_SOURCE") }
        let device = PortAudioDevice()
        try device.open()
        let started = Remembered<Double>()
        var heard: [Float] = []
        for try await frame in device.frames() {
            heard += frame.samples
            if frame.position == 16_384 {
                Task { _ = try await device.play(speech(Self.answer)) { started.add($0) } }
            }
            if heard.count > 56_000 { break }
        }
        let found = Self.find(Resampler.resample(Self.answer, from: 24_000, to: 16_000), in: heard)
        #expect(found.quarters >= 2)
        let start = try #require(started.values.first)
        // Within what a server that mixes in blocks, on a busy machine, lets one know.
        #expect(abs(Double(found.position) / 16_000 - start) < 0.15)
    }

    @Test func anInterruptionIsHeardAsOne() async throws {
        let folder = try TestResources.temporaryFolder()
        defer { try? FileManager.default.removeItem(at: folder) }
        let server = try SoundServer()
        defer { server.stop() }
        server.adopt()
        let device = PortAudioDevice(.init(input: nil))
        try device.open()
        let recorded = folder.appendingPathComponent("recorded.wav")
        let recording = try server.record(to: recorded)
        let started = Remembered<Double>()
        let long = (0..<240_000).map { Float(sin(Double($0) * 0.1)) * 0.3 }
        let playback = Task { try await device.play(speech(long)) { started.add($0) } }
        while started.values.isEmpty { try await Task.sleep(for: .milliseconds(10)) }
        try await Task.sleep(for: .milliseconds(500))
        playback.cancel()
        let heard = try await playback.value
        #expect(heard > 6000 && heard < 100_000)
        try await Task.sleep(for: .milliseconds(600))
        server.stopRecording(recording)
        // The recording has as much of it as we were told, to the server's block.
        let sounding = try WaveFile(reading: recorded).samples.filter { abs($0) > 0.01 }.count
        let expected = Double(heard) / 24_000
        #expect(abs(Double(sounding) / 16_000 - expected) < 0.15)
        // The device is ready for the next.
        #expect(try await device.play(speech(Array(long.prefix(2400)))) { _ in } == 2400)
    }

    @Test func aServerThatDiesIsAClearErrorAndANewDeviceWorks() async throws {
        let server = try SoundServer()
        defer { server.stop() }
        server.adopt()
        let device = PortAudioDevice()
        var count = 0
        let error = await #expect(throws: RiposteError.self) {
            for try await _ in device.frames() {
                count += 1
                if count == 5 { server.kill() }
            }
        }
        #expect(count >= 5)
        #expect(error?.code == .deviceUnavailable)
        #expect(error?.message.contains("riposte doctor") == true)
        device.close()
        await #expect(throws: RiposteError.self) {
            for try await _ in PortAudioDevice(device.configuration).frames() { break }
        }
        try server.start()
        count = 0
        for try await _ in PortAudioDevice(device.configuration).frames() {
            count += 1
            if count == 3 { break }
        }
        #expect(count == 3)
    }

    @Test func devicesAreFoundByNameAndMissedByName() throws {
        let server = try SoundServer()
        defer { server.stop() }
        server.adopt()
        let all = try SoundDevice.all()
        #expect(all.contains { $0.isDefaultInput } && all.contains { $0.name == "pulse" })
        #expect(SoundDevice.Selection("") == .standard && SoundDevice.Selection("3") == .index(3))
        let device = PortAudioDevice(.init(input: .init("PULS"), output: nil))
        try device.open()
        #expect(device.devices.input?.name == "pulse")
        device.close()
        let error = #expect(throws: RiposteError.self) {
            try PortAudioDevice(.init(input: .name("no such thing"), output: nil)).open()
        }
        #expect(error?.code == .deviceUnavailable)
        #expect(error?.message.contains("“no such thing”") == true)
    }
}
