/// Elementary functions of eight numbers at once, as exact as sound needs (about 1e-6 of the result's scale).
///
/// A vocoder takes an exponential, a tangent and several sines for each of 48 000 values a second of speech; one at a
/// time from the C library, they would cost more than the network that precedes them.
extension SIMD8<Float> {
    /// Adding this to a small number leaves its nearest integer in the low bits: 1.5 · 2²³.
    @inline(__always) private static var rounder: Self { Self(repeating: 12_582_912) }

    /// eˣ. Arguments are limited to ±80.
    @inline(__always) static func exponential(_ x: Self) -> Self {
        let limited = pointwiseMax(pointwiseMin(x, Self(repeating: 80)), Self(repeating: -80))
        let shifted = limited * 1.442_695_04 + rounder
        let whole = shifted - rounder
        // ln 2 in two parts, so that the remainder keeps its digits.
        let r = limited - whole * 0.693_359_375 + whole * 2.121_944_4e-4
        // The series of eʳ to r⁶; |r| ≤ ½ ln 2.
        var series = step(Self(repeating: 1 / 720), r, 1 / 120)
        series = step(series, r, 1 / 24)
        series = step(series, r, 1 / 6)
        series = step(series, r, 0.5)
        series = step(series, r, 1)
        series = step(series, r, 1)
        let bits = (unsafeBitCast(shifted, to: SIMD8<Int32>.self) &<< 23) &+ 0x3F80_0000
        return series * unsafeBitCast(bits, to: Self.self)
    }

    /// The hyperbolic tangent.
    @inline(__always) static func tangent(_ x: Self) -> Self {
        1 - 2 / (exponential(x + x) + 1)
    }

    /// The cosine and sine of an angle given in full turns.
    @inline(__always) static func cosineAndSine(turns: Self) -> (cosine: Self, sine: Self) {
        let r = turns - ((turns + rounder) - rounder)
        let magnitude = pointwiseMax(r, -r)
        // Beyond a quarter turn the sine comes back: sin(½ − r) = sin(r).
        let mirrored = (0.5 - magnitude).replacing(with: magnitude - 0.5, where: r .< 0)
        let folded = r.replacing(with: mirrored, where: magnitude .> 0.25)
        return (quarterSine(0.25 - magnitude), quarterSine(folded))
    }

    /// sin(2πx) for |x| ≤ ¼: the series to x¹¹, good to 6e-8.
    @inline(__always) private static func quarterSine(_ x: Self) -> Self {
        let x2 = x * x
        var series = step(Self(repeating: -15.094_642_6), x2, 42.058_693_9)
        series = step(series, x2, -76.705_859_8)
        series = step(series, x2, 81.605_249_3)
        series = step(series, x2, -41.341_702_2)
        series = step(series, x2, 6.283_185_31)
        return x * series
    }

    /// ln x for x in (0, 1].
    @inline(__always) static func logarithm(ofUnit x: Self) -> Self {
        let bits = unsafeBitCast(x, to: SIMD8<Int32>.self)
        let mantissa = unsafeBitCast((bits & 0x007F_FFFF) | 0x3F80_0000, to: Self.self)
        // The exponent as a float, by way of the rounder's low bits.
        let exponent = unsafeBitCast(((bits &>> 23) &- 127) &+ 0x4B40_0000, to: Self.self) - rounder
        let s = (mantissa - 1) / (mantissa + 1)
        let s2 = s * s
        var series = step(Self(repeating: 1 / 9), s2, 1 / 7)
        series = step(series, s2, 1 / 5)
        series = step(series, s2, 1 / 3)
        series = step(series, s2, 1)
        return exponent * 0.693_147_18 + 2 * s * series
    }

    /// A step of Horner's scheme.
    @inline(__always) private static func step(_ value: Self, _ x: Self, _ next: Float) -> Self {
        value * x + Self(repeating: next)
    }
}
