import Foundation

/// Sums of e^x over a whole vocabulary, for each token of each text: eight at a time.
enum VectorExponential {
    /// The sum of e^(scale · (logit + mask − largest)), of those not below `least`.
    /// - Parameter scale: above 0.
    static func sum(
        _ logits: UnsafeBufferPointer<Float>, mask: UnsafeBufferPointer<Float>, largest: Float, least: Float,
        scale: Float
    ) -> Float {
        #if DEBUG
            // Vectors are a call for each operation in an unoptimised build.
            oneByOne(logits, mask, 0..<logits.count, largest, least, scale)
        #else
            eightByEight(logits, mask, largest, least, scale)
        #endif
    }

    static func oneByOne(
        _ logits: UnsafeBufferPointer<Float>, _ mask: UnsafeBufferPointer<Float>, _ range: Range<Int>,
        _ largest: Float, _ least: Float, _ scale: Float
    ) -> Float {
        var sum: Float = 0
        var index = range.lowerBound
        while index < range.upperBound {
            let value = logits[index] + mask[index]
            if value > least { sum += exp((value - largest) * scale) }
            index &+= 1
        }
        return sum
    }

    static func eightByEight(
        _ logits: UnsafeBufferPointer<Float>, _ mask: UnsafeBufferPointer<Float>, _ largest: Float, _ least: Float,
        _ scale: Float
    ) -> Float {
        let (values, masks) = (UnsafeRawBufferPointer(logits), UnsafeRawBufferPointer(mask))
        let whole = logits.count & ~7
        var sums = SIMD8<Float>()
        var index = 0
        while index < whole {
            let value =
                values.loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<Float>.self)
                + masks.loadUnaligned(fromByteOffset: index &* 4, as: SIMD8<Float>.self)
            let power = exponential((value - largest) * scale)
            sums += power.replacing(with: 0, where: value .<= least)
            index &+= 8
        }
        return sums.sum() + oneByOne(logits, mask, whole..<logits.count, largest, least, scale)
    }

    /// e^x to within 2e-7 of it, for x of −80 to 80; e^−80 below that.
    ///
    /// 2^n · e^r with n the nearest integer to x / ln 2 and r what is left: its Taylor series is that exact after six terms.
    @inline(__always)
    static func exponential(_ x: SIMD8<Float>) -> SIMD8<Float> {
        let x = pointwiseMax(x, SIMD8(repeating: -80))
        // Adding 1.5 · 2^23 leaves the integer in the lowest bits.
        let shifted = x * 1.442_695 + 12_582_912
        let n = shifted - 12_582_912
        let r = (x - n * 0.693_145_75) - n * 1.428_606_8e-6
        var series = r * (1 / 720) + (1 / 120)
        series = series * r + (1 / 24)
        series = series * r + (1 / 6)
        series = series * r + 0.5
        series = series * r + 1
        series = series * r + 1
        let exponent = unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23
        return unsafeBitCast(unsafeBitCast(series, to: SIMD8<Int32>.self) &+ exponent, to: SIMD8<Float>.self)
    }
}
