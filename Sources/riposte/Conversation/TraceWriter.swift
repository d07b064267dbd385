import Foundation
import RiposteConversation
import RiposteCore

/// Writes a line of JSON for each turn, as soon as the turn has ended.
final class TraceWriter {
    private let file: FileHandle

    /// - Throws: `.storage` when the file cannot be made.
    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw RiposteError(.storage, .session, "The trace \(path) cannot be written.")
        }
        self.file = file
    }

    func write(_ report: TurnReport) throws {
        do {
            try file.write(contentsOf: Data((report.json() + "\n").utf8))
        } catch {
            throw RiposteError(.storage, .session, "The trace could not be written: \(error).", underlying: error)
        }
    }
}
