import Foundation
import RiposteConversation
import RiposteCore

/// A line of a trace: the report of a turn with its keys, and, where services were asked, `cloud` with who answered since
/// the last line, what was sent, and how the answer's first sound came through.
struct TraceLine: Encodable {
    let report: TurnReport
    /// Left out where it is empty.
    var cloud = CloudUsage.Report()
    /// Where there are several; the line then has an `id` as well, by which the log names the turn.
    var conversation: String?

    private enum CodingKeys: String, CodingKey { case cloud, conversation, id }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        if !cloud.isEmpty { try container.encode(cloud, forKey: .cloud) }
        guard let conversation else { return }
        try container.encode(conversation, forKey: .conversation)
        let turn = TurnIdentity(conversation: conversation, turn: report.turn)
        try container.encode(turn.description, forKey: .id)
    }

    /// With its line break. Keys are sorted, so that traces can be compared as text.
    func bytes() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self) + Data("\n".utf8)
    }
}
