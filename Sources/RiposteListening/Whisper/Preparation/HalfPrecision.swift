/// Half-precision numbers as floats.
///
/// Not by `Float(Float16(…))`: where the processor has no instruction for it, or the compiler does not count on it,
/// that computes with numbers too small for normal form, which ONNX Runtime may have set this thread to take for
/// zero. The same checkpoint would then give other bytes the second time.
enum HalfPrecision {
    /// The float of each half, by its bits.
    static let floats: [Float] = (0...UInt16.max).map(float)

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
