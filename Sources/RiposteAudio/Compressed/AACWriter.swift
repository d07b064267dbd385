import Foundation
import RiposteCore
import Synchronization

/// Writes AAC as a stream (ADTS) piece by piece, by ffmpeg in a process of its own.
public final class AACWriter: SoundWriter {
    public let sampleRate: Int
    public private(set) var sampleCount = 0

    private let process: Process
    /// What ffmpeg hears: a socket, because writing to a pipe whose reader is gone would end this process.
    private let input: Int32
    private let output: Output
    private let sink: (Data) throws -> Void
    private let close: () -> Void
    private var isFinished = false

    /// Seconds without a byte taken or given after which ffmpeg is taken to be stuck.
    private static let patience = 10

    /// What came out and was not handed on yet.
    private final class Output: Sendable {
        private let bytes = Mutex(Data())
        private let end = DispatchSemaphore(value: 0)

        init(_ file: FileHandle) {
            file.readabilityHandler = { [self] file in
                let data = file.availableData
                guard data.isEmpty else { return bytes.withLock { $0 += data } }
                file.readabilityHandler = nil
                end.signal()
            }
        }

        func take() -> Data {
            bytes.withLock { bytes in
                defer { bytes = Data() }
                return bytes
            }
        }

        /// - Returns: whether it has ended in time.
        func wait(seconds: Int) -> Bool { end.wait(timeout: .now() + .seconds(seconds)) == .success }
    }

    /// - Parameters:
    ///   - sampleRate: of what is appended, in hertz, one of AAC's: 8000 to 96 000.
    ///   - sink: takes the bytes in order.
    ///   - close: is told that there are no more.
    /// - Throws: `.libraryMissing` without ffmpeg; `.engineFailed`.
    public init(sampleRate: Int, sink: @escaping (Data) throws -> Void, close: @escaping () -> Void = {}) throws {
        self.sampleRate = sampleRate
        self.sink = sink
        self.close = close
        process = try FFmpegProgram.process(
            ["-f", "s16le", "-ar", "\(sampleRate)", "-ac", "1", "-i", "pipe:0", "-c:a", "aac", "-b:a", "64k"]
                + ["-flush_packets", "1", "-f", "adts", "pipe:1"], .init())
        var ends: [Int32] = [-1, -1]
        guard socketpair(AF_UNIX, Self.stream, 0, &ends) == 0 else {
            throw FileBytes.failure("ffmpeg could not be spoken to", errno)
        }
        input = ends[0]
        _ = fcntl(ends[0], F_SETFD, FD_CLOEXEC)
        var limit = timeval(tv_sec: Self.patience, tv_usec: 0)
        setsockopt(ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
        let (heard, made) = (FileHandle(fileDescriptor: ends[1], closeOnDealloc: true), Pipe())
        process.standardInput = heard
        process.standardOutput = made
        output = Output(made.fileHandleForReading)
        do {
            try process.run()
        } catch {
            Foundation.close(ends[0])
            throw RiposteError(.engineFailed, .audio, "ffmpeg could not be started.", underlying: error)
        }
    }

    /// Creates the file, or empties it.
    public convenience init(_ url: URL, sampleRate: Int) throws {
        _ = try FFmpegProgram.found()
        let file = try SoundFile.create(url)
        try self.init(
            sampleRate: sampleRate, sink: { try SoundFile.write($0, to: file, name: url.path) },
            close: { try? file.close() })
    }

    #if canImport(Darwin)
        private static let stream = SOCK_STREAM
        private static let flags: Int32 = 0
    #else
        private static let stream = Int32(SOCK_STREAM.rawValue)
        private static let flags = Int32(MSG_NOSIGNAL)
    #endif

    deinit {
        guard !isFinished else { return }
        Foundation.close(input)
        process.terminate()
    }

    public func append(_ samples: [Float]) throws {
        guard !isFinished else { throw RiposteError(.storage, .audio, "The AAC stream is closed already.") }
        try samples.map { Int16((max(-1, min(1, $0.isFinite ? $0 : 0)) * 32_767).rounded()).littleEndian }
            .withUnsafeBytes { bytes in
                var sent = 0
                while sent < bytes.count {
                    let count = send(input, bytes.baseAddress.map { $0 + sent }, bytes.count - sent, Self.flags)
                    if count < 0, errno == EINTR { continue }
                    guard count > 0 else { throw Self.failure }
                    sent += count
                }
            }
        sampleCount += samples.count
        try handOn()
    }

    public func finish() throws {
        guard !isFinished else { return }
        isFinished = true
        defer { close() }
        Foundation.close(input)
        guard output.wait(seconds: Self.patience) else {
            process.terminate()
            throw Self.failure
        }
        try handOn()
    }

    private static let failure = RiposteError(.engineFailed, .audio, "ffmpeg does not write AAC as it should.")

    private func handOn() throws {
        let bytes = output.take()
        if !bytes.isEmpty { try sink(bytes) }
    }
}
