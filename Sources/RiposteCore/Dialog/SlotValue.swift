/// What a slot holds: anything that JSON can say.
public indirect enum SlotValue: Sendable, Hashable {
    /// Nothing: the slot is empty.
    case empty
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([SlotValue])
    case object([String: SlotValue])

    /// Whether there is something in it. An empty list is nothing, as in Rasa.
    public var isSet: Bool {
        switch self {
        case .empty: false
        case .list(let values): !values.isEmpty
        case .object(let values): !values.isEmpty
        case .bool, .number, .text: true
        }
    }

    /// The text, where it is one.
    public var text: String? { if case .text(let text) = self { text } else { nil } }
}

extension SlotValue: CustomStringConvertible {
    /// As it is put into a sentence: "large", "3", "yes"; nothing at all for an empty slot.
    public var description: String {
        switch self {
        case .empty: ""
        case .bool(let value): value ? "yes" : "no"
        case .number(let value): Self.plain(value)
        case .text(let text): text
        case .list(let values): Self.joined(values.map(\.description))
        case .object(let values): Self.joined(values.keys.sorted().map { "\($0): \(values[$0] ?? .empty)" })
        }
    }

    private static func plain(_ value: Double) -> String {
        let isWhole = value.rounded() == value && abs(value) < 1e15
        return isWhole ? String(Int(value)) : String(value)
    }

    private static func joined(_ parts: [String]) -> String {
        guard let last = parts.last, parts.count > 1 else { return parts.first ?? "" }
        return parts.dropLast().joined(separator: ", ") + " and " + last
    }
}

extension SlotValue: Codable {
    public init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if container.decodeNil() {
            self = .empty
        } else if let value = try? container.decode(Bool.self) {
            self = .bool(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([SlotValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: SlotValue].self))
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .empty: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .object(let value): try container.encode(value)
        }
    }
}
