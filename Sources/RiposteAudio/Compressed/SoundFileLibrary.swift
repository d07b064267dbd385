import CSoundFile
import Foundation
import RiposteCore

/// libsndfile, if it is on this machine: reads FLAC, MP3 and Ogg, and writes FLAC and MP3.
public enum SoundFileLibrary {
    private static let files = [
        "libsndfile.so.1", "libsndfile.1.dylib", "/opt/homebrew/lib/libsndfile.1.dylib",
        "/usr/local/lib/libsndfile.1.dylib",
    ]

    /// Opens the library: the file that `RIPOSTE_SNDFILE` names, or else where the system finds it.
    /// - Throws: `libraryMissing`.
    public static func load() throws {
        let own = ProcessInfo.processInfo.environment["RIPOSTE_SNDFILE"].flatMap { $0.isEmpty ? nil : [$0] }
        guard (own ?? files).contains(where: { riposte_sndfile_load($0) == 0 }) else {
            throw RiposteError(
                .libraryMissing, .audio,
                "FLAC, MP3 and Ogg need libsndfile, which is not on this machine. Install it: `apt install libsndfile1` on "
                    + "Debian and Ubuntu, `brew install libsndfile` on macOS.")
        }
    }

    /// The library's own name and version ("libsndfile-1.2.0"); nil where it is not.
    public static var version: String? {
        guard (try? load()) != nil else { return nil }
        return riposte_sndfile_version().map { String(cString: $0) }
    }

    static func number(of kind: SoundKind) -> Int? {
        switch kind {
        case .flac: RIPOSTE_SOUND_FLAC
        case .mp3: RIPOSTE_SOUND_MP3
        case .ogg: RIPOSTE_SOUND_OGG
        case .wave, .mp4, .webm, .aac: nil
        }
    }

    static func reason(_ status: Int32) -> String {
        riposte_sndfile_error_text(status).map { String(cString: $0) } ?? "error \(status)"
    }
}

/// Reads FLAC, MP3 and Ogg (Vorbis, Opus) piece by piece as mono sound, by libsndfile.
///
/// What is broken in the middle is read up to there. An MP3 is read no further than its beginning promises, which is wrong
/// where its rate varies and no header says how long it is; `SoundRecording` asks ffmpeg first.
public final class SoundFileReader: SoundReader {
    public let kind: SoundKind
    public let sampleRate: Int
    public let duration: Double?
    public private(set) var isTruncated = false

    private let handle: OpaquePointer
    private let channels: Int
    private let announced: Int
    private var given = 0
    private var resampler: Resampler
    private var isAtEnd = false
    private var buffer: [Float] = []

    /// Channels that are read; Ogg may have more.
    private static let mostChannels = 16

    /// - Parameters:
    ///   - data: the file, of which a copy is kept.
    ///   - name: what to call it in an error.
    ///   - sampleRate: the rate to resample to, in hertz; nil keeps the file's. Default 16 000.
    /// - Throws: `.libraryMissing` without libsndfile, `.badInput` for what is no such sound.
    public convenience init(_ data: Data, name: String = "The sound", sampleRate: Int? = 16_000) throws {
        try SoundFileLibrary.load()
        try self.init(name: name, sampleRate: sampleRate) { sound, error in
            data.withUnsafeBytes { bytes in
                // An empty file is none; a pointer tells that it is in memory.
                guard let start = bytes.baseAddress else { return nil }
                return riposte_sound_reader_open(start, Int64(bytes.count), nil, &sound, &error)
            }
        }
    }

    /// Opens a file.
    public convenience init(_ url: URL, sampleRate: Int? = 16_000) throws {
        try SoundFileLibrary.load()
        try self.init(name: url.lastPathComponent, sampleRate: sampleRate) { sound, error in
            riposte_sound_reader_open(nil, 0, url.path, &sound, &error)
        }
    }

