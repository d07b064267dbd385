/// What a confidence below which words are asked back about costs in turns.
struct AskBackThreshold: Sendable {
    /// Confidence of a transcript, and whether all of it was understood rightly.
    struct Order: Sendable {
        var confidence: Double
        var isRight: Bool
    }

    /// Turns that are lost by asking back about what was right or wrong: the question and its answer.
    static let costOfAsking = 1.0
    /// Turns that are lost by what was wrong and not asked about: it must be noticed, told, and asked about all the
    /// same.
    static let costOfMistake = 2.0

    var orders: [Order]

    /// Turns lost for an order, in the mean.
    func cost(_ threshold: Double) -> Double {
        let asked = orders.count { $0.confidence < threshold }
        let mistakes = orders.count { $0.confidence >= threshold && !$0.isRight }
        return orders.isEmpty
            ? 0 : (Self.costOfAsking * Double(asked) + Self.costOfMistake * Double(mistakes)) / Double(orders.count)
    }

    /// The threshold of the least cost; of several, the middle one.
    var best: Double {
        let candidates = (0...100).map { Double($0) / 100 }
        let least = candidates.map(cost).min() ?? 0
        let best = candidates.filter { cost($0) <= least + 1e-9 }
        return best.isEmpty ? 0 : best[best.count / 2]
    }

    /// Adds what thresholds cost, and what the best one of each half costs in the other.
    func fill(_ report: inout BenchReport, present: Double) {
        for threshold in [0, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8] {
            let name = "asking back below \(threshold)"
            report.add(name, share: "asked back", orders.count { $0.confidence < threshold }, of: orders.count)
            report.add(
                name, share: "wrong and not asked back", orders.count { $0.confidence >= threshold && !$0.isRight },
                of: orders.count)
            report.add(name, figure: "lost by a hundred orders", "turns", 100 * cost(threshold), n: orders.count)
        }
        let halves = [0, 1].map { half in
            AskBackThreshold(orders: orders.enumerated().filter { $0.offset % 2 == half }.map(\.element))
        }
        let crossed = (halves[0].cost(halves[1].best) + halves[1].cost(halves[0].best)) / 2
        let name = "asking back"
        report.add(name, figure: "best threshold", "%", 100 * best, n: orders.count)
        report.add(name, figure: "best threshold, first half", "%", 100 * halves[0].best, n: halves[0].orders.count)
        report.add(name, figure: "best threshold, second half", "%", 100 * halves[1].best, n: halves[1].orders.count)
        report.add(
            name, figure: "lost by a hundred orders, each half at the other's best", "turns", 100 * crossed,
            n: orders.count)
        report.add(
            name, figure: "lost by a hundred orders at the default, \(present)", "turns", 100 * cost(present),
            n: orders.count)
    }
}
