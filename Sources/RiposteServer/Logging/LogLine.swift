import Foundation
import Logging

/// How a log is written: for people or for programs. Either way one line is one message.
public enum LogFormat: String, Sendable, CaseIterable {
    /// `2026-11-27T18:03:15.123Z info riposte: a turn is over outcome=answered turn=sess_0f3a.3`
    case text
    /// An object of JSON with `time`, `level`, `label`, `message`, and whatever the message is about.
    case json
}

/// A message of a log, as it is written.
struct LogLine {
    let time: Date
    let level: Logger.Level
    let label: String
    let message: String
    let metadata: Logger.Metadata

    /// Longer values are cut: what comes from a client may have any length.
    private static let longestValue = 4_096

    func text(_ format: LogFormat) -> String {
        switch format {
        case .json: object.text
        case .text: plain
        }
    }

    private var stamp: String { time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)) }

    private var object: JSONValue {
        var members = metadata.mapValues(Self.value)
        members["time"] = .string(stamp)
        members["level"] = .string(level.rawValue)
        members["label"] = .string(label)
        members["message"] = .string(Self.cut(message))
        return .object(members)
    }

    /// Numbers and truth values stay what they are.
    private static func value(_ value: Logger.MetadataValue) -> JSONValue {
        switch value {
        case .string(let text): .string(cut(text))
        case .stringConvertible(let value):
            switch value {
            case let value as Bool: .bool(value)
            case let value as Int: .number(Double(value))
            case let value as Double: .number((value * 1_000).rounded() / 1_000)
            default: .string(cut("\(value)"))
            }
        case .array(let values): .array(values.map(Self.value))
        case .dictionary(let values): .object(values.mapValues(Self.value))
        }
    }

    private var plain: String {
        let about = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\(Self.shown($0.value))" }.joined()
        return "\(stamp) \(level.rawValue) \(label): \(Self.onOneLine(Self.cut(message)))\(about)"
    }

    private static func shown(_ value: Logger.MetadataValue) -> String {
        let json = self.value(value)
        guard case .string(let text) = json else { return json.text }
        let isPlain = !text.isEmpty && text.unicodeScalars.allSatisfy { $0.value > 32 && $0 != "\"" && $0 != "=" }
        return isPlain && onOneLine(text) == text ? text : onOneLine(json.text)
    }

    /// What a client sends must not look like another line, nor be a command to the terminal.
    private static func onOneLine(_ text: String) -> String {
        String(
            String.UnicodeScalarView(
                text.unicodeScalars.map { scalar in
                    let isControl = scalar.properties.generalCategory == .control
                    return isControl || scalar == "\u{2028}" || scalar == "\u{2029}" ? " " : scalar
                }))
    }

    private static func cut(_ text: String) -> String {
        text.utf8.count <= longestValue ? text : text.prefix(longestValue / 4) + "…"
    }
}
