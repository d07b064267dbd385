import Foundation

/// Sounds without words, the same in every run: what a recogniser must not take for speech.
enum WordlessSound: String, CaseIterable {
    case silence, hiss, rumble, hum, knocks, melody

    private static let sampleRate = 16_000

    /// - Parameter seconds: how long.
    /// - Returns: mono, 16 kHz.
    func samples(seconds: Double) -> [Float] {
        let count = Int(seconds * Double(Self.sampleRate))
        var random = SplitMix(state: UInt64(Self.allCases.firstIndex(of: self) ?? 0) + 1)
        switch self {
        case .silence: return [Float](repeating: 0, count: count)
        // Loud and soft by turns, from −55 to −25 dBFS.
        case .hiss: return (0..<count).map { Self.swell($0, from: 0.002, to: 0.06) * random.uniform() }
        case .rumble: return Self.rumble(count, &random)
        case .hum: return (0..<count).map { Self.hum($0) + 0.001 * random.uniform() }
        case .knocks: return Self.struck(count, every: 0.9, decay: 25, &random) { _ in nil }
        case .melody:
            let scale = [0.0, 2, 4, 7, 9, 12, 14, 16]
            return Self.struck(count, every: 0.25, decay: 3, &random) { random in
                220 * pow(2, scale[Int(random.next() % 8)] / 12)
            }
        }
    }

    /// Noise with less and less energy the higher, as of traffic or a fan.
    private static func rumble(_ count: Int, _ random: inout SplitMix) -> [Float] {
        var low: Float = 0
        return (0..<count).map { index in
            low += 0.02 * (random.uniform() - low)
            return swell(index, from: 0.05, to: 1) * low
        }
    }

    /// The mains with its overtones.
    private static func hum(_ index: Int) -> Float {
        let phase = 2 * Double.pi * 50 * Double(index) / Double(sampleRate)
        return Float((1...9).reduce(0) { $0 + 0.03 / Double($1) * sin(Double($1) * phase) })
    }

    /// Things that are struck and die away: a note where there is a pitch, else a knock.
    private static func struck(
        _ count: Int, every seconds: Double, decay: Double, _ random: inout SplitMix,
        pitch: (inout SplitMix) -> Double?
    ) -> [Float] {
        var sound = [Float](repeating: 0, count: count)
        var start = 0
        while start < count {
            let tone = pitch(&random)
            let strength = 0.05 + 0.25 * Double(abs(random.uniform()))
            for index in start..<min(count, start + 2 * sampleRate) {
                let time = Double(index - start) / Double(sampleRate)
                let wave =
                    tone.map { hertz in (1...5).reduce(0) { $0 + sin(2 * .pi * hertz * Double($1) * time) / Double($1) }
                    }
                    ?? Double(random.uniform())
                sound[index] += Float(strength * exp(-decay * time) * wave)
            }
            start += Int(seconds * (0.5 + Double(abs(random.uniform()))) * Double(sampleRate)) + 1
        }
        return sound
    }

    /// Louder and softer over twenty seconds.
    private static func swell(_ index: Int, from least: Float, to most: Float) -> Float {
        let phase = Float(index) / Float(20 * sampleRate)
        return least * pow(most / least, 0.5 - 0.5 * cos(2 * .pi * phase))
    }

    private struct SplitMix {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9E37_79B9_7F4A_7C15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
            return mixed ^ (mixed >> 31)
        }

        /// −1 … 1.
        mutating func uniform() -> Float { Float(next() >> 40) / Float(1 << 23) - 1 }
    }
}
