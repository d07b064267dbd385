import Foundation

/// Sounds that are the same in every run.
public enum SeededSound {
    /// White noise.
    /// - Parameters:
    ///   - amplitude: samples are uniform in −amplitude … amplitude.
    public static func whiteNoise(count: Int, amplitude: Float = 0.1, seed: UInt64 = 1) -> [Float] {
        var state = seed
        return (0..<count).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23) * amplitude
        }
    }

    /// A hum with overtones that comes and goes over a hiss: sound, but no speech.
    public static func hissAndTones(count: Int) -> [Float] {
        whiteNoise(count: count, amplitude: 0.01).enumerated().map { index, hiss in
            let time = Double(index) / 16_000
            let envelope = max(0, sin(2 * Double.pi * 2 * time))
            return hiss + Float(envelope * (0.2 * sin(2 * .pi * 180 * time) + 0.1 * sin(2 * .pi * 720 * time)))
        }
    }
}
