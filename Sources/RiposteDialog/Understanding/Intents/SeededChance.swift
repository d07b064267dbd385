import Foundation
import RiposteCore

/// Chance that is the same at every run.
struct SeededChance: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(_ seed: Int) {
        generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    }

    mutating func next() -> UInt64 { generator.next() }

    /// 0 … 1, never 0.
    mutating func fraction() -> Float { (Float(next() >> 40) + 0.5) / Float(1 << 24) }

    /// Of mean 0 and variance 1.
    mutating func normal() -> Float {
        (-2 * log(fraction())).squareRoot() * cos(2 * .pi * fraction())
    }
}
