/// How often which values came, for Prometheus: counts up to given bounds.
struct Histogram: Sendable, Equatable {
    /// In seconds: what matters in a conversation lies between 10 ms and 10 s.
    static let secondsBounds = [0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.45, 0.6, 0.8, 1, 1.5, 2, 3, 5, 10]

    let bounds: [Double]
    /// How many values are at most the bound and more than the one before; the last is for those beyond all.
    private(set) var counts: [Int]
    private(set) var sum = 0.0

    init(bounds: [Double] = Self.secondsBounds) {
        self.bounds = bounds
        counts = [Int](repeating: 0, count: bounds.count + 1)
    }

    var count: Int { counts.reduce(0, +) }

    mutating func add(_ value: Double) {
        guard value.isFinite else { return }
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// In the text form that Prometheus reads, without the line that tells the type.
    /// - Parameter labels: as `stage="reply"`; may be empty.
    func lines(_ name: String, _ labels: String = "") -> [String] {
        var lines: [String] = []
        var total = 0
        let before = labels.isEmpty ? "" : labels + ","
        for (bound, count) in zip(bounds.map { "\($0)" } + ["+Inf"], counts) {
            total += count
            lines.append("\(name)_bucket{\(before)le=\"\(bound)\"} \(total)")
        }
        let all = labels.isEmpty ? "" : "{\(labels)}"
        return lines + ["\(name)_sum\(all) \(sum)", "\(name)_count\(all) \(total)"]
    }
}
