import Foundation
import RiposteCloud
import RiposteConversation
import RiposteCore

/// Writes a line of JSON for each turn, as soon as the turn has ended: the report's keys, and, where services are asked,
/// `cloud` with who answered since the last line and what was sent.
final class TraceWriter {
    private let file: FileHandle
    private let usage: CloudUsage?

    private struct Line: Encodable {
        let report: TurnReport
        let cloud: CloudUsage.Report

        enum CodingKeys: String, CodingKey { case cloud }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(cloud, forKey: .cloud)
        }
    }

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
            try file.write(contentsOf: Data((line(report) + "\n").utf8))
        } catch {
            throw RiposteError(.storage, .session, "The trace could not be written: \(error).", underlying: error)
        }
    }

    private func line(_ report: TurnReport) throws -> String {
        guard let cloud = usage?.take(), !cloud.isEmpty else { return try report.json() }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(Line(report: report, cloud: cloud)), as: UTF8.self)
    }
}
