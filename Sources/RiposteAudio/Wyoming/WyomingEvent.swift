import Foundation
import RiposteCore

/// One event of the Wyoming protocol, in either direction: a type, named values, and bytes.
public struct WyomingEvent: Sendable, Equatable {
    /// What it is ("transcribe", "audio-chunk").
    public var type: String
    public var data: [String: SlotValue]
    /// Sound, as samples; empty for most events.
    public var payload: [UInt8]

    public init(_ type: String, _ data: [String: SlotValue] = [:], payload: [UInt8] = []) {
        self.type = type
        self.data = data
        self.payload = payload
    }

    /// A text among the values; nil where there is none.
    public func text(_ key: String) -> String? { data[key]?.text }

    /// A whole number among the values; nil where there is none.
    public func integer(_ key: String) -> Int? { data[key]?.integer }

    /// The texts of a list; nil where there is no list.
    public func texts(_ key: String) -> [String]? {
        guard case .list(let values) = data[key] else { return nil }
        return values.compactMap(\.text)
    }

    /// The values of an object; empty where there is none.
    public func object(_ key: String) -> [String: SlotValue] {
        if case .object(let values) = data[key] { values } else { [:] }
    }

    /// Its bytes on the wire: a line of JSON, the values as JSON, the payload.
    ///
    /// As the reference implementation writes it, values are not in the line but follow it.
    /// - Throws: `.badInput` for a number that JSON cannot say.
    public func bytes() throws -> [UInt8] {
        var header: [String: SlotValue] = ["type": .text(type), "version": .text(Self.version)]
        var values: [UInt8] = []
        if !data.isEmpty {
            values = try Self.json(data)
            header["data_length"] = .number(Double(values.count))
        }
        if !payload.isEmpty { header["payload_length"] = .number(Double(payload.count)) }
        return try Self.json(header) + [UInt8(ascii: "\n")] + values + payload
    }

    /// Of the protocol, as the events tell it.
    public static let version = "1.10.2"

    private static func json(_ values: [String: SlotValue]) throws -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            return Array(try encoder.encode(values))
        } catch {
            throw RiposteError(.badInput, .session, "An event cannot be written as JSON.", underlying: error)
        }
    }
}

extension SlotValue {
    /// The whole number, where it is one.
    package var integer: Int? { if case .number(let value) = self { Int(exactly: value) } else { nil } }
}
