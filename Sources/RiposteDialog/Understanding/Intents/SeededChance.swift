import Foundation

/// Chance that is the same at every run (splitmix64; Steele, Lea and Flood, 2014).
struct SeededChance: RandomNumberGenerator {
    private var state: UInt64

    init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// 0 … 1, never 0.
    mutating func fraction() -> Float { (Float(next() >> 40) + 0.5) / Float(1 << 24) }

    /// Of mean 0 and variance 1.
    mutating func normal() -> Float {
        (-2 * log(fraction())).squareRoot() * cos(2 * .pi * fraction())
    }
}
