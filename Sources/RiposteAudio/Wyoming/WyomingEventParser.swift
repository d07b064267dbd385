import Foundation
import RiposteCore

/// Cuts a stream of bytes into Wyoming events. Pure, and safe with whatever a peer sends: it keeps no more than an event may
/// have, and reserves nothing on a peer's word.
///
///     header line ──\n──▶ data, data_length bytes ──▶ payload, payload_length bytes ──▶ event
public struct WyomingEventParser: Sendable {
    /// How large an event may be.
    public struct Limits: Sendable, Equatable {
        /// Bytes of the header line. Default 64 kB: values may stand in it.
        public var header = 65_536
        /// Bytes of the values after the line. Default 256 kB.
        public var data = 262_144
        /// Bytes of the payload. Default 1 MB: half a minute of sound in one event.
        public var payload = 1_048_576
        /// How deep lists and objects may lie in each other. Default 32.
        public var depth = 32

        public init() {}
    }

    private struct Header {
        var type: String
        var data: [String: SlotValue]
        var dataLength: Int
        var payloadLength: Int
    }

    private let limits: Limits
    private var buffer: [UInt8] = []
    /// Where in the buffer the unread bytes begin.
    private var start = 0
    /// How far the buffer has been searched for the end of the line.
    private var searched = 0
    private var header: Header?

    public init(limits: Limits = .init()) { self.limits = limits }

    /// Bytes that are kept because their event is not complete.
    public var pendingByteCount: Int { buffer.count - start }

    /// Whether the stream stands between two events.
    public var isBetweenEvents: Bool { header == nil && pendingByteCount == 0 }

    /// Adds what has arrived.
    public mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next event; nil until more bytes are there.
    /// - Throws: `.badInput` for what is no event or too large a one. There is no way to go on after that.
    public mutating func next() throws -> WyomingEvent? {
        guard let header = try header ?? nextHeader() else { return nil }
        self.header = header
        let length = header.dataLength + header.payloadLength
        guard pendingByteCount >= length else { return nil }
        let dataEnd = start + header.dataLength
        var data = header.data
        if header.dataLength > 0 {
            data.merge(try object(buffer[start..<dataEnd])) { _, later in later }
        }
        let payload = Array(buffer[dataEnd..<(start + length)])
        start += length
        searched = start
        self.header = nil
        return WyomingEvent(header.type, data, payload: payload)
    }

    private mutating func nextHeader() throws -> Header? {
        searched = max(searched, start)
        guard let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) else {
            searched = buffer.count
            guard pendingByteCount <= limits.header else { throw tooLarge("header", limits.header) }
            return nil
        }
        guard end - start <= limits.header else { throw tooLarge("header", limits.header) }
        let line = buffer[start..<end]
        start = end + 1
        searched = start
        return try header(try object(line))
    }

    private func header(_ values: [String: SlotValue]) throws -> Header {
        guard let type = values["type"]?.text, !type.isEmpty else {
            throw RiposteError(.badInput, .session, "An event has no type.")
        }
        var data: [String: SlotValue] = [:]
        switch values["data"] {
        case .object(let inline): data = inline
        case nil, .empty: break
        default: throw RiposteError(.badInput, .session, "The data of an event is no object.")
        }
        return Header(
            type: type, data: data,
            dataLength: try length("data_length", in: values, limit: limits.data),
            payloadLength: try length("payload_length", in: values, limit: limits.payload))
    }

    private func length(_ key: String, in values: [String: SlotValue], limit: Int) throws -> Int {
        guard let value = values[key], value != .empty else { return 0 }
        guard let length = value.integer, length >= 0 else {
            throw RiposteError(.badInput, .session, "The \(key) of an event is no length.")
        }
        guard length <= limit else { throw tooLarge(key, limit) }
        return length
    }

    private func tooLarge(_ what: String, _ limit: Int) -> RiposteError {
        RiposteError(.badInput, .session, "An event is too large: its \(what) may be \(limit) bytes.")
    }

    private func object(_ bytes: ArraySlice<UInt8>) throws -> [String: SlotValue] {
        guard Self.depth(of: bytes) <= limits.depth else {
            throw RiposteError(.badInput, .session, "An event is nested more than \(limits.depth) deep.")
        }
        do {
            return try JSONDecoder().decode([String: SlotValue].self, from: Data(bytes))
        } catch {
            throw RiposteError(.badInput, .session, "What arrived is no event: no JSON object.", underlying: error)
        }
    }

    /// How deep lists and objects lie in each other, at most: known before anything is built of them.
    static func depth(of json: ArraySlice<UInt8>) -> Int {
        var (depth, deepest) = (0, 0)
        var (isString, isEscaped) = (false, false)
        for byte in json {
            if isEscaped {
                isEscaped = false
            } else if isString {
                if byte == UInt8(ascii: "\\") { isEscaped = true }
                if byte == UInt8(ascii: "\"") { isString = false }
            } else if byte == UInt8(ascii: "\"") {
                isString = true
            } else if byte == UInt8(ascii: "[") || byte == UInt8(ascii: "{") {
                depth += 1
                deepest = max(deepest, depth)
            } else if byte == UInt8(ascii: "]") || byte == UInt8(ascii: "}") {
                depth -= 1
            }
        }
        return deepest
    }
}
