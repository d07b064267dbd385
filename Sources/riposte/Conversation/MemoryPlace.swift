import Foundation
import RiposteCore
import RiposteMemory

/// Where conversations are kept: a SQLite file, or a PostgreSQL database that several nodes share.
enum MemoryPlace {
    case file(String)
    case database(String)

    /// - Parameter text: a path or the address of a database.
    init(_ text: String) {
        self = PostgreSQLConversationStore.isAddress(text) ? .database(text) : .file(text)
    }

    /// What `--memory` says, else `RIPOSTE_MEMORY` of the environment: there the password of a database is in no list of
    /// processes.
    static func named(_ option: String?) -> MemoryPlace? {
        let named = option ?? ProcessInfo.processInfo.environment["RIPOSTE_MEMORY"]
        return named.flatMap { $0.isEmpty ? nil : MemoryPlace($0) }
    }

    /// - Throws: what the stores throw. A database is asked first when it is used.
    func open() throws -> any ConversationStore {
        switch self {
        case .file(let path): try SQLiteConversationStore(URL(fileURLWithPath: path))
        case .database(let address): try PostgreSQLConversationStore(address)
        }
    }
}
