/// Changes of a matrix's storage order. Written with unsafe buffers and wrapping arithmetic so that preparing
/// a model takes seconds in an unoptimised build, too.
enum Transposition {
    /// A row-major matrix of `rows` × `columns` as `columns` × `rows`.
    static func transposed<T>(_ matrix: ArraySlice<T>, rows: Int, columns: Int) -> [T] {
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

/// Symmetric 8-bit quantisation with one scale for each output channel.
enum ChannelQuantization {
    struct Result {
        /// [inputs, outputs]
        var values: [Int8]
        /// [outputs]
        var scales: [Float]
    }

    /// The largest magnitude used.
    ///
    /// 63 rather than 127: processors with AVX2 but without VNNI add pairs of products of unsigned and signed
    /// bytes in 16 bits, which saturates from 2 · 255 · 65 on. With 7 bits every machine gives the same result.
    static let limit: Float = 63

    /// - Parameter halves: half-precision bits, [outputs, inputs].
    static func quantize(_ halves: ArraySlice<UInt16>, outputs: Int, inputs: Int) -> Result {
        var scales = [Float](repeating: 0, count: outputs)
        let values = [Int8](unsafeUninitializedCapacity: outputs * inputs) { target, count in
            halves.withUnsafeBufferPointer { source in
                for row in 0..<outputs {
                    let scale = largestMagnitude(source, from: row &* inputs, count: inputs) / limit
                    scales[row] = scale
                    let factor = scale > 0 ? 1 / scale : 0
                    var from = row &* inputs
                    var to = row
                    let end = from &+ inputs
                    while from < end {
                        let value = Float(Float16(bitPattern: source[from])) * factor
                        target[to] = Int8(truncatingIfNeeded: Int32(value + (value < 0 ? -0.5 : 0.5)))
                        from &+= 1
                        to &+= outputs
                    }
                }
            }
            count = outputs * inputs
        }
        return Result(values: values, scales: scales)
    }

    /// The largest magnitude of `count` numbers. Half-precision bits without the sign order like magnitudes do.
    static func largestMagnitude(_ halves: UnsafeBufferPointer<UInt16>, from start: Int, count: Int) -> Float {
        var largest: UInt16 = 0
        var index = start
        let end = start &+ count
        while index < end {
            let magnitude = halves[index] & 0x7fff
            if magnitude > largest { largest = magnitude }
            index &+= 1
        }
        return Float(Float16(bitPattern: largest))
    }
}

/// Symmetric quantisation with one scale for each block of inputs of each output, as `MatMulNBits` reads it.
enum BlockQuantization {
    /// Inputs that share a scale.
    static let block = 32

    struct Result {
        /// [outputs, inputs / block, block · bits / 8], the earlier number in the lower half of a byte.
        var values: [UInt8]
        /// [outputs, inputs / block]
        var scales: [Float]
    }

    /// - Parameters:
    ///   - halves: half-precision bits, [outputs, inputs]; inputs a multiple of `block`.
    ///   - bits: 4 or 8.
    static func quantize(_ halves: ArraySlice<UInt16>, outputs: Int, inputs: Int, bits: Int) -> Result {
        let zero = Float(1 << (bits - 1))
        let blocks = outputs * inputs / block
        var scales = [Float](repeating: 0, count: blocks)
        let perByte = 8 / bits
        let values = [UInt8](unsafeUninitializedCapacity: outputs * inputs / perByte) { target, count in
            halves.withUnsafeBufferPointer { source in
                for index in 0..<blocks {
                    let start = index &* block
                    let scale = blockScale(source, from: start, zero: zero)
                    scales[index] = scale
                    let factor = scale == 0 ? 0 : 1 / scale
                    var from = start
                    let end = start &+ block
                    while from < end {
                        var byte: UInt8 = 0
                        var shift = 0
                        while shift < 8 {
                            let value = Float(Float16(bitPattern: source[from])) * factor + zero + 0.5
                            let number = min(max(Int32(value), 0), Int32(zero) &* 2 &- 1)
                            byte |= UInt8(truncatingIfNeeded: number) << UInt8(truncatingIfNeeded: shift)
                            shift &+= bits
                            from &+= 1
                        }
                        target[from / perByte - 1] = byte
                    }
                }
            }
            count = outputs * inputs / perByte
        }
        return Result(values: values, scales: scales)
    }

    /// The number of largest magnitude becomes the lowest value, which has no positive counterpart: the scale
    /// has the opposite of its sign.
    private static func blockScale(_ halves: UnsafeBufferPointer<UInt16>, from start: Int, zero: Float) -> Float {
        var largest: UInt16 = 0
        var bits: UInt16 = 0
        var index = start
        while index < start &+ block {
            let magnitude = halves[index] & 0x7fff
            if magnitude > largest {
                largest = magnitude
                bits = halves[index]
            }
            index &+= 1
        }
        return -Float(Float16(bitPattern: bits)) / zero
    }
}
