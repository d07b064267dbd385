import Foundation
import RiposteListening

@testable import RiposteConversation

/// Every wait, limit and weight of turn-taking: its value is read from the code, its reason stands here.
struct TurnTakingNumbers {
    enum Unit: Sendable {
        /// A length in samples at 16 kHz, shown in seconds.
        case samples
        case seconds
        case plain
    }

    struct Entry: Sendable {
        var setting: String
        var unit: Unit
        var meaning: String
        var reason: String
    }

    struct Group: Sendable {
        var title: String
        /// A value with all defaults.
        var defaults: any Sendable
        var entries: [Entry]

        /// Settings by name, with their values.
        var values: [(name: String, value: Any)] {
            Mirror(reflecting: defaults).children.compactMap { child in child.label.map { ($0, child.value) } }
        }
    }

    /// Settings that are no numbers of their own.
    private static let others: Set<String> = [
        "sampleRate", "speculates", "allowsInterruption", "adjustments", "interruption", "mode", "wake",
    ]

    private var groups: [Group] { Self.detecting + Self.deciding + Self.limiting }

    var unexplained: [String] {
        groups.flatMap { group in
            let known = Set(group.entries.map(\.setting)).union(Self.others)
            return group.values.map(\.name).filter { !known.contains($0) }.map { "\(group.title).\($0)" }
        }
    }

    var unknown: [String] {
        groups.flatMap { group in
            let settings = Set(group.values.map(\.name))
            return group.entries.map(\.setting).filter { !settings.contains($0) }.map { "\(group.title).\($0)" }
        }
    }

    var table: String {
        var lines = ["| setting | default | what it is | why so much |", "|---|---|---|---|"]
        for group in groups {
            lines.append("| **\(group.title)** | | | |")
            for entry in group.entries {
                let value = group.values.first { $0.name == entry.setting }.map { Self.text($0.value, entry.unit) }
                lines.append("| `\(entry.setting)` | \(value ?? "?") | \(entry.meaning) | \(entry.reason) |")
            }
        }
        return lines.joined(separator: "\n")
    }

    static func text(_ value: Any, _ unit: Unit) -> String {
        let inner = Mirror(reflecting: value)
        if inner.displayStyle == .optional { return inner.children.first.map { text($0.value, unit) } ?? "none" }
        if let range = value as? ClosedRange<Double> {
            return "\(number(range.lowerBound)) … \(text(range.upperBound, unit))"
        }
        let plain: Double =
            switch value {
            case let value as Int: Double(value)
            case let value as Float: Double("\(value)") ?? 0
            case let value as Double: value
            default: .nan
            }
        switch unit {
        case .samples: return number(plain / 16_000) + " s"
        case .seconds: return number(plain) + " s"
        case .plain: return number(plain)
        }
    }

    private static func number(_ value: Double) -> String {
        value.formatted(.number.precision(.fractionLength(0...3)).grouping(.never).locale(Locale(identifier: "en_US")))
    }
}
