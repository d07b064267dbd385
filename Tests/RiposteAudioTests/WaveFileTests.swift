import Foundation
import RiposteAudio
import RiposteCore
import RiposteTesting
import Testing

/// A WAVE file put together by hand, so that every field can be wrong.
struct HandMadeWave {
    var form = "RIFF"
    var tag: UInt16 = 1
    var channels: UInt16 = 1
    var rate: UInt32 = 16_000
    var bits: UInt16 = 16
    var blockAlign: UInt16?
    var subformat: UInt16?
    var riffSize: UInt32?
    var dataSize: UInt32?
    var before: [UInt8] = []
    var sound: [UInt8] = []

    static func little<N: FixedWidthInteger>(_ n: N) -> [UInt8] { withUnsafeBytes(of: n.littleEndian) { Array($0) } }

    static func chunk(_ name: String, _ body: [UInt8], size: UInt32? = nil) -> [UInt8] {
        Array(name.utf8) + little(size ?? UInt32(body.count)) + body + (body.count % 2 == 1 ? [0] : [])
    }

    var bytes: Data {
        let align = blockAlign ?? channels &* ((bits + 7) / 8)
        var format = Self.little(tag) + Self.little(channels) + Self.little(rate)
        format += Self.little(rate &* UInt32(align)) + Self.little(align) + Self.little(bits)
        if let subformat {
            format += Self.little(UInt16(22)) + Self.little(bits) + Self.little(UInt32(0)) + Self.little(subformat)
            format += [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71]
        }
        var body = Array("WAVE".utf8) + before + Self.chunk("fmt ", format)
        body += Self.chunk("data", sound, size: dataSize)
        return Data(Array(form.utf8) + Self.little(riffSize ?? UInt32(body.count)) + body)
    }
}

@Suite struct WaveReadingTests {
    static let values: [Float] = [0, 0.5, -0.5, 0.25, -1]

    static func encode(_ write: (Float) -> [UInt8]) -> [UInt8] { values.flatMap(write) }

    static let encodings: [(String, HandMadeWave)] = [
        ("8 bits", .init(bits: 8, sound: encode { [UInt8($0 * 128 + 128)] })),
        ("16 bits", .init(bits: 16, sound: encode { HandMadeWave.little(Int16($0 * 32_768)) })),
        ("24 bits", .init(bits: 24, sound: encode { Array(HandMadeWave.little(Int32($0 * 8_388_608)).prefix(3)) })),
        (
            "24 in 32 bits",
            .init(bits: 24, blockAlign: 4, sound: encode { HandMadeWave.little(Int32(Double($0) * 2_147_483_648)) })
        ),
        ("32 bits", .init(bits: 32, sound: encode { HandMadeWave.little(Int32(Double($0) * 2_147_483_648)) })),
        ("float", .init(tag: 3, bits: 32, sound: encode { HandMadeWave.little($0.bitPattern) })),
        ("double", .init(tag: 3, bits: 64, sound: encode { HandMadeWave.little(Double($0).bitPattern) })),
        ("extensible", .init(tag: 0xFFFE, subformat: 1, sound: encode { HandMadeWave.little(Int16($0 * 32_768)) })),
        (
            "extensible float",
            .init(tag: 0xFFFE, bits: 32, subformat: 3, sound: encode { HandMadeWave.little($0.bitPattern) })
        ),
        (
            "after another chunk",
            .init(
                before: HandMadeWave.chunk("LIST", [1, 2, 3]), sound: encode { HandMadeWave.little(Int16($0 * 32_768)) }
            )
        ),
    ]

    @Test(arguments: encodings) func everyEncodingGivesTheSameSound(name: String, wave: HandMadeWave) throws {
        let file = try WaveFile(wave.bytes)
        #expect(file.samples == Self.values)
        #expect(!file.isTruncated)
    }

    @Test func telephoneCodesFollowTheStandard() throws {
        // Decoded values by ITU-T G.711's tables, scaled to 16 bits.
        let mu = HandMadeWave(tag: 7, rate: 16_000, bits: 8, sound: [0xFF, 0x7F, 0x80, 0x00, 0xF0, 0x8F])
        #expect(try WaveFile(mu.bytes).samples.map { $0 * 32_768 } == [0, 0, 32_124, -32_124, 120, 16_764])
        let a = HandMadeWave(tag: 6, rate: 16_000, bits: 8, sound: [0xD5, 0x55, 0xAA, 0x2A, 0x80])
        #expect(try WaveFile(a.bytes).samples.map { $0 * 32_768 } == [8, -8, 32_256, -32_256, 5504])
    }

    @Test func channelsAreAveraged() throws {
        let wave = HandMadeWave(
            channels: 3, sound: [Int16(3000), 6000, -3000, 300, 300, 300].flatMap(HandMadeWave.little))
        #expect(try WaveFile(wave.bytes).samples == [2000 / 32_768, 300 / 32_768])
    }

