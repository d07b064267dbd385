import Foundation
import RiposteCore

/// Reads the events of a streamed completion: lines "data: {…}", and "data: [DONE]" at the end.
///
/// A server that does not stream answers with one object; that is read too.
struct CompletionReader {
    private(set) var isDone = false
    /// How many whole events have come.
    private(set) var eventCount = 0
    private var rest = Data()
    /// How much of it is known to hold no end of a line.
    private var searched = 0
    private var hasText = false
    private var calls: [Int: ToolCall] = [:]

    /// A line longer than this is no event, in bytes; nor are arguments for a tool, all together.
    private static let longest = 1_000_000
    /// Tools asked for at once.
    private static let mostCalls = 16

    /// What the model has asked for, once the answer is over.
    var toolCalls: [ToolCall] { calls.sorted { $0.key < $1.key }.map(\.value) }

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
        guard rest.count <= Self.longest else { throw Self.garbage }
        return pieces
    }

    /// The answer is over.
    /// - Throws: `.engineFailed` where there was no word in it, and nothing was asked for.
    mutating func finish() throws -> [String] {
        let last = isDone || rest.isEmpty ? nil : try text(of: rest[...])
        guard hasText || !calls.isEmpty else { throw Self.garbage }
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
        eventCount += 1
        if let error = chunk.error { throw RiposteError(.engineFailed, .dialog, "The language model failed: \(error)") }
        guard let message = chunk.choices?.first.flatMap({ $0.delta ?? $0.message }) else { return nil }
        for (position, part) in (message.toolCalls ?? []).enumerated() { try add(part, at: part.index ?? position) }
        guard let text = message.content, !text.isEmpty else { return nil }
        hasText = true
        return text
    }

    /// A call comes in pieces: its name first, then its arguments bit by bit.
    private mutating func add(_ part: Chunk.Call, at index: Int) throws {
        var call = calls[index] ?? ToolCall(id: "call_\(index)", name: "", arguments: "")
        if let id = part.id, !id.isEmpty { call.id = id }
        call.function.name += part.function?.name ?? ""
        switch part.function?.arguments {
        case .text(let text)?: call.function.arguments += text
        // Some servers send the object itself.
        case .object(let fields)?:
            call.function.arguments += String(decoding: try JSONEncoder().encode(fields), as: UTF8.self)
        default: break
        }
        calls[index] = call
        let length = calls.values.reduce(0) { $0 + $1.function.arguments.utf8.count + $1.function.name.utf8.count }
        guard calls.count <= Self.mostCalls, length <= Self.longest else { throw Self.garbage }
    }

    private static var garbage: RiposteError {
        RiposteError(.engineFailed, .dialog, "The language model's answer is not understood.")
    }

    private struct Chunk: Decodable {
        struct Call: Decodable {
            struct Function: Decodable {
                var name: String?
                var arguments: SlotValue?
            }
            var index: Int?
            var id: String?
            var function: Function?
        }
        struct Message: Decodable {
            var content: String?
            var toolCalls: [Call]?

            enum CodingKeys: String, CodingKey {
                case content
                case toolCalls = "tool_calls"
            }
        }
        struct Choice: Decodable {
            var delta: Message?
            var message: Message?
        }
        var choices: [Choice]?
        var error: SlotValue?
    }
}
