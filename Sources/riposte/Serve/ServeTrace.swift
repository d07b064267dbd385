import Foundation
import RiposteConversation
import RiposteCore
import Synchronization

/// Writes a line of JSON for each turn of all conversations, as soon as the turn has ended.
final class ServeTrace: Sendable {
    private let file: Mutex<FileHandle>

    /// - Throws: `.storage` when the file cannot be made.
    init(_ path: String) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw RiposteError(.storage, .session, "The trace \(path) cannot be written.")
        }
        self.file = Mutex(file)
    }

    /// A line that cannot be written is left out: conversations do not end for it.
    /// - Parameter usage: what was sent to services for the conversation since its last line.
    func write(_ report: TurnReport, of conversation: String, _ usage: CloudUsage.Report) {
        let line = TraceLine(report: report, cloud: usage, conversation: conversation)
        guard let bytes = try? line.bytes() else { return }
        file.withLock { try? $0.write(contentsOf: bytes) }
    }
}
