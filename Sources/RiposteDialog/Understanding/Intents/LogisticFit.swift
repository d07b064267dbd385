import Foundation

/// How likely something is, from a few numbers: a logistic regression.
struct LogisticFit: Sendable, Equatable, Codable {
    /// Of each number, in units of its own.
    var weights: [Double]
    var bias: Double

    func probability(_ features: [Double]) -> Double {
        let sum = zip(weights, features).reduce(bias) { $0 + $1.0 * $1.1 }
        return 1 / (1 + exp(-min(max(sum, -30), 30)))
    }

    /// A case to learn from.
    struct Case: Sendable {
        var features: [Double]
        var isTrue: Bool
        /// How much it counts; usually 1.
        var importance: Double
    }

    /// The likeliest weights, by Newton's method.
    ///
    /// - Parameters:
    ///   - start: what the weights are drawn to, with the force of as many cases as `strength` says.
    static func fit(_ cases: [Case], from start: LogisticFit, strength: Double) -> LogisticFit {
        let size = start.weights.count + 1
        var weights = start.weights + [start.bias]
        let origin = weights
        for _ in 0..<25 {
            var gradient = [Double](repeating: 0, count: size)
            var curvature = [[Double]](repeating: [Double](repeating: 0, count: size), count: size)
            for example in cases {
                let features = example.features + [1]
                let sum = zip(weights, features).reduce(0) { $0 + $1.0 * $1.1 }
                let probability = 1 / (1 + exp(-min(max(sum, -30), 30)))
                let error = (example.isTrue ? 1 : 0) - probability
                let spread = max(probability * (1 - probability), 1e-6) * example.importance
                for row in 0..<size {
                    gradient[row] += error * features[row] * example.importance
                    for column in 0..<size { curvature[row][column] += spread * features[row] * features[column] }
                }
            }
            for row in 0..<size {
                gradient[row] -= strength * (weights[row] - origin[row])
                curvature[row][row] += strength
            }
            guard let step = solve(curvature, gradient) else { break }
            // A long step may overshoot.
            let length = step.map(abs).max() ?? 0
            let factor = length > 2 ? 2 / length : 1
            for row in 0..<size { weights[row] += factor * step[row] }
            if length < 1e-6 { break }
        }
        return LogisticFit(weights: Array(weights.dropLast()), bias: weights[size - 1])
    }

    /// The solution of a set of linear equations by elimination; nil if there is none.
    private static func solve(_ matrix: [[Double]], _ right: [Double]) -> [Double]? {
        var rows = zip(matrix, right).map { $0 + [$1] }
        let size = right.count
        for column in 0..<size {
            guard let pivot = (column..<size).max(by: { abs(rows[$0][column]) < abs(rows[$1][column]) }),
                abs(rows[pivot][column]) > 1e-12
            else { return nil }
            rows.swapAt(column, pivot)
            for row in 0..<size where row != column {
                let factor = rows[row][column] / rows[column][column]
                for index in column...size { rows[row][index] -= factor * rows[column][index] }
            }
        }
        return (0..<size).map { rows[$0][size] / rows[$0][$0] }
    }
}
