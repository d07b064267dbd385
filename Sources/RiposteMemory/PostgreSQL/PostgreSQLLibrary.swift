import CPostgreSQL
import Foundation
import RiposteCore

/// libpq, PostgreSQL's client library, if it is on this machine.
public enum PostgreSQLLibrary {
    private static let files = [
        "libpq.so.5", "libpq.5.dylib", "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
        "/usr/local/opt/libpq/lib/libpq.5.dylib",
    ]

    /// Opens the library: the file that `RIPOSTE_LIBPQ` names, or else where the system finds it.
    /// - Throws: `libraryMissing`.
    public static func load() throws {
        let own = ProcessInfo.processInfo.environment["RIPOSTE_LIBPQ"].flatMap { $0.isEmpty ? nil : [$0] }
        guard (own ?? files).contains(where: { riposte_pq_load($0) == 0 }) else {
            throw RiposteError(
                .libraryMissing, .dialog,
                "PostgreSQL's client library is not on this machine. Install it: `apt install libpq5` on Debian and "
                    + "Ubuntu, `brew install libpq` on macOS.")
        }
    }

    /// The library's version ("15.18"); nil where it is not.
    public static var version: String? {
        guard (try? load()) != nil else { return nil }
        let number = riposte_pq_version()
        return "\(number / 10_000).\(number % 10_000)"
    }

    /// Who is asked where ("riposte@db.example:5432/riposte"), without the password.
    /// - Throws: `.badInput` for what is no address. The message does not repeat it: it may hold a password.
    static func place(of address: String) throws -> String {
        try load()
        var text = [CChar](repeating: 0, count: 512)
        guard !address.utf8.contains(0), riposte_pq_describe(address, &text, Int32(text.count)) == 0 else {
            throw RiposteError(
                .badInput, .configuration,
                "That is no address of a PostgreSQL database. One looks like postgresql://user:password@host:5432/database; "
                    + "in a password, what has a meaning in addresses is written with percent signs.")
        }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
