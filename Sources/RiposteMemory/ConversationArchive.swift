import Foundation
import RiposteCore

/// Conversations as lines of JSON, taken from a store and put into one, whichever kind of store it is.
///
/// The first line says what it is, `{"format":"riposte-conversations","version":1,…}`; then there is a line for each
/// conversation, with `id`, `user`, `began`, `lastActive` and the `conversation` as a whole; the last one,
/// `{"conversations":12}`, says how many there were. Where it is missing, the archive is not whole.
public enum ConversationArchive {
    private struct Beginning: Codable {
        var format: String
        var version: Int
        var made: Date
    }

    private struct Line: Codable {
        var id: String
        var user: String
        var began: Date
        var lastActive: Date
        var conversation: Conversation

        var summary: ConversationSummary {
            ConversationSummary(id: id, user: user, began: began, lastActive: lastActive)
        }
    }

    private struct End: Codable {
        var conversations: Int
    }

    private static let format = "riposte-conversations"
    /// Of the lines' form; what a later version wrote is refused.
    static let version = 1

    private static var encoder: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return encoder
    }

    /// Takes conversations from a store, each as it is in that moment, while others go on using it.
    /// - Parameters:
    ///   - user: whose; nil takes everybody's.
    ///   - write: takes the lines, one after the other, with their ends.
    /// - Returns: how many there were.
    public static func write(
        _ store: some ConversationStore, of user: String? = nil, to write: (Data) throws -> Void
    ) async throws -> Int {
        let encoder = encoder
        func line(_ value: some Encodable) throws { try write(try encoder.encode(value) + Data("\n".utf8)) }
        try line(Beginning(format: format, version: version, made: Date()))
        var count = 0
        for summary in try await store.conversations(of: user) {
            try Task.checkCancellation()
            // One that was forgotten meanwhile is left out.
            guard let conversation = try await store.conversation(summary.id) else { continue }
            try line(
                Line(
                    id: summary.id, user: summary.user, began: summary.began, lastActive: summary.lastActive,
                    conversation: conversation))
            count += 1
        }
        try line(End(conversations: count))
        return count
    }

    /// Puts an archive's conversations into a store, all of them or none, after all of it was read once: an archive that is
    /// not whole changes nothing.
    /// - Parameter replaces: whether conversations of the store may be replaced by those of the same name. Default: no.
    /// - Returns: how many there were.
    /// - Throws: `.corrupt` for what is no archive, or not a whole one; `.badInput` for one that a newer version wrote, or
    ///   where a conversation is in the store already.
    public static func restore(_ archive: URL, into store: some ConversationStore, replaces: Bool = false) async throws
        -> Int
    {
        let name = archive.lastPathComponent
        let data: Data
        do { data = try Data(contentsOf: archive, options: .mappedIfSafe) } catch {
            throw RiposteError(.storage, .dialog, "\(name) cannot be read: \(error)", underlying: error)
        }
        let lines = try lines(of: data, name)
        var names: Set<String> = []
        for index in lines.indices {
            let id = try conversation(lines[index], at: index, of: name).id
            guard names.insert(id).inserted else {
                throw RiposteError(.corrupt, .dialog, "\(name) has the conversation \u{201C}\(id)\u{201D} twice.")
            }
        }
        // Read once more, so that only one of them is in memory.
        try await store.restore(lines.count, replacing: replaces) { place in
            let index = lines.startIndex + place
            let line = try conversation(lines[index], at: index, of: name)
            return (line.conversation, line.summary)
        }
        return lines.count
    }

    /// The lines of the conversations.
    private static func lines(of data: Data, _ name: String) throws -> ArraySlice<Data> {
        let decoder = JSONDecoder()
        var lines = data.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true)[...]
        guard let first = lines.popFirst(), let beginning = try? decoder.decode(Beginning.self, from: first),
            beginning.format == format
        else { throw RiposteError(.corrupt, .dialog, "\(name) is no archive of conversations.") }
        guard beginning.version <= version else {
            throw RiposteError(
                .badInput, .dialog,
                "\(name) was written by a newer version of Riposte (form \(beginning.version); this one reads up to "
                    + "\(version)); nothing was changed.")
        }
        guard let last = lines.popLast(), let end = try? decoder.decode(End.self, from: last),
            end.conversations == lines.count
        else { throw RiposteError(.corrupt, .dialog, "\(name) is not whole: its end is missing.") }
        return lines
    }

    private static func conversation(_ line: Data, at index: Int, of name: String) throws -> Line {
        do {
            return try JSONDecoder().decode(Line.self, from: line)
        } catch {
            throw RiposteError(.corrupt, .dialog, "\(name) is damaged in line \(index + 1).", underlying: error)
        }
    }
}