    @Test func otherRatesAreResampledUnlessTheNativeOneIsWanted() throws {
        let tone = ResamplerTests.sine(440, rate: 44_100, count: 4410)
        let wave = HandMadeWave(rate: 44_100, sound: tone.flatMap { HandMadeWave.little(Int16($0 * 32_768)) })
        let resampled = try WaveFile(wave.bytes)
        #expect(resampled.sampleRate == 16_000)
        #expect(resampled.samples.count == 1600)
        let native = try WaveFile(wave.bytes, sampleRate: nil)
        #expect(native.sampleRate == 44_100)
        #expect(native.samples.count == 4410)
    }

    @Test func whatIsNoNumberIsSilence() throws {
        let wave = HandMadeWave(
            tag: 3, bits: 32, sound: [Float.nan, .infinity, 7, -7].flatMap { HandMadeWave.little($0.bitPattern) })
        #expect(try WaveFile(wave.bytes).samples == [0, 0, 1, -1])
    }

    @Test(
        arguments: [(0, 0), (36, 0), (UInt32.max, UInt32.max), (0x7FFF_F024, 0x7FFF_F000), (0x8000_0024, 0x8000_0000)]
            as [(UInt32, UInt32)])
    func filesOfStreamingWritersAreReadToTheirEnd(riffSize: UInt32, dataSize: UInt32) throws {
        let wave = HandMadeWave(riffSize: riffSize, dataSize: dataSize, sound: [UInt8](repeating: 1, count: 2000))
        let file = try WaveFile(wave.bytes)
        #expect(file.samples.count == 1000)
        #expect(!file.isTruncated)
    }

    @Test func longFilesKeepTheirSizeElsewhere() throws {
        let size = HandMadeWave.little(UInt64(0)) + HandMadeWave.little(UInt64(600)) + HandMadeWave.little(UInt64(300))
        var wave = HandMadeWave(form: "RF64", riffSize: .max, dataSize: .max)
        wave.before = HandMadeWave.chunk("ds64", size + [0, 0, 0, 0])
        wave.sound = [UInt8](repeating: 1, count: 600 + 8)
        #expect(try WaveFile(wave.bytes).samples.count == 300)
    }

    @Test func aTruncatedFileGivesWhatIsThereAndSaysSo() throws {
        let wave = HandMadeWave(dataSize: 4000, sound: [UInt8](repeating: 1, count: 2002))
        let file = try WaveFile(wave.bytes.dropLast())
        #expect(file.samples.count == 1000)
        #expect(file.isTruncated)
    }

    @Test func aFileWithoutSoundIsEmptyNotAnError() throws {
        let file = try WaveFile(HandMadeWave().bytes)
        #expect(file.samples.isEmpty)
        #expect(!file.isTruncated)
    }

    static let broken: [(String, Data)] = [
        ("is empty", Data()),
        ("only 3 bytes", Data([1, 2, 3])),
        ("JPEG", Data([0xFF, 0xD8, 0xFF, 0xE0] + [UInt8](repeating: 7, count: 500))),
        ("MP3", HandMadeWave(tag: 0x55).bytes),
        ("0 channels", HandMadeWave(channels: 0).bytes),
        ("0 Hz", HandMadeWave(rate: 0).bytes),
        ("4294967295 Hz", HandMadeWave(rate: .max).bytes),
        ("0 bits", HandMadeWave(bits: 0).bytes),
        ("17 bytes", HandMadeWave(blockAlign: 17).bytes),
        ("0 bytes", HandMadeWave(blockAlign: 0).bytes),
        ("inside its header", HandMadeWave().bytes.prefix(30)),
        ("no sound", HandMadeWave().bytes.prefix(36)),
        ("format", HandMadeWave().bytes.prefix(12)),
        ("does not fit", HandMadeWave(before: HandMadeWave.chunk("LIST", [1, 2], size: 1_000_000)).bytes),
        ("inside its header", HandMadeWave(before: HandMadeWave.chunk("fmt ", [1, 2], size: .max)).bytes),
    ]

    @Test(arguments: broken) func whatIsNoSoundIsOneClearLine(part: String, data: Data) throws {
        let error = #expect(throws: RiposteError.self) { try WaveFile(data, name: "x.wav") }
        #expect(error?.code == .badInput)
        #expect(error?.stage == .audio)
        let message = error?.message ?? ""
        #expect(message.contains(part), "\(message)")
        #expect(message.contains("x.wav") && message.hasSuffix(".") && !message.contains("\n"))
    }

