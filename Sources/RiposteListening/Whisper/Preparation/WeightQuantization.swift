import RiposteInference

/// Changes of a matrix's storage order. Written with unsafe buffers and wrapping arithmetic so that preparing
/// a model takes seconds in an unoptimised build, too.
enum Transposition {
    /// A row-major matrix of `rows` × `columns` as `columns` × `rows`.
    static func transposed<T>(_ matrix: [T], rows: Int, columns: Int) -> [T] {
        [T](unsafeUninitializedCapacity: rows * columns) { target, count in
            matrix.withUnsafeBufferPointer { source in
                var row = 0
                while row < rows {
                    var from = row &* columns
                    var to = row
                    let end = from &+ columns
                    while from < end {
                        target[to] = source[from]
                        from &+= 1
                        to &+= rows
                    }
                    row &+= 1
                }
            }
            count = rows * columns
        }
    }
}

/// Symmetric 8-bit quantisation with one scale for each output channel. It is given the matrix some rows at a time.
struct ChannelQuantization {
    /// [inputs, outputs]
    private(set) var values: [Int8]
    /// [outputs]
    private(set) var scales: [Float]

    private let outputs: Int
    private let inputs: Int
    private var done = 0

    /// The largest magnitude used.
    ///
    /// 63 rather than 127: processors with AVX2 but without VNNI add pairs of products of unsigned and signed
    /// bytes in 16 bits, which saturates from 2 · 255 · 65 on. With 7 bits every machine gives the same result.
    static let limit: Float = 63

    init(outputs: Int, inputs: Int) {
        values = [Int8](repeating: 0, count: outputs * inputs)
        scales = [Float](repeating: 0, count: outputs)
        self.outputs = outputs
        self.inputs = inputs
    }

    /// - Parameter rows: the next rows of [outputs, inputs].
    mutating func append(_ rows: [Float]) {
        let (outputs, inputs, first) = (outputs, inputs, done)
        let count = rows.count / inputs
        values.withUnsafeMutableBufferPointer { target in
            scales.withUnsafeMutableBufferPointer { scales in
                rows.withUnsafeBufferPointer { source in
                    for row in 0..<count {
                        let scale = source.largestMagnitude(from: row &* inputs, count: inputs) / Self.limit
                        scales[first + row] = scale
                        let factor = scale > 0 ? 1 / scale : 0
                        var from = row &* inputs
                        var to = first + row
                        let end = from &+ inputs
                        while from < end {
                            let value = source[from] * factor
                            target[to] = Int8(truncatingIfNeeded: Int32(value + (value < 0 ? -0.5 : 0.5)))
                            from &+= 1
                            to &+= outputs
                        }
                    }
                }
            }
        }
        done += count
    }
}
