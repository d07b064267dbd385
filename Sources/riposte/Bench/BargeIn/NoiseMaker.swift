import Foundation

/// Coughs and doors, made up: shaped noise, the same at every run.
enum NoiseMaker {
    /// Two or three bursts of hoarse noise with a little voice in it.
    static func cough(_ chance: inout SeededChance) -> [Float] {
        var sound: [Float] = []
        for _ in 0..<Int(chance.uniform(2...3.99)) {
            let length = chance.uniform(0.12...0.22)
            let pitch = chance.uniform(90...180)
            let voiced = chance.uniform(0.1...0.4)
            var (low, band): (Double, Double) = (0, 0)
            for index in 0..<Int(length * 16_000) {
                let time = Double(index) / 16_000
                let envelope = min(1, time / 0.008) * exp(-time / (length * 0.4))
                // Between about 400 and 3000 Hz.
                let noise = chance.normal()
                low += 0.69 * (noise - low)
                band += 0.145 * (low - band)
                let voice = sin(2 * .pi * pitch * time) + 0.5 * sin(4 * .pi * pitch * time)
                sound.append(Float(envelope * ((low - band) + voiced * voice)))
            }
            sound += [Float](repeating: 0, count: Int(chance.uniform(0.04...0.12) * 16_000))
        }
        return sound
    }

    /// A click, a thud that rings below 200 Hz, a rattle.
    static func door(_ chance: inout SeededChance) -> [Float] {
        let (pitch, ring) = (chance.uniform(60...160), chance.uniform(0.06...0.15))
        let rattles = (0..<3).map { _ in chance.uniform(0.05...0.3) }
        return (0..<Int(0.5 * 16_000)).map { index in
            let time = Double(index) / 16_000
            let click = exp(-time / 0.004) * chance.normal()
            let thud = 1.5 * exp(-time / ring) * sin(2 * .pi * pitch * time)
            let rattle = rattles.reduce(0) { sum, at in
                time < at ? sum : sum + 0.5 * exp(-(time - at) / 0.006) * chance.normal()
            }
            return Float(click + thud + rattle)
        }
    }
}
