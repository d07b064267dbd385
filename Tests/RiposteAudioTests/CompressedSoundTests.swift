import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

/// Sound in other forms than WAVE, there and back.
@Suite struct CompressedSoundTests {
    /// A second and a half of 440 Hz at half the loudest, at 24 kHz.
    private static let tone = (0..<36_000).map { 0.5 * sinf(2 * .pi * 440 * Float($0) / 24_000) }

    private final class Bytes {
        var data = Data()
    }

    private static func written(_ kind: SoundKind, pieces: Int = 10) throws -> Data {
        let bytes = Bytes()
        let writer: any SoundWriter =
            kind == .aac
            ? try AACWriter(sampleRate: 24_000) { bytes.data += $0 }
            : try SoundFileWriter(kind, sampleRate: 24_000) { bytes.data += $0 }
        let length = tone.count / pieces
        for start in stride(from: 0, to: tone.count, by: length) {
            try writer.append(Array(tone[start..<min(tone.count, start + length)]))
        }
        try writer.finish()
        #expect(writer.sampleCount == tone.count)
        #expect(throws: RiposteError.self) { try writer.append([0]) }
        return bytes.data
    }

    private static func all(_ reader: any SoundReader) throws -> [Float] {
        var sound: [Float] = []
        while let more = try reader.read(4_096) {
            #expect(!more.isEmpty)
            sound += more
        }
        return sound
    }

    /// How strong a frequency is in the middle of a sound at 16 kHz: 0.5 for the tone.
    private static func strength(_ hertz: Float, in sound: [Float]) -> Float {
        let middle = sound.dropFirst(sound.count / 4).prefix(sound.count / 2)
        var (real, imaginary): (Float, Float) = (0, 0)
        for (index, sample) in middle.enumerated() {
            let angle = 2 * .pi * hertz * Float(index) / 16_000
            real += sample * cosf(angle)
            imaginary += sample * sinf(angle)
        }
        return 2 * (real * real + imaginary * imaginary).squareRoot() / Float(middle.count)
    }

    private static func check(_ sound: [Float], _ what: String) {
        // Encoders add a little at either end.
        #expect((1.4...1.7).contains(Double(sound.count) / 16_000), "\(what): \(sound.count)")
        #expect(abs(strength(440, in: sound) - 0.5) < 0.05, "\(what)")
        #expect(strength(1_000, in: sound) < 0.02, "\(what)")
    }

    private static let hasLibrary: Bool = SoundFileLibrary.version != nil
    private static let hasProgram: Bool = FFmpegProgram.executable != nil

    @Test(.enabled(if: hasLibrary, "libsndfile1 is not installed"), arguments: [SoundKind.flac, .mp3])
    func writesAndReads(_ kind: SoundKind) async throws {
        let data = try Self.written(kind)
        #expect(SoundKind(data) == kind)
        #expect(data.count < Self.tone.count * 2)
        let reader = try await SoundRecording.reader(data)
        #expect(reader.sampleRate == 16_000)
        Self.check(try Self.all(reader), kind.rawValue)
        Self.check(try Self.all(try SoundFileReader(data)), "\(kind) by the library")
        let url = FileManager.default.temporaryDirectory.appending(path: "riposte-\(UUID().uuidString).\(kind)")
        defer { try? FileManager.default.removeItem(at: url) }
        try data.write(to: url)
        Self.check(try Self.all(try await SoundRecording.reader(url)), "\(kind) in a file")
    }

    @Test(.enabled(if: hasProgram, "ffmpeg is not installed"), .timeLimit(.minutes(10))) func writesAndReadsAAC()
        async throws
    {
        let data = try Self.written(.aac)
        #expect(SoundKind(data) == .aac)
        Self.check(try Self.all(try await SoundRecording.reader(data)), "aac")
    }

    /// Bytes leave while the sound is being made, not only at its end.
    @Test(.enabled(if: hasLibrary, "libsndfile1 is not installed"), arguments: [SoundKind.flac, .mp3])
    func streams(_ kind: SoundKind) throws {
        let bytes = Bytes()
        let writer = try SoundFileWriter(kind, sampleRate: 24_000) { bytes.data += $0 }
        try writer.append(Self.tone)
        #expect(bytes.data.count > 2_000)
        try writer.finish()
    }

