import Foundation

/// A made-up room with a loudspeaker and a microphone: what the one plays comes back into the other.
///
/// Images of the source in a random box for 50 ms, then noise that decays with the room's reverberation time; a delay of
/// 20 to 120 ms for the sound card; a loudspeaker that saturates and has no bass. As in `Tools/echo-measurement`.
struct SimulatedRoom {
    static let sampleRate = 16_000

    /// The echo's power over the reference's, in decibels; set it by `calibrate`.
    private var gain: Float = 1
    private let response: [Float]
    private let delay: Int
    /// What was played, as far back as the response reaches, as the loudspeaker gives it off.
    private var history: [Float]
    private var bass: Float = 0
    private var chance: SeededChance

    init(seed: Int) {
        var chance = SeededChance(seed)
        let reverberation = chance.uniform(0.2...0.5)
        delay = Int(chance.uniform(0.02...0.12) * Double(Self.sampleRate))
        response = Self.response(reverberation, &chance)
        history = [Float](repeating: 0, count: response.count - 1 + delay)
        self.chance = chance
    }

    /// Sets the echo's level.
    /// - Parameters:
    ///   - speech: what will be played, or some of it.
    ///   - level: of the echo while it sounds, in dBFS.
    mutating func calibrate(with speech: [Float], level: Float) {
        var copy = self
        copy.gain = 1
        gain = pow(10, level / 20) / max(copy.echo(of: Array(speech.prefix(4 * Self.sampleRate))).activeLevel, 1e-6)
    }

    /// What the microphone hears of the next stretch that is played.
    mutating func echo(of played: [Float]) -> [Float] {
        history += played.map { sample in
            // No bass below about 150 Hz, and saturation.
            bass += 0.057 * (sample - bass)
            return tanh(1.2 * (sample - bass)) / 1.2
        }
        let count = played.count
        var result = [Float](repeating: 0, count: count)
        let taps = response.count
        history.withUnsafeBufferPointer { history in
            response.withUnsafeBufferPointer { response in
                for index in 0..<count {
                    // `response` is reversed: the newest sample meets its first tap.
                    var sum = SIMD8<Float>.zero
                    var tap = 0
                    while tap + 8 <= taps {
                        var (a, b) = (SIMD8<Float>.zero, SIMD8<Float>.zero)
                        for lane in 0..<8 {
                            a[lane] = history[index + tap + lane]
                            b[lane] = response[tap + lane]
                        }
                        sum += a * b
                        tap += 8
                    }
                    result[index] = sum.sum() * gain
                }
            }
        }
        history.removeFirst(count)
        return result
    }

    /// The room's own noise, at −66 dBFS, more low than high.
    mutating func noise(_ count: Int) -> [Float] {
        var low: Float = 0
        return (0..<count).map { _ in
            low = 0.8 * low + 0.6 * Float(chance.normal())
            return 0.0005 * low
        }
    }

    /// Reversed, of unit energy, its length a multiple of 8.
    private static func response(_ reverberation: Double, _ chance: inout SeededChance) -> [Float] {
        let box = [chance.uniform(3...6), chance.uniform(3...5), chance.uniform(2.4...3)]
        let source = [
            box[0] * chance.uniform(0.2...0.8), box[1] * chance.uniform(0.2...0.8), chance.uniform(0.7...1.2),
        ]
        let angle = chance.uniform(0...(2 * .pi))
        let distance = chance.uniform(0.15...0.8)
        let microphone = [
            min(max(source[0] + distance * cos(angle), 0.1), box[0] - 0.1),
            min(max(source[1] + distance * sin(angle), 0.1), box[1] - 0.1), source[2] + chance.uniform(-0.1...0.1),
        ]
        let surface = 2 * (box[0] * box[1] + box[1] * box[2] + box[0] * box[2])
        let volume = box[0] * box[1] * box[2]
        let reflection = (1 - min(0.95, 0.161 * volume / (surface * reverberation))).squareRoot()
        let rate = Double(sampleRate)
        let count = (Int(reverberation * rate * 1.1) + 7) / 8 * 8
        var taps = [Double](repeating: 0, count: count)
        let early = Int(0.05 * rate)
        for image in images(of: source, in: box, to: microphone) {
            let time = image.way / 343 * rate
            guard Int(time) < early - 1 else { continue }
            let strength = pow(reflection, Double(image.bounces)) / image.way
            taps[Int(time)] += strength * (1 - time.truncatingRemainder(dividingBy: 1))
            taps[Int(time) + 1] += strength * time.truncatingRemainder(dividingBy: 1)
        }
        let late = taps[(early - 320)..<(early - 20)].reduce(0) { $0 + $1 * $1 } / 300
        let decayed = exp(-6.91 * Double(early - 170) / rate / reverberation)
        let level = late.squareRoot() / decayed
        for index in early..<count {
            let decay = exp(-6.91 * Double(index) / rate / reverberation)
            taps[index] = chance.normal() * level * decay
        }
        let energy = taps.reduce(0) { $0 + $1 * $1 }.squareRoot()
        return taps.reversed().map { Float($0 / energy) }
    }

    private static func images(
        of source: [Double], in box: [Double], to microphone: [Double]
    ) -> [(way: Double, bounces: Int)] {
        let axes = (0..<3).map { Self.images(of: source[$0], along: box[$0], to: microphone[$0]) }
        var images: [(way: Double, bounces: Int)] = []
        for x in axes[0] {
            for y in axes[1] {
                for z in axes[2] {
                    let square: Double = x.offset * x.offset + y.offset * y.offset + z.offset * z.offset
                    let way = square.squareRoot()
                    images.append((way: way, bounces: x.bounces + y.bounces + z.bounces))
                }
            }
        }
        return images
    }

    /// Along one axis: where the images are, and how often each was reflected.
    private static func images(
        of source: Double, along length: Double, to microphone: Double
    ) -> [(offset: Double, bounces: Int)] {
        var images: [(offset: Double, bounces: Int)] = []
        for order in -6...6 {
            let shift: Double = 2 * Double(order) * length - microphone
            images.append((offset: shift + source, bounces: 2 * abs(order)))
            images.append((offset: shift - source, bounces: abs(order - 1) + abs(order)))
        }
        return images
    }
}

extension [Float] {
    /// The amplitude while it sounds: the root mean square of the 20 ms frames within 35 dB of the loudest.
    var activeLevel: Float {
        let powers = stride(from: 0, to: count - 319, by: 320).map { start in
            self[start..<(start + 320)].reduce(0) { $0 + $1 * $1 } / 320
        }
        let least = (powers.max() ?? 0) * 0.000316
        let active = powers.filter { $0 > least }
        return active.isEmpty ? 0 : (active.reduce(0, +) / Float(active.count)).squareRoot()
    }

    /// The same sound at a level in dBFS while it sounds.
    func at(level: Float) -> [Float] {
        let factor = pow(10, level / 20) / Swift.max(activeLevel, 1e-6)
        return map { $0 * factor }
    }

    /// Where it can be heard first: the first 10 ms within 20 dB of its loudest 10 ms.
    var audibleStart: Int {
        let powers = stride(from: 0, to: count - 159, by: 160).map { start in
            self[start..<(start + 160)].reduce(0) { $0 + $1 * $1 }
        }
        let least = (powers.max() ?? 0) * 0.01
        return (powers.firstIndex { $0 >= least && $0 > 0 } ?? 0) * 160
    }
}
