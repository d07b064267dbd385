import Foundation
import RiposteCore
import Synchronization

/// A private PulseAudio server with two silent sinks, for tests on machines without a sound card.
///
/// What is played to `user` is heard by the default microphone, and what the program plays goes to
/// `assistant`, which can be recorded.
///
/// ```swift
/// let server = try SoundServer()
/// defer { server.stop() }
/// server.adopt()  // for this process; a child gets `server.environment`
/// try await server.speak(recording)
/// ```
public final class SoundServer: Sendable {
    private static let needed = ["pulseaudio", "pactl", "paplay", "parec"]

    /// The first program that is missing; nil when tests with sound can run.
    public static var missing: String? { needed.first { ChildProgram.find($0) == nil } }
    public static var isAvailable: Bool { missing == nil }

    /// What a process needs in its environment to use this server.
    public let environment: [String: String]

    private let folder: URL
    /// The server, and what keeps its sinks awake.
    private let programs = Mutex<[ChildProgram]>([])

    /// Starts the server and waits until it answers.
    /// - Throws: `.libraryMissing` without PulseAudio's programs, `.engineFailed` when it does not start.
    public init() throws {
        if let missing = Self.missing {
            throw RiposteError(
                .libraryMissing, .audio,
                "\(missing) is not installed: `apt install pulseaudio pulseaudio-utils libasound2-plugins`.")
        }
        // A socket's path may have a hundred characters or so.
        folder = URL(fileURLWithPath: "/tmp/riposte-sound-\(UUID().uuidString.prefix(8))", isDirectory: true)
        try FileManager.default.createDirectory(
            at: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        environment = [
            "PULSE_SERVER": "unix:\(folder.path)/socket", "PULSE_COOKIE": "\(folder.path)/cookie",
            "XDG_RUNTIME_DIR": folder.path, "PULSE_RUNTIME_PATH": folder.path, "PULSE_STATE_PATH": folder.path,
        ]
        do {
            try start()
        } catch {
            stop()
            throw error
        }
    }

    deinit { stop() }

    /// Makes this process use the server, too.
    public func adopt() {
        for (key, value) in environment where key.hasPrefix("PULSE") { setenv(key, value, 1) }
    }

    /// Starts the server again at the same address, after `kill`.
    public func start() throws {
        try? FileManager.default.removeItem(atPath: "\(folder.path)/socket")
        let process = try ChildProgram(
            "pulseaudio",
            [
                "-n", "--daemonize=no", "--exit-idle-time=60", "--use-pid-file=no", "--disable-shm=yes",
                "-L", "module-native-protocol-unix socket=\(folder.path)/socket auth-anonymous=1",
                "-L", "module-null-sink sink_name=user", "-L", "module-null-sink sink_name=assistant",
            ], environment: environment)
        programs.withLock { $0 = [process] }
        for _ in 0..<100 {
            if control("set-default-source", "user.monitor"), control("set-default-sink", "assistant") {
                // A silent sink that nobody is in a hurry about works in blocks of two seconds. A listener at
                // either makes them as quick as a sound card.
                for sink in ["user", "assistant"] {
                    let listener = try ChildProgram(
                        "parec", ["--device=\(sink).monitor", "--latency-msec=20", "--raw", "/dev/null"],
                        environment: environment)
                    programs.withLock { $0.append(listener) }
                }
                return
            }
            guard process.isRunning else { break }
            usleep(50_000)
        }
        throw RiposteError(.engineFailed, .audio, "The private sound server does not start.")
    }

    /// Ends the server at once, as when it crashes.
    public func kill() {
        let killed = programs.withLock { programs in
            defer { programs = [] }
            return programs
        }
        for program in killed {
            program.signal(SIGKILL)
            _ = program.waitBlocking()
        }
    }

    /// Ends the server and removes what it left.
    public func stop() {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Plays a WAVE file into the microphone, and returns at its end.
    public func speak(_ file: URL) async throws {
        let player = try ChildProgram(
            "paplay", ["--device=user", "--latency-msec=20", file.path], environment: environment)
        guard try await player.wait() == 0 else {
            throw RiposteError(.engineFailed, .audio, "\(file.lastPathComponent) does not play.")
        }
    }

    /// Records what the program plays, as 16-bit mono at 16 kHz, until `stopRecording`.
    public func record(to file: URL) throws -> ChildProgram {
        try ChildProgram(
            "parec",
            [
                "--device=assistant.monitor", "--rate=16000", "--channels=1", "--format=s16le", "--file-format=wav",
                "--latency-msec=20", file.path,
            ], environment: environment)
    }

    /// Ends a recording and waits until its file is complete.
    public func stopRecording(_ recording: ChildProgram) {
        recording.signal(SIGTERM)
        _ = recording.waitBlocking()
    }

    private func control(_ arguments: String...) -> Bool {
        (try? ChildProgram("pactl", arguments, environment: environment))?.waitBlocking() == 0
    }
}
