/// Half-precision numbers as floats.
///
/// Not by `Float(Float16(…))`: where the processor has no instruction for it, or the compiler does not count on it,
/// that computes with numbers too small for normal form, which ONNX Runtime may have set this thread to take for
/// zero. The same checkpoint would then give other bytes the second time.
enum HalfPrecision {
    /// The float of each half, by its bits.
    static let floats: [Float] = (0...UInt16.max).map(float)

    /// The floats of halves.
    static func widened(_ halves: [UInt16]) -> [Float] {
        floats.withUnsafeBufferPointer { table in
            halves.withUnsafeBufferPointer { halves in
                [Float](unsafeUninitializedCapacity: halves.count) { target, initialized in
                    var index = 0
                    while index < halves.count {
                        target[index] = table[Int(halves[index])]
                        index &+= 1
                    }
                    initialized = halves.count
                }
            }
        }
    }

    /// The halves of floats that are halves: numbers `float` gave.
    static func narrowed(_ values: [Float]) -> [UInt16] {
        values.withUnsafeBufferPointer { values in
            [UInt16](unsafeUninitializedCapacity: values.count) { target, initialized in
                var index = 0
                while index < values.count {
                    target[index] = half(values[index].bitPattern)
                    index &+= 1
                }
                initialized = values.count
            }
        }
    }

    /// The half that has the value of a float with these bits.
    private static func half(_ bits: UInt32) -> UInt16 {
        let sign = UInt16(truncatingIfNeeded: bits >> 16) & 0x8000
        let exponent = bits >> 23 & 0xff
        let fraction = bits & 0x7f_ffff
        if exponent == 0 { return sign }
        if exponent == 0xff { return sign | 0x7c00 | UInt16(truncatingIfNeeded: fraction >> 13) }
        if exponent >= 113 { return sign | UInt16(truncatingIfNeeded: (exponent &- 112) << 10 | fraction >> 13) }
        // Below normal form.
        return sign | UInt16(truncatingIfNeeded: (fraction | 0x80_0000) >> (126 &- exponent))
    }

    /// The value of one half, made of its bits alone.
    private static func float(_ bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10 & 0x1f)
        let fraction = UInt32(bits & 0x3ff)
        switch exponent {
        case 0 where fraction == 0:
            return Float(bitPattern: sign)
        case 0:
            // Below normal form: fraction · 2⁻²⁴. Its highest bit becomes the one that is not written.
            let shift = UInt32(fraction.leadingZeroBitCount) - 21
            return Float(bitPattern: sign | (113 - shift) << 23 | (fraction << shift & 0x3ff) << 13)
        case 0x1f:
            return Float(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        default:
            return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
