import COpus
import Foundation
import RiposteCore

/// libopus, if it is on this machine.
public enum OpusLibrary {
    /// The rates it codes at, in hertz.
    public static let sampleRates = [8000, 12_000, 16_000, 24_000, 48_000]

    private static let files = [
        "libopus.so.0", "libopus.0.dylib", "/opt/homebrew/lib/libopus.0.dylib", "/usr/local/lib/libopus.0.dylib",
    ]

    /// Opens the library: the file that `RIPOSTE_OPUS` names, or else where the system finds it.
    /// - Throws: `libraryMissing`.
    public static func load() throws {
        let own = ProcessInfo.processInfo.environment["RIPOSTE_OPUS"].flatMap { $0.isEmpty ? nil : [$0] }
        guard (own ?? files).contains(where: { riposte_opus_load($0) == 0 }) else {
            throw RiposteError(
                .libraryMissing, .audio,
                "Opus is not on this machine. Install it: `apt install libopus0` on Debian and Ubuntu, "
                    + "`brew install opus` on macOS.")
        }
    }

    /// The library's own name and version ("libopus 1.3.1"); nil where it is not.
    public static var version: String? {
        guard (try? load()) != nil else { return nil }
        return riposte_opus_version().map { String(cString: $0) }
    }

    static func failure(_ status: Int32, _ code: RiposteError.Code, _ what: String) -> RiposteError {
        let reason = riposte_opus_error_text(status).map { String(cString: $0) } ?? "error \(status)"
        return RiposteError(code, .audio, "\(what): \(reason).")
    }
}
