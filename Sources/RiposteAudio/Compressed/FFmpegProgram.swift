import Foundation
import RiposteCore
import Synchronization

/// The program ffmpeg, if it is on this machine: reads MPEG-4, WebM and AAC, and writes AAC.
///
/// It runs in a process of its own, with bounds: what it reads comes from the network as often as not.
public enum FFmpegProgram {
    /// What a conversion may take.
    public struct Limits: Sendable {
        /// Seconds of sound that are read; the rest is left out. Default 3600.
        public var sound = 3600.0
        /// Seconds of a processor. Default 120.
        public var processor = 120
        /// Seconds of time. Default 180.
        public var time = 180.0
        /// Bytes of memory. Default 2 GB.
        public var memory = 2 << 30

        public init() {}
    }

    /// Where it is: what `RIPOSTE_FFMPEG` names, else where the system finds programs; nil where it is not.
    public static var executable: URL? {
        let environment = ProcessInfo.processInfo.environment
        if let own = environment["RIPOSTE_FFMPEG"], !own.isEmpty { return usable(own) }
        let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
        return folders.lazy.compactMap { usable("\($0)/ffmpeg") }.first
    }

    private static func usable(_ path: String) -> URL? {
        FileManager.default.isExecutableFile(atPath: path) ? URL(fileURLWithPath: path) : nil
    }

    static func found() throws -> URL {
        guard let executable else {
            throw RiposteError(
                .libraryMissing, .audio,
                "M4A, WebM and AAC need ffmpeg, which is not on this machine. Install it: `apt install ffmpeg` on Debian and "
                    + "Ubuntu, `brew install ffmpeg` on macOS.")
        }
        return executable
    }

    /// The program within bounds, not yet running; its errors are not kept.
    static func process(_ arguments: [String], _ limits: Limits) throws -> Process {
        let process = Process()
        let bounds = "ulimit -t \(limits.processor); ulimit -v \(limits.memory / 1024); ulimit -c 0; exec \"$0\" \"$@\""
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        process.arguments =
            ["-c", bounds, try found().path, "-nostdin", "-hide_banner", "-loglevel", "quiet", "-threads", "1"]
            + arguments
        process.environment = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"]
        process.standardError = FileHandle.nullDevice
        return process
    }

    /// Reads a recording: MPEG-4, WebM or AAC, and what libsndfile reads where that is not there.
    /// - Parameters:
    ///   - recording: a regular file, open for reading at its beginning.
    ///   - name: what to call it in an error.
    /// - Returns: a reader of the sound, which is kept in a file meanwhile.
    /// - Throws: `.libraryMissing` without ffmpeg; `.badInput` for what holds no sound; `.timedOut`; `.storage`.
    static func reader(
        _ recording: FileHandle, _ kind: SoundKind, name: String, sampleRate: Int, limits: Limits = .init()
    ) async throws -> WaveReader {
        let sound = try TemporaryFile.create()
        let process = try process(
            // What refers to other files or addresses is not followed.
            ["-protocol_whitelist", "file,pipe", "-f", format(kind), "-i", "file:/dev/stdin"]
                + ["-map", "0:a:0", "-vn", "-sn", "-dn", "-t", "\(limits.sound)", "-ac", "1", "-ar", "\(sampleRate)"]
                + ["-c:a", "pcm_s16le", "-fflags", "+bitexact", "-f", "wav", "pipe:1"],
            limits)
        process.standardInput = recording
        process.standardOutput = sound
        guard try await finish(process, within: limits.time) else {
            throw RiposteError(.timedOut, .audio, "\(name) took too long to be read.")
        }
        try sound.seek(toOffset: 0)
        let bytes = FileHandleBytes(sound)
        // What broke off is used as far as it goes; a header alone is nothing.
        guard (bytes.size ?? 0) > (process.terminationStatus == 0 ? 100 : 1_000) else {
            throw RiposteError(.badInput, .audio, "\(name) holds no sound that ffmpeg can read.")
        }
        return try WaveReader(bytes, name: name, sampleRate: sampleRate)
    }

    private static func format(_ kind: SoundKind) -> String {
        switch kind {
        case .wave: "wav"
        case .flac: "flac"
        case .mp3: "mp3"
        case .ogg: "ogg"
        case .mp4: "mov"
        case .webm: "matroska"
        case .aac: "aac"
        }
    }

    /// Runs it to its end.
    /// - Returns: whether it ended by itself in time.
    private static func finish(_ process: Process, within seconds: Double) async throws -> Bool {
        let (ends, end) = AsyncStream.makeStream(of: Bool.self)
        process.terminationHandler = { _ in
            end.yield(true)
            end.finish()
        }
        do {
            try process.run()
        } catch {
            throw RiposteError(.engineFailed, .audio, "ffmpeg could not be started.", underlying: error)
        }
        let identifier = process.processIdentifier
        let limit = Task {
            try await Task.sleep(for: .seconds(seconds))
            end.yield(false)
            kill(identifier, SIGKILL)
        }
        defer { limit.cancel() }
        return try await withTaskCancellationHandler {
            // Also when cancelled, the process has to be seen to its end.
            var inTime: Bool?
            for await isOver in ends { inTime = inTime ?? isOver }
            try Task.checkCancellation()
            return inTime ?? false
        } onCancel: {
            kill(identifier, SIGKILL)
        }
    }
}

/// A file that nobody else can find, and that is gone when it is closed.
enum TemporaryFile {
    /// - Throws: `.storage`.
    static func create() throws -> FileHandle {
        var path = Array(
            FileManager.default.temporaryDirectory.appendingPathComponent("riposte-XXXXXX").path.utf8CString)
        let descriptor = mkstemp(&path)
        guard descriptor >= 0 else { throw FileBytes.failure("A temporary file cannot be made", errno) }
        unlink(path)
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    }
}

/// An open file as bytes.
final class FileHandleBytes: ByteSource {
    let size: Int?
    private let file: FileHandle

    init(_ file: FileHandle) {
        self.file = file
        var status = stat()
        size = fstat(file.fileDescriptor, &status) == 0 ? Int(status.st_size) : nil
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard !buffer.isEmpty, let data = try file.read(upToCount: buffer.count) else { return 0 }
        return data.copyBytes(to: buffer)
    }
}
