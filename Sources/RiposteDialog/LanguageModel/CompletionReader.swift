import Foundation
import RiposteCore

/// Reads the events of a streamed completion: lines "data: {…}", and "data: [DONE]" at the end.
///
/// A server that does not stream answers with one object; that is read too.
struct CompletionReader {
    private(set) var isDone = false
    private var rest = Data()
    /// How much of it is known to hold no end of a line.
    private var searched = 0
    private var hasText = false

    /// A line longer than this is no event, in bytes.
    private static let longestLine = 1_000_000

    /// - Returns: the pieces of text in what has come.
    /// - Throws: `.engineFailed` for what is no event, or tells of an error.
    mutating func read(_ data: Data) throws -> [String] {
        rest += data
        var pieces: [String] = []
        while !isDone, let end = rest.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
            let line = rest[rest.startIndex..<end]
            rest = Data(rest[(end + 1)...])
            searched = 0
            if let text = try text(of: line) { pieces.append(text) }
        }
        searched = rest.count
        guard rest.count <= Self.longestLine else { throw Self.garbage }
        return pieces
    }

    /// The answer is over.
    /// - Throws: `.engineFailed` where there was no word in it.
    mutating func finish() throws -> [String] {
        let last = isDone || rest.isEmpty ? nil : try text(of: rest[...])
        guard hasText else { throw Self.garbage }
        return last.map { [$0] } ?? []
    }

    private mutating func text(of line: Data) throws -> String? {
        let line = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
        var json = line
        if line.hasPrefix("data:") {
            json = line.dropFirst(5).trimmingCharacters(in: .whitespaces)
        } else if !line.hasPrefix("{") {
            // Comments, names of events, empty lines between them.
            guard line.isEmpty || [":", "event:", "id:", "retry:"].contains(where: line.hasPrefix) else {
                throw Self.garbage
            }
            return nil
        }
        if json == "[DONE]" {
            isDone = true
            return nil
        }
        guard let chunk = try? JSONDecoder().decode(Chunk.self, from: Data(json.utf8)) else { throw Self.garbage }
        if let error = chunk.error { throw RiposteError(.engineFailed, .dialog, "The language model failed: \(error)") }
        let text = chunk.choices?.first.flatMap { $0.delta?.content ?? $0.message?.content }
        guard let text, !text.isEmpty else { return nil }
        hasText = true
        return text
    }

    private static var garbage: RiposteError {
        RiposteError(.engineFailed, .dialog, "The language model's answer is not understood.")
    }

    private struct Chunk: Decodable {
        struct Choice: Decodable {
            struct Message: Decodable { var content: String? }
            var delta: Message?
            var message: Message?
        }
        var choices: [Choice]?
        var error: SlotValue?
    }
}
