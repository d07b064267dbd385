import CPortAudio
import RiposteCore
import Synchronization

/// PortAudio, opened at run time and initialised while anyone uses it.
///
/// It lists devices when it is initialised; once nobody uses it, it is shut down, so that the next use sees
/// what has been plugged in since. It is not thread-safe, hence the lock around every call.
final class PortAudioLibrary: Sendable {
    static let shared = PortAudioLibrary()

    /// Where the library may be: as the system finds it, and where macOS's package managers put it.
    private static let files = [
        "libportaudio.so.2", "libportaudio.2.dylib", "/opt/homebrew/lib/libportaudio.2.dylib",
        "/usr/local/lib/libportaudio.2.dylib",
    ]

    private let users = Mutex(0)

    /// Runs `body` while nobody else calls the library, initialised for that long at least.
    /// - Parameter keeps: whether what `body` opens goes on using the library; give it back with `release`.
    func use<Result>(keeping keeps: Bool = false, _ body: () throws -> Result) throws -> Result {
        try users.withLock { users in
            if users == 0 { try initialize() }
            do {
                let result = try body()
                if keeps { users += 1 }
                if users == 0 { riposte_pa_terminate() }
                return result
            } catch {
                if users == 0 { riposte_pa_terminate() }
                throw error
            }
        }
    }

    /// Runs `body`, which closes what kept the library in use.
    func release(_ body: () -> Void) {
        users.withLock { users in
            body()
            users -= 1
            if users == 0 { riposte_pa_terminate() }
        }
    }

    /// PortAudio's error code as ours.
    static func check(_ code: Int32, _ what: @autoclosure () -> String) throws {
        guard code != 0 else { return }
        let reason = riposte_pa_error_text(code).map { String(cString: $0) } ?? "error \(code)"
        throw RiposteError(.deviceUnavailable, .audio, "\(what()): \(reason). `riposte doctor` lists the devices.")
    }

    private func initialize() throws {
        guard Self.files.contains(where: { riposte_pa_load($0) == 0 }) else {
            throw RiposteError(
                .libraryMissing, .audio,
                "PortAudio is not on this machine. Install it: `apt install libportaudio2` on Debian and Ubuntu, "
                    + "`brew install portaudio` on macOS.")
        }
        try Self.check(riposte_pa_initialize(), "The sound system does not start")
    }
}