    private init(
        name: String, sampleRate: Int?, open: (inout riposte_sound, inout Int32) -> OpaquePointer?
    ) throws {
        var sound = riposte_sound()
        var error: Int32 = 0
        guard let handle = open(&sound, &error) else {
            throw RiposteError(
                .badInput, .audio, "\(name) cannot be read: \(SoundFileLibrary.reason(error))")
        }
        guard let kind = SoundKind.allCases.first(where: { SoundFileLibrary.number(of: $0) == Int(sound.kind) }),
            (1...Self.mostChannels).contains(Int(sound.channels)), WaveFormat.sampleRates.contains(Int(sound.rate))
        else {
            riposte_sound_reader_close(handle)
            throw RiposteError(
                .badInput, .audio,
                "\(name) claims to have \(sound.channels) channels at \(sound.rate) Hz, which is no sound to read.")
        }
        self.handle = handle
        self.kind = kind
        channels = Int(sound.channels)
        self.sampleRate = sampleRate ?? Int(sound.rate)
        announced = Int(max(0, sound.frames))
        duration = sound.frames > 0 ? Double(sound.frames) / Double(sound.rate) : nil
        resampler = Resampler(from: Int(sound.rate), to: self.sampleRate)
    }

    deinit { riposte_sound_reader_close(handle) }

    public func read(_ count: Int = 4096) throws -> [Float]? {
        while !isAtEnd {
            let wanted = min(max(1, count), 1 << 20)
            if buffer.count < wanted * channels { buffer = [Float](repeating: 0, count: wanted * channels) }
            let got = buffer.withUnsafeMutableBufferPointer {
                Int(riposte_sound_reader_read(handle, $0.baseAddress, Int64(wanted)))
            }
            given += got
            var samples = resampler.process(mono(got))
            // Less than was asked for may also be the end of a part.
            if got == 0 {
                isAtEnd = true
                isTruncated = given < announced
                samples += resampler.finish()
            }
            if !samples.isEmpty { return samples }
        }
        return nil
    }

    /// The mean of the channels; what is no number is silence.
    private func mono(_ frames: Int) -> [Float] {
        let scale = 1 / Float(channels)
        return (0..<frames).map { frame in
            var sum: Float = 0
            for channel in 0..<channels { sum += buffer[frame * channels + channel] }
            let value = sum * scale
            return value.isFinite ? max(-8, min(8, value)) : 0
        }
    }
}

/// Writes FLAC or MP3 piece by piece, by libsndfile; what has been written can be played while more is coming.
public final class SoundFileWriter: SoundWriter {
    public let sampleRate: Int
    public private(set) var sampleCount = 0

    private let handle: OpaquePointer
    private let sink: (Data) throws -> Void
    private let close: () -> Void
    private var isFinished = false

    /// - Parameters:
    ///   - kind: `.flac` or `.mp3`.
    ///   - sampleRate: of what is appended, in hertz; MP3 has 8000 to 48 000.
    ///   - sink: takes the bytes in order.
    ///   - close: is told that there are no more.
    /// - Throws: `libraryMissing` without libsndfile, and where it was built without such sound.
    public init(
        _ kind: SoundKind, sampleRate: Int, sink: @escaping (Data) throws -> Void, close: @escaping () -> Void = {}
    ) throws {
        try SoundFileLibrary.load()
        var error: Int32 = 0
        guard let number = SoundFileLibrary.number(of: kind), kind != .ogg,
            riposte_sound_can_write(Int32(number), Int32(sampleRate)) != 0,
            let handle = riposte_sound_writer_open(Int32(number), Int32(sampleRate), &error)
        else {
            throw RiposteError(
                .libraryMissing, .audio,
                "libsndfile on this machine writes no \(kind.rawValue.uppercased()) at \(sampleRate) Hz; 1.1 and later do."
            )
        }
        self.handle = handle
        self.sampleRate = sampleRate
        self.sink = sink
        self.close = close
    }

    /// Creates the file, or empties it.
    public convenience init(_ url: URL, _ kind: SoundKind, sampleRate: Int) throws {
        try SoundFileLibrary.load()
        let file = try SoundFile.create(url)
        try self.init(
            kind, sampleRate: sampleRate, sink: { try SoundFile.write($0, to: file, name: url.path) },
            close: { try? file.close() })
    }

    deinit {
        try? finish()
        riposte_sound_writer_close(handle)
    }

    public func append(_ samples: [Float]) throws {
        guard !isFinished, riposte_sound_writer_write(handle, samples, Int64(samples.count)) == 0 else {
            throw RiposteError(.engineFailed, .audio, "The sound could not be written.")
        }
        sampleCount += samples.count
        try handOn()
    }

    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        defer { close() }
        riposte_sound_writer_finish(handle)
        try handOn()
    }

    private func handOn() throws {
        var count = 0
        guard let bytes = riposte_sound_writer_take(handle, &count), count > 0 else { return }
        try sink(Data(bytes: bytes, count: count))
    }
}
