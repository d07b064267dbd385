/// Finds when each token was said, from how much the alignment heads attend to each position of the sound.
///
/// Attention is made comparable (each row of a head sums to 1, each column is standardised over the tokens, smoothed by a
/// median), averaged over the heads, and the path of the greatest sum through tokens and positions, monotone in both,
/// gives the times.
struct WordAlignment {
    /// Positions of 20 ms the median reaches over: Whisper's own.
    private static let medianWidth = 7

    /// - Parameters:
    ///   - attention: [heads, rows, columns], row-major; a row for each token, a column for each position of 20 ms.
    ///   - used: columns of sound; those after it are silence and left out.
    /// - Returns: for each row the first column that belongs to it.
    static func firstColumns(
        _ attention: UnsafeBufferPointer<Float>, heads: Int, rows: Range<Int>, of rowCount: Int, columns: Int,
        used: Int
    ) -> [Int] {
        guard heads > 0, !rows.isEmpty, used > 0 else { return [Int](repeating: 0, count: rows.count) }
        var total = [Float](repeating: 0, count: rows.count * used)
        for head in 0..<heads {
            let plane = (0..<rowCount).map { row in
                let start = (head * rowCount + row) * columns
                return share(Array(attention[start..<(start + used)]))
            }
            let standard = standardised(plane)
            for (index, row) in rows.enumerated() {
                for (column, value) in smoothed(standard[row]).enumerated() { total[index * used + column] += value }
            }
        }
        return path(total, rows: rows.count, columns: used)
    }

    private static func share(_ row: [Float]) -> [Float] {
        let sum = row.reduce(0, +)
        return sum > 0 ? row.map { $0 / sum } : row
    }

    /// Each column less its mean over the rows, divided by its deviation.
    private static func standardised(_ plane: [[Float]]) -> [[Float]] {
        var plane = plane
        let count = Float(plane.count)
        for column in plane[0].indices {
            let mean = plane.reduce(0) { $0 + $1[column] } / count
            let variance = plane.reduce(0) { $0 + ($1[column] - mean) * ($1[column] - mean) } / count
            let scale = variance > 0 ? 1 / variance.squareRoot() : 0
            for row in plane.indices { plane[row][column] = (plane[row][column] - mean) * scale }
        }
        return plane
    }

    /// The median of each value's neighbourhood; the ends are mirrored.
    private static func smoothed(_ row: [Float]) -> [Float] {
        let reach = medianWidth / 2
        guard row.count > reach else { return row }
        return row.indices.map { index in
            let neighbours = (-reach...reach).map { offset -> Float in
                let place = abs(index + offset)
                return row[place < row.count ? place : 2 * (row.count - 1) - place]
            }
            return neighbours.sorted()[reach]
        }
    }

    /// Dynamic time warping from the first row and column to the last ones: the first column on the path in each row.
    static func path(_ values: [Float], rows: Int, columns: Int) -> [Int] {
        let width = columns + 1
        var cost = [Float](repeating: .infinity, count: (rows + 1) * width)
        var steps = [UInt8](repeating: 0, count: (rows + 1) * width)
        cost[0] = 0
        for column in 1...columns {
            for row in 1...rows {
                let both = cost[(row - 1) * width + column - 1]
                let down = cost[(row - 1) * width + column]
                let right = cost[row * width + column - 1]
                let (least, step): (Float, UInt8) =
                    both < down && both < right ? (both, 0) : down < both && down < right ? (down, 1) : (right, 2)
                cost[row * width + column] = least - values[(row - 1) * columns + column - 1]
                steps[row * width + column] = step
            }
        }
        var firsts = [Int](repeating: 0, count: rows)
        var (row, column) = (rows, columns)
        while row > 0, column > 0 {
            firsts[row - 1] = column - 1
            switch steps[row * width + column] {
            case 0: (row, column) = (row - 1, column - 1)
            case 1: row -= 1
            default: column -= 1
            }
        }
        return firsts
    }
}
