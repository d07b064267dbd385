/// Symmetric quantisation with one scale for each block of inputs of each output, as `MatMulNBits` reads it. It is given
/// the matrix some rows at a time.
public struct BlockQuantization {
    /// How many bits a weight takes.
    public enum Width: Int, Sendable {
        case four = 4
        case eight = 8

        /// The stored number for zero.
        public var zero: Float { self == .four ? 8 : 128 }
    }

    /// [outputs, inputs / block, block · bits / 8]. Of two weights of 4 bits in a byte, the first is the lower half.
    public private(set) var values: [UInt8]
    /// [outputs, inputs / block]
    public private(set) var scales: [Float]

    private let inputs: Int
    private let width: Width
    private var done = 0

    /// How many inputs share a scale. The widths of the published models are multiples of 128. Blocks of 32 are a little
    /// more exact and a third slower.
    public static func block(inputs: Int) -> Int {
        inputs.isMultiple(of: 128) ? 128 : 64
    }

    /// - Parameter inputs: a multiple of 64.
    public init(outputs: Int, inputs: Int, width: Width = .eight) {
        values = [UInt8](repeating: 0, count: outputs * inputs * width.rawValue / 8)
        scales = [Float](repeating: 0, count: outputs * inputs / Self.block(inputs: inputs))
        self.inputs = inputs
        self.width = width
    }

    /// - Parameter rows: the next rows of [outputs, inputs].
    public mutating func append(_ rows: [Float]) {
        let block = Self.block(inputs: inputs)
        let (first, width) = (done * inputs, width)
        values.withUnsafeMutableBufferPointer { target in
            scales.withUnsafeMutableBufferPointer { scales in
                rows.withUnsafeBufferPointer { source in
                    for index in 0..<(rows.count / block) {
                        let from = index &* block
                        let scale = Self.scale(of: source, from: from, count: block, width)
                        scales[first / block + index] = scale
                        let factor = scale != 0 ? 1 / scale : 0
                        switch width {
                        case .eight: Self.storeBytes(source, from..<(from &+ block), factor, target, first)
                        case .four: Self.storeHalves(source, from..<(from &+ block), factor, target, first)
                        }
                    }
                }
            }
        }
        done += rows.count / inputs
    }

    /// What a stored number is to be multiplied with.
    private static func scale(of source: UnsafeBufferPointer<Float>, from start: Int, count: Int, _ width: Width)
        -> Float
    {
        let largest = source.largestMagnitude(from: start, count: count)
        guard width == .four else { return largest / 127 }
        // −8 … 7: the largest gets the −8, whatever its sign.
        let isPositive = source[start..<(start + count)].contains(largest)
        return largest / (isPositive ? -8 : 8)
    }

    private static func storeBytes(
        _ source: UnsafeBufferPointer<Float>, _ range: Range<Int>, _ factor: Float,
        _ target: UnsafeMutableBufferPointer<UInt8>, _ first: Int
    ) {
        var from = range.lowerBound
        while from < range.upperBound {
            target[first &+ from] = UInt8(truncatingIfNeeded: Int32(source[from] * factor + 128.5))
            from &+= 1
        }
    }

    private static func storeHalves(
        _ source: UnsafeBufferPointer<Float>, _ range: Range<Int>, _ factor: Float,
        _ target: UnsafeMutableBufferPointer<UInt8>, _ first: Int
    ) {
        var from = range.lowerBound
        while from < range.upperBound {
            let low = min(15, Int32(source[from] * factor + 8.5))
            let high = min(15, Int32(source[from &+ 1] * factor + 8.5))
            target[(first &+ from) / 2] = UInt8(truncatingIfNeeded: low | high << 4)
            from &+= 2
        }
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
