/// The confusion matrix of an evaluation as a picture: an SVG file.
///
/// A row for each intent that was meant, a column for each that was understood; the darker a cell, the larger its share
/// of the row. What was understood rightly is green, what was not is red.
public struct ConfusionPicture: Sendable {
    private let evaluation: UnderstandingEvaluation

    public init(_ evaluation: UnderstandingEvaluation) { self.evaluation = evaluation }

    /// The text of the SVG file.
    public func svg() -> String {
        let names = evaluation.intents
        let matrix = evaluation.matrix
        let cell = names.count <= 30 ? 24 : names.count <= 80 ? 14 : 9
        let font = max(6, cell * 6 / 10)
        let margin = min(names.map(\.count).max() ?? 0, 36) * font * 6 / 10 + 16
        let side = margin + cell * names.count + 8
        var lines = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(side)\" height=\"\(side + 24)\" "
                + "font-family=\"sans-serif\" font-size=\"\(font)\">",
            "<rect width=\"100%\" height=\"100%\" fill=\"white\"/>",
            "<text x=\"8\" y=\"\(side + 14)\" font-size=\"12\">meant: rows; understood: columns; "
                + "\(Self.percent(evaluation.accuracy)) of \(evaluation.outcomes.count) right</text>",
        ]
        for (index, name) in names.enumerated() {
            let place = margin + cell * index + cell / 2
            let label = Self.escaped(name.count > 36 ? name.prefix(35) + "…" : name)
            lines.append(
                "<text x=\"\(margin - 4)\" y=\"\(place + font / 3)\" text-anchor=\"end\">\(label)</text>")
            lines.append(
                "<text transform=\"translate(\(place + font / 3),\(margin - 4)) rotate(-90)\">\(label)</text>")
        }
        for (row, counts) in matrix.enumerated() {
            let total = counts.reduce(0, +)
            for (column, count) in counts.enumerated() where count > 0 {
                lines.append(Self.square(row, column, count, of: total, cell: cell, margin: margin, names))
            }
        }
        let extent = cell * names.count
        lines.append(
            "<rect x=\"\(margin)\" y=\"\(margin)\" width=\"\(extent)\" height=\"\(extent)\" fill=\"none\" "
                + "stroke=\"#888\"/>")
        lines.append("</svg>")
        return lines.joined(separator: "\n") + "\n"
    }

    private static func square(
        _ row: Int, _ column: Int, _ count: Int, of total: Int, cell: Int, margin: Int, _ names: [String]
    ) -> String {
        let share = Double(count) / Double(max(total, 1))
        let (x, y) = (margin + cell * column, margin + cell * row)
        let colour = row == column ? "#1a7f37" : "#c0392b"
        let opacity = String(Int(20 + 80 * share))
        var text =
            "<rect x=\"\(x)\" y=\"\(y)\" width=\"\(cell)\" height=\"\(cell)\" fill=\"\(colour)\" "
            + "fill-opacity=\"\(opacity)%\"><title>\(escaped(names[row])) → \(escaped(names[column])): "
            + "\(count) of \(total)</title></rect>"
        if cell >= 24 {
            text +=
                "<text x=\"\(x + cell / 2)\" y=\"\(y + cell * 2 / 3)\" text-anchor=\"middle\" font-size=\"10\">"
                + "\(count)</text>"
        }
        return text
    }

    private static func percent(_ share: Double) -> String { "\(Double(Int((share * 1000).rounded())) / 10) %" }

    private static func escaped(_ text: some StringProtocol) -> String {
        String(text).replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }
}