    @Test func noBytesMakeTheReaderFail() throws {
        // Every cut and many a flipped byte: an error or a sound, never a trap.
        let data = HandMadeWave(tag: 0xFFFE, subformat: 1, sound: [1, 2, 3, 4, 5, 6]).bytes
        for length in 0..<data.count { _ = try? WaveFile(data.prefix(length)) }
        for index in 0..<data.count {
            for value: UInt8 in [0, 1, 0x7F, 0xFF] {
                var copy = data
                copy[index] = value
                _ = try? WaveFile(copy)
            }
        }
    }
}

@Suite struct WaveFilesOnDiskTests {
    let folder: URL
    init() throws { folder = try TestResources.temporaryFolder() }
    private func remove() { try? FileManager.default.removeItem(at: folder) }

    @Test func whatIsWrittenIsRead() throws {
        defer { remove() }
        let url = folder.appendingPathComponent("a.wav")
        let samples: [Float] = [0, 0.5, -1, 0.999_969_5, -0.25]
        try WaveFile(samples: samples + [2, -2, .nan], sampleRate: 24_000).write(to: url)
        let file = try WaveFile(reading: url, sampleRate: nil)
        #expect(file.sampleRate == 24_000)
        #expect(zip(file.samples, samples + [1, -1, 0]).allSatisfy { abs($0 - $1) < 1e-4 })
        #expect(file.samples.count == 8)
        #expect(try Data(contentsOf: url) == WaveFile(samples: samples + [2, -2, .nan], sampleRate: 24_000).encoded())
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path) == ["a.wav"])
    }

    @Test func aWriterThatIsKilledLeavesAReadableFile() throws {
        defer { remove() }
        let url = folder.appendingPathComponent("a.wav")
        let writer = try WaveWriter(url, sampleRate: 16_000)
        for _ in 0..<25 { try writer.append([Float](repeating: 0.1, count: 1000)) }
        // As another process finds it while the writer has not finished: a header at most a second old.
        let seen = try Data(contentsOf: url)
        #expect(try WaveFile(seen).samples.count == 16_000)
        try writer.appendSilence(500)
        try writer.finish()
        try writer.finish()
        #expect(try WaveFile(reading: url).samples.count == 25_500)
        #expect(throws: RiposteError.self) { try writer.append([0]) }
    }

    @Test func readingByPiecesGivesTheWhole() throws {
        defer { remove() }
        let url = folder.appendingPathComponent("a.wav")
        try WaveFile(samples: RealFFTTests.noise(10_000), sampleRate: 22_050).write(to: url)
        let whole = try WaveFile(reading: url).samples
        let reader = try WaveReader(url)
        #expect(reader.duration == 10_000.0 / 22_050)
        var pieces: [Float] = []
        while let piece = try reader.read(37) {
            #expect(!piece.isEmpty && piece.count < 200)
            pieces += piece
        }
        #expect(pieces == whole)
    }

    @Test func placesThatAreNoFilesAreNamed() throws {
        defer { remove() }
        func code(_ body: () throws -> Void) -> RiposteError.Code? {
            do { try body() } catch let error as RiposteError { return error.code } catch {}
            return nil
        }
        #expect(code { _ = try WaveFile(reading: folder) } == .badInput)
        let missing = folder.appendingPathComponent("no/such.wav")
        #expect(code { _ = try WaveFile(reading: missing) } == .badInput)
        #expect(code { try WaveFile(samples: [0], sampleRate: 16_000).write(to: missing) } == .badInput)
        #expect(code { try WaveFile(samples: [0], sampleRate: 16_000).write(to: folder) } != nil)
        let full = URL(fileURLWithPath: "/dev/full")
        if FileManager.default.fileExists(atPath: full.path) {
            let error = #expect(throws: RiposteError.self) {
                try WaveFile(samples: [0], sampleRate: 16_000).write(to: full)
            }
            #expect(error?.code == .storage)
            #expect(error?.message.contains("disk is full") == true)
        }
    }

    @Test func aFileThatShrinksWhileReadingIsTruncated() throws {
        defer { remove() }
        let url = folder.appendingPathComponent("a.wav")
        try WaveFile(samples: RealFFTTests.noise(10_000), sampleRate: 16_000).write(to: url)
        let reader = try WaveReader(url)
        _ = try reader.read(100)
        let handle = try FileHandle(forWritingTo: url)
        try handle.truncate(atOffset: 1000)
        var count = 100
        while let piece = try reader.read(100) { count += piece.count }
        #expect(count == (1000 - 44) / 2)
        #expect(reader.isTruncated)
    }

    // Needs the recordings of spoken orders (shared/audio).
    @Test(.enabled(if: TestResources.recordings != nil, "no recordings; set RIPOSTE_RECORDINGS"))
    func recordingsAreRead() throws {
        defer { remove() }
        let url = try #require(TestResources.spokenOrders.first)
        let file = try WaveFile(reading: url)
        #expect(file.duration > 1 && file.duration < 20)
        let power = file.samples.reduce(0) { $0 + $1 * $1 } / Float(file.samples.count)
        #expect(power > 1e-6)
    }
}
