import Foundation
import RiposteCore

/// Opens recorded sound of any kind that can be read on this machine.
///
/// WAVE is always read; FLAC and Ogg by libsndfile; MP3, MPEG-4, WebM and AAC by ffmpeg. For MP3 libsndfile will do, and for
/// FLAC and Ogg ffmpeg, where the other one is missing.
public enum SoundRecording {
    /// - Parameters:
    ///   - data: the file.
    ///   - name: what to call it in an error.
    ///   - sampleRate: of what is read, in hertz. Default 16 000.
    /// - Throws: `.badInput` for what is no readable sound, `.libraryMissing` where something has to be installed to read it.
    public static func reader(
        _ data: Data, name: String = "The sound", sampleRate: Int = 16_000, limits: FFmpegProgram.Limits = .init()
    ) async throws -> any SoundReader {
        guard let kind = SoundKind(data), kind != .wave else {
            // It says best what is wrong.
            return try WaveReader(data, name: name, sampleRate: sampleRate)
        }
        if isForLibrary(kind) { return try SoundFileReader(data, name: name, sampleRate: sampleRate) }
        _ = try FFmpegProgram.found()
        let file = try TemporaryFile.create()
        try SoundFile.write(data, to: file, name: "A temporary file")
        try file.seek(toOffset: 0)
        return try await FFmpegProgram.reader(file, kind, name: name, sampleRate: sampleRate, limits: limits)
    }

    /// The same of a file or a pipe; a pipe has to be WAVE.
    public static func reader(
        _ url: URL, sampleRate: Int = 16_000, limits: FFmpegProgram.Limits = .init()
    ) async throws -> any SoundReader {
        let isFile = (try? url.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile) ?? false
        guard isFile, let file = try? FileHandle(forReadingFrom: url),
            let beginning = try? file.read(upToCount: SoundKind.prefixLength), let kind = SoundKind(beginning),
            kind != .wave
        else { return try WaveReader(url, sampleRate: sampleRate) }
        if isForLibrary(kind) { return try SoundFileReader(url, sampleRate: sampleRate) }
        try file.seek(toOffset: 0)
        return try await FFmpegProgram.reader(
            file, kind, name: url.lastPathComponent, sampleRate: sampleRate, limits: limits)
    }

    private static func isForLibrary(_ kind: SoundKind) -> Bool {
        guard SoundFileLibrary.number(of: kind) != nil else { return false }
        // libsndfile reads an MP3 no further than its first frames promise, and tells of each broken one on standard error.
        if kind == .mp3, FFmpegProgram.executable != nil { return false }
        // Without both, what is said is what to install for it.
        return SoundFileLibrary.version != nil || FFmpegProgram.executable == nil
    }
}
