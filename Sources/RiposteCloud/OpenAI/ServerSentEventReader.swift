import Foundation

/// Cuts a stream of bytes into server-sent events, of which it keeps the data.
///
///     data: {"type": …}⏎⏎   →   {"type": …}
struct ServerSentEventReader {
    private var rest = Data()
    /// How much of it is known to hold no end of a line.
    private var searched = 0
    private var data: [String] = []

    /// Bytes that may wait for the end of their line.
    static let longestLine = 1_000_000

    /// Whether an event is longer than events are.
    var isOverlong: Bool { rest.count > Self.longestLine || data.count > 1000 }

    /// - Returns: the data of the events that are whole with these bytes.
    mutating func read(_ bytes: Data) -> [String] {
        rest += bytes
        var events: [String] = []
        while let end = rest.dropFirst(searched).firstIndex(of: UInt8(ascii: "\n")) {
            var line = rest[rest.startIndex..<end]
            if line.last == UInt8(ascii: "\r") { line = line.dropLast() }
            if let event = take(String(decoding: line, as: UTF8.self)) { events.append(event) }
            rest = Data(rest[(end + 1)...])
            searched = 0
        }
        searched = rest.count
        return events
    }

    /// The stream is over: what has no empty line after it counts too.
    mutating func finish() -> String? {
        let event = read(Data("\n".utf8)).first ?? take("")
        return event
    }

    /// - Returns: the event that a line ends.
    private mutating func take(_ line: String) -> String? {
        if line.isEmpty {
            defer { data = [] }
            return data.isEmpty ? nil : data.joined(separator: "\n")
        }
        guard line.hasPrefix("data:") else { return nil }
        data.append(String(line.dropFirst(line.hasPrefix("data: ") ? 6 : 5)))
        return nil
    }
}