    /// As the programs make them that people record with.
    @Test(
        .enabled(if: hasProgram && hasLibrary, "ffmpeg and libsndfile1 are not installed"), .timeLimit(.minutes(10)),
        arguments: [
            ("m4a", SoundKind.mp4, ["-c:a", "aac", "-movflags", "+faststart"]), ("mp4", .mp4, ["-c:a", "aac"]),
            ("webm", .webm, ["-c:a", "libopus"]), ("ogg", .ogg, ["-c:a", "libvorbis"]), ("opus", .ogg, []),
            ("mp3", .mp3, []), ("flac", .flac, []),
        ])
    func readsWhatOthersWrite(_ ending: String, _ kind: SoundKind, _ options: [String]) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "riposte-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let (wave, file) = (folder.appending(path: "tone.wav"), folder.appending(path: "tone.\(ending)"))
        try WaveFile(samples: Self.tone, sampleRate: 24_000).write(to: wave)
        let process = Process()
        let program: URL = try #require(FFmpegProgram.executable)
        process.executableURL = program
        // Two channels, both as loud as the one, at another rate.
        process.arguments =
            ["-nostdin", "-loglevel", "error", "-i", wave.path, "-af", "pan=stereo|c0=c0|c1=c0", "-ar", "48000"]
            + options + [file.path]
        try process.run()
        while process.isRunning { try await Task.sleep(for: .milliseconds(20)) }
        try #require(process.terminationStatus == 0)
        let data = try Data(contentsOf: file)
        #expect(SoundKind(data) == kind)
        Self.check(try Self.all(try await SoundRecording.reader(data)), ending)
        Self.check(try Self.all(try await SoundRecording.reader(file)), ending)
        // What is cut off is read as far as it goes, or refused.
        let half = Data(data.prefix(data.count / 2))
        if let reader = try? await SoundRecording.reader(half) {
            #expect(try Self.all(reader).count < 26_000)
        }
        await #expect(throws: RiposteError.self) { try await SoundRecording.reader(Data(data.prefix(40))) }
    }

    /// No more of a recording is read than may be.
    @Test(.enabled(if: hasProgram, "ffmpeg is not installed"), .timeLimit(.minutes(10))) func readsNoLongerThanItMay()
        async throws
    {
        let data = try Self.written(.aac)
        var limits = FFmpegProgram.Limits()
        limits.sound = 0.5
        let sound = try Self.all(try await SoundRecording.reader(data, limits: limits))
        #expect((7_000...9_000).contains(sound.count))
    }

    /// A conversion that does not come to an end is ended.
    @Test(.enabled(if: hasProgram, "ffmpeg is not installed"), .timeLimit(.minutes(10))) func endsWhatTakesTooLong()
        async throws
    {
        let data = try Self.written(.aac)
        var limits = FFmpegProgram.Limits()
        limits.time = 0
        await #expect(throws: RiposteError.self) { try await SoundRecording.reader(data, limits: limits) }
    }

    /// Broken sound is refused, or read as far as it goes; nothing else happens.
    @Test(.enabled(if: hasLibrary, "libsndfile1 is not installed"), arguments: [SoundKind.flac, .mp3])
    func bearsWhatIsBroken(_ kind: SoundKind) throws {
        let data = try Self.written(kind)
        var random = SeededGenerator(seed: 7)
        var (read, refused) = (0, 0)
        for _ in 0..<200 {
            var broken = data
            for _ in 0..<Int.random(in: 1...20, using: &random) {
                let place = Int.random(in: 0..<(Bool.random(using: &random) ? 200 : broken.count), using: &random)
                broken[place] = UInt8.random(in: 0...255, using: &random)
            }
            if Bool.random(using: &random) { broken = broken.prefix(Int.random(in: 0..<broken.count, using: &random)) }
            do {
                let sound = try Self.all(try SoundFileReader(Data(broken)))
                #expect(sound.allSatisfy { $0.isFinite })
                // A rate that is not true makes it longer, but not without end.
                #expect(sound.count < 40_000_000)
                read += 1
            } catch is RiposteError {
                refused += 1
            }
        }
        #expect(read > 0)
        #expect(read + refused == 200)
    }

    @Test func knowsKindsByTheirBeginning() {
        #expect(SoundKind(Array("RIFF\0\0\0\0WAVE".utf8)) == .wave)
        #expect(SoundKind(Array("\0\0\0\u{20}ftypM4A ".utf8)) == .mp4)
        #expect(SoundKind([0xFF, 0xFB, 0x90, 0x64]) == .mp3)
        #expect(SoundKind([0xFF, 0xF1, 0x50, 0x80]) == .aac)
        #expect(SoundKind(Array("<!doctype html>".utf8)) == nil)
        #expect(SoundKind([]) == nil)
    }
}
