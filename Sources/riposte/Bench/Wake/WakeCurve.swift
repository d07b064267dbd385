import Foundation

/// Misses against false alarms: a line for each engine, a point for each of its thresholds.
struct WakeCurve {
    struct Point: Sendable {
        var label: String
        /// Per hour.
        var falseAlarms: Double
        /// Share, 0 … 1.
        var missed: Double
    }

    struct Line: Sendable {
        var name: String
        var points: [Point]
    }

    var title: String
    /// Hours of other speech: less than one alarm in so many hours cannot be told.
    var hours: Double
    var lines: [Line]

    private static let colours = ["#1b6ca8", "#c8553d", "#4f8a4c", "#8a5aa5", "#b8860b", "#37474f"]
    private static let (width, height, left, top, right, bottom) = (720.0, 440.0, 70.0, 50.0, 210.0, 60.0)

    /// The picture: false alarms per hour to the right (logarithmic; what is left of the first line is none at all),
    /// misses upwards.
    func svg() -> String {
        let most = max(0.1, (lines.flatMap(\.points).map(\.missed).max() ?? 0) * 1.1)
        var parts = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 \(Int(Self.width)) \(Int(Self.height))\" "
                + "font-family=\"sans-serif\" font-size=\"12\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            Self.text(title, Self.left, 24, size: 15),
        ]
        for rate in [0.1, 1, 10, 100] {
            let x = place(rate)
            parts.append(Self.line(x, Self.top, x, Self.height - Self.bottom, "#ddd"))
            parts.append(Self.text(String(format: "%g", rate), x - 8, Self.height - Self.bottom + 16))
        }
        parts.append(Self.text("none", place(0) - 12, Self.height - Self.bottom + 16))
        for step in 0...5 {
            let share = most * Double(step) / 5
            let y = level(share, most)
            parts.append(Self.line(Self.left, y, Self.width - Self.right, y, "#eee"))
            parts.append(Self.text(String(format: "%.1f %%", share * 100), 16, y + 4))
        }
        parts.append(
            Self.text(
                String(format: "false alarms per hour of other speech (%.1f hours)", hours), Self.left + 60,
                Self.height - 16))
        for (index, line) in lines.enumerated() { parts += drawn(line, index, most) }
        parts.append("</svg>")
        return parts.joined(separator: "\n") + "\n"
    }

    private func drawn(_ line: Line, _ index: Int, _ most: Double) -> [String] {
        let colour = Self.colours[index % Self.colours.count]
        let points = line.points.map { (place($0.falseAlarms), level($0.missed, most), $0.label) }
        let path = points.map { String(format: "%.1f,%.1f", $0.0, $0.1) }.joined(separator: " ")
        let key = Self.top + 18 * Double(index)
        return [
            "<polyline points=\"\(path)\" fill=\"none\" stroke=\"\(colour)\" stroke-width=\"1.5\"/>",
            Self.line(Self.width - Self.right + 14, key, Self.width - Self.right + 34, key, colour),
            Self.text(line.name, Self.width - Self.right + 40, key + 4),
        ]
            + points.map { x, y, label in
                String(format: "<circle cx=\"%.1f\" cy=\"%.1f\" r=\"3\" fill=\"", x, y)
                    + "\(colour)\"><title>\(Self.escaped(label))</title></circle>"
            }
    }

    private func place(_ rate: Double) -> Double {
        let (first, last) = (Self.left + 40, Self.width - Self.right)
        guard rate > 0 else { return Self.left + 10 }
        return first + (last - first) * min(1, max(0, (log10(rate) + 1) / 3))
    }

    private func level(_ share: Double, _ most: Double) -> Double {
        let (first, last) = (Self.height - Self.bottom, Self.top)
        return first + (last - first) * share / most
    }

    private static func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String) -> String {
        String(format: "<line x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\" stroke=\"", x1, y1, x2, y2)
            + "\(colour)\"/>"
    }

    private static func text(_ text: String, _ x: Double, _ y: Double, size: Int = 12) -> String {
        String(format: "<text x=\"%.1f\" y=\"%.1f\" font-size=\"%d\" fill=\"#333\">", x, y, size) + escaped(text)
            + "</text>"
    }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
