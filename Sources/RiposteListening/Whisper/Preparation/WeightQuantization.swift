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
            withUnsafeBuffers(halves, HalfPrecision.floats) { source, table in
                for row in 0..<outputs {
                    let scale = largestMagnitude(source, from: row &* inputs, count: inputs) / limit
                    scales[row] = scale
                    let factor = scale > 0 ? 1 / scale : 0
                    var from = row &* inputs
                    var to = row
                    let end = from &+ inputs
                    while from < end {
                        let value = table[Int(source[from])] * factor
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
        return HalfPrecision.floats[Int(largest)]
    }
}

/// Symmetric 8-bit quantisation with one scale for each block of inputs of each output, as `MatMulNBits` reads it.
enum BlockQuantization {
    struct Result {
        /// [outputs, inputs / block, block], 128 for zero.
        var values: [UInt8]
        /// [outputs, inputs / block]
        var scales: [Float]
    }

    /// The stored number for zero.
    static let zero: Float = 128

    /// How many inputs share a scale. Every published Whisper's width is a multiple of 128. Blocks of 32 are a little
    /// more exact and a third slower.
    static func block(inputs: Int) -> Int {
        inputs.isMultiple(of: 128) ? 128 : 64
    }

    /// - Parameter halves: half-precision bits, [outputs, inputs]; inputs a multiple of 64.
    static func quantize(_ halves: ArraySlice<UInt16>, outputs: Int, inputs: Int) -> Result {
        let block = block(inputs: inputs)
        var scales = [Float](repeating: 0, count: outputs * inputs / block)
        let values = [UInt8](unsafeUninitializedCapacity: outputs * inputs) { target, count in
            withUnsafeBuffers(halves, HalfPrecision.floats) { source, table in
                for index in scales.indices {
                    let start = index &* block
                    let scale = ChannelQuantization.largestMagnitude(source, from: start, count: block) / 127
                    scales[index] = scale
                    let factor = scale > 0 ? 1 / scale : 0
                    var from = start
                    let end = start &+ block
                    while from < end {
                        let value = table[Int(source[from])] * factor
                        target[from] = UInt8(truncatingIfNeeded: Int32(value + zero + 0.5))
                        from &+= 1
                    }
                }
            }
            count = outputs * inputs
        }
        return Result(values: values, scales: scales)
    }
}

/// Two arrays' memory at once.
private func withUnsafeBuffers<A, B>(
    _ first: ArraySlice<A>, _ second: [B], _ body: (UnsafeBufferPointer<A>, UnsafeBufferPointer<B>) -> Void
) {
    first.withUnsafeBufferPointer { first in
        second.withUnsafeBufferPointer { second in body(first, second) }
    }
}
