/// Gaussian noise that depends on its seed alone, eight complex values at a time.
struct GaussianNoise: Sendable {
    private var state: SIMD8<UInt32>

    init(seed: UInt64) {
        // SplitMix64 spreads any seed over the lanes; a lane must not be 0, or it would stay there.
        var mixer = seed
        var lanes = SIMD8<UInt32>()
        for lane in lanes.indices {
            mixer &+= 0x9E37_79B9_7F4A_7C15
            var value = (mixer ^ (mixer >> 30)) &* 0xBF58_476D_1CE4_E5B9
            value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
            lanes[lane] = UInt32(truncatingIfNeeded: value ^ (value >> 31)) | 1
        }
        state = lanes
    }

    /// The next values; both parts have zero mean and unit variance (Box and Muller's method).
    @inline(__always) mutating func next() -> (real: SIMD8<Float>, imaginary: SIMD8<Float>) {
        let radius = (-2 * SIMD8<Float>.logarithm(ofUnit: 1 - uniform())).squareRoot()
        let (cosine, sine) = SIMD8<Float>.cosineAndSine(turns: uniform())
        return (radius * cosine, radius * sine)
    }

    /// Uniform in [0, 1), 23 bits, from Marsaglia's xorshift.
    @inline(__always) private mutating func uniform() -> SIMD8<Float> {
        state ^= state &<< 13
        state ^= state &>> 17
        state ^= state &<< 5
        return unsafeBitCast((state &>> 9) | 0x3F80_0000, to: SIMD8<Float>.self) - 1
    }
}
