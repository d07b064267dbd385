import Foundation
import RiposteConversation
import RiposteCore

/// Writes a line of JSON for each turn, as soon as the turn has ended.
final class TraceWriter {
    private let file: FileHandle
    private let usage: CloudUsage?

    /// - Parameter usage: of services; nil where none are asked.
    /// - Throws: `.storage` when the file cannot be made.
    init(_ path: String, usage: CloudUsage? = nil) throws {
        guard FileManager.default.createFile(atPath: path, contents: nil), let file = FileHandle(forWritingAtPath: path)
        else {
            throw RiposteError(.storage, .session, "The trace \(path) cannot be written.")
        }
        self.file = file
        self.usage = usage
    }

    func write(_ report: TurnReport) throws {
        do {
            try file.write(contentsOf: try TraceLine(report: report, cloud: usage?.take() ?? .init()).bytes())
        } catch {
            throw RiposteError(.storage, .session, "The trace could not be written: \(error).", underlying: error)
        }
    }
}
