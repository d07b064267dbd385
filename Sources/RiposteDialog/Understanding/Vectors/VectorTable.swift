/// Vectors of one length, a row each, in one piece of memory.
public struct VectorTable: Sendable, Equatable {
    public let dimension: Int
    /// Row after row.
    public private(set) var values: [Float]

    public var count: Int { dimension > 0 ? values.count / dimension : 0 }

    public init(dimension: Int, count: Int = 0) {
        self.dimension = dimension
        values = [Float](repeating: 0, count: dimension * count)
    }

    public subscript(row: Int) -> ArraySlice<Float> {
        get { values[(row * dimension)..<((row + 1) * dimension)] }
        set { values.replaceSubrange((row * dimension)..<((row + 1) * dimension), with: newValue) }
    }

    mutating func append(_ vector: some Collection<Float>) { values.append(contentsOf: vector) }

    /// Some of the rows.
    func rows(_ indices: [Int]) -> VectorTable {
        var table = VectorTable(dimension: dimension)
        table.values.reserveCapacity(indices.count * dimension)
        for index in indices { table.append(self[index]) }
        return table
    }

    static func dot(_ one: ArraySlice<Float>, _ other: ArraySlice<Float>) -> Float {
        one.withUnsafeBufferPointer { one in
            other.withUnsafeBufferPointer { other in
                var sum: Float = 0
                var index = 0
                let count = min(one.count, other.count)
                while index < count {
                    sum += one[index] * other[index]
                    index &+= 1
                }
                return sum
            }
        }
    }
}
