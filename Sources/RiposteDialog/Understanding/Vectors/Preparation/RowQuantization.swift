/// Symmetric 8-bit quantisation of a table with a scale for each row, for rows that are looked up. Written so that it
/// takes a second in an unoptimised build, too.
struct RowQuantization {
    /// As the table.
    let values: [Int8]
    /// One for each row.
    let scales: [Float]

    init(_ table: [Float], columns: Int) {
        let rows = columns > 0 ? table.count / columns : 0
        var scales = [Float](repeating: 0, count: rows)
        values = [Int8](unsafeUninitializedCapacity: rows * columns) { target, count in
            table.withUnsafeBufferPointer { source in
                var row = 0
                while row < rows {
                    let (start, end) = (row &* columns, row &* columns &+ columns)
                    var largest: Float = 0
                    var index = start
                    while index < end {
                        let value = source[index]
                        let magnitude = value < 0 ? -value : value
                        if magnitude > largest { largest = magnitude }
                        index &+= 1
                    }
                    scales[row] = largest / 127
                    let factor = largest > 0 ? 127 / largest : 0
                    index = start
                    while index < end {
                        let value = source[index] * factor
                        target[index] = Int8(truncatingIfNeeded: Int32(value + (value < 0 ? -0.5 : 0.5)))
                        index &+= 1
                    }
                    row &+= 1
                }
            }
            count = rows * columns
        }
        self.scales = scales
    }
}
