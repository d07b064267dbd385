import Foundation
import RiposteCore

/// Chance that is the same at every run.
struct SeededChance: RandomNumberGenerator {
    private var generator: SeededGenerator

    init(_ seed: Int) {
        generator = SeededGenerator(seed: UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1)
    }

    mutating func next() -> UInt64 { generator.next() }

    mutating func uniform(_ range: ClosedRange<Double>) -> Double { Double.random(in: range, using: &self) }

    /// Of mean 0 and variance 1.
    mutating func normal() -> Double {
        let radius = (-2 * log(uniform(1e-12...1))).squareRoot()
        return radius * cos(2 * .pi * uniform(0...1))
    }
}
