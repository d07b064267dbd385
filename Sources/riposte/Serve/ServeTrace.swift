import Foundation
import RiposteConversation
import RiposteCore
import Synchronization

/// Writes a line of JSON for each turn of all conversations, as soon as the turn has ended.
final class ServeTrace: Sendable {
    private struct Line: Encodable {
        var conversation: String
        var report: TurnReport

        private enum CodingKeys: String, CodingKey { case conversation, id }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(conversation, forKey: .conversation)
            let turn = TurnIdentity(conversation: conversation, turn: report.turn)
            try container.encode(turn.description, forKey: .id)
        }
    }

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
    func write(_ report: TurnReport, of conversation: String) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let line = try? encoder.encode(Line(conversation: conversation, report: report)) else { return }
        file.withLock { try? $0.write(contentsOf: line + Data("\n".utf8)) }
    }
}
