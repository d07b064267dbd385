/// Symmetric 8-bit quantisation with one scale for each block of inputs of each output, as `MatMulNBits` reads it. It is
/// given the matrix some rows at a time.
public struct BlockQuantization {
    /// [outputs, inputs / block, block], 128 for zero.
    public private(set) var values: [UInt8]
    /// [outputs, inputs / block]
    public private(set) var scales: [Float]

    private let inputs: Int
    private var done = 0

    /// The stored number for zero.
    public static let zero: Float = 128

    /// How many inputs share a scale. The widths of the published models are multiples of 128. Blocks of 32 are a little
    /// more exact and a third slower.
    public static func block(inputs: Int) -> Int {
        inputs.isMultiple(of: 128) ? 128 : 64
    }

    /// - Parameter inputs: a multiple of 64.
    public init(outputs: Int, inputs: Int) {
        values = [UInt8](repeating: 0, count: outputs * inputs)
        scales = [Float](repeating: 0, count: outputs * inputs / Self.block(inputs: inputs))
        self.inputs = inputs
    }

    /// - Parameter rows: the next rows of [outputs, inputs].
    public mutating func append(_ rows: [Float]) {
        let block = Self.block(inputs: inputs)
        let first = done * inputs
        values.withUnsafeMutableBufferPointer { target in
            scales.withUnsafeMutableBufferPointer { scales in
                rows.withUnsafeBufferPointer { source in
                    for index in 0..<(rows.count / block) {
                        var from = index &* block
                        let scale = source.largestMagnitude(from: from, count: block) / 127
                        scales[first / block + index] = scale
                        let factor = scale > 0 ? 1 / scale : 0
                        let end = from &+ block
                        while from < end {
                            let value = source[from] * factor
                            target[first &+ from] = UInt8(truncatingIfNeeded: Int32(value + Self.zero + 0.5))
                            from &+= 1
                        }
                    }
                }
            }
        }
        done += rows.count / inputs
    }
}

extension UnsafeBufferPointer<Float> {
    /// The largest magnitude of `count` numbers.
    package func largestMagnitude(from start: Int, count: Int) -> Float {
        var largest: UInt32 = 0
        var index = start
        let end = start &+ count
        while index < end {
            // The bits without the sign order like magnitudes do.
            let magnitude = self[index].bitPattern & 0x7fff_ffff
            if magnitude > largest { largest = magnitude }
            index &+= 1
        }
        return Float(bitPattern: largest)
    }
}
