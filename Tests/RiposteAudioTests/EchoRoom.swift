import Foundation
import RiposteAudio
import RiposteCore

/// A room with a loudspeaker and a microphone, made up: sound for the echo tests, the same at every run.
struct EchoRoom {
    var generator: UInt64
    /// Samples between the reference and its first arrival.
    var delay = 800
    /// The echo's power over the reference's, in decibels.
    var gain: Float = -6
    private let response: [Float]

    init(seed: UInt64 = 1, delay: Int = 800, gain: Float = -6) {
        generator = seed &* 0x9E37_79B9_7F4A_7C15 | 1
        self.delay = delay
        self.gain = gain
        var next = generator
        // 60 dB down after 0.2 s; what is later than 100 ms is left out.
        var response = (0..<1600).map { index in Self.random(&next) * exp(-6.9 * Float(index) / 3200) }
        response[0] = 3
        let energy = response.reduce(0) { $0 + $1 * $1 }
        self.response = response.map { $0 / energy.squareRoot() }
        generator = next
    }

    private static func random(_ state: inout UInt64) -> Float {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
    }

    mutating func noise(_ count: Int, amplitude: Float) -> [Float] {
        (0..<count).map { _ in amplitude * Self.random(&generator) }
    }

    /// Noise that comes and goes like syllables, more low than high.
    mutating func babble(_ count: Int, amplitude: Float = 0.3, syllable: Double = 0.23) -> [Float] {
        var (low, level): (Float, Float) = (0, 0)
        return (0..<count).map { index in
            let phase = Double(index) / 16000 / syllable
            let target: Float = Int(phase) % 7 == 6 ? 0 : Float(pow(sin(Double.pi * phase), 2))
            level += 0.01 * (target - level)
            low = 0.8 * low + 0.6 * Self.random(&generator)
            return amplitude * level * low
        }
    }

    /// What the microphone hears of a reference.
    func echo(of reference: [Float]) -> [Float] {
        let size = 1 << (Int.bitWidth - (reference.count + response.count).leadingZeroBitCount)
        var fft = RealFFT(size: size)
        let zeros = { [Float](repeating: 0, count: size - $0) }
        let x = fft.forward(reference + zeros(reference.count))
        let h = fft.forward(response + zeros(response.count))
        var (real, imaginary) = x
        for bin in real.indices {
            real[bin] = x.real[bin] * h.real[bin] - x.imaginary[bin] * h.imaginary[bin]
            imaginary[bin] = x.real[bin] * h.imaginary[bin] + x.imaginary[bin] * h.real[bin]
        }
        let factor = pow(10, gain / 20)
        let sound = fft.inverse(real: real, imaginary: imaginary).map { $0 * factor }
        return [Float](repeating: 0, count: delay) + sound.prefix(reference.count - delay)
    }
}

extension EchoCanceller {
    /// All of a recording, put back to where the microphone heard it: as long as the input but for the end.
    mutating func process(all microphone: [Float], reference: [Float], frame: Int = 512) -> [Float] {
        var samples: [Float] = []
        for start in stride(from: 0, to: microphone.count - frame + 1, by: frame) {
            let heard = AudioFrame(
                samples: Array(microphone[start..<(start + frame)]), sampleRate: 16000, position: start)
            samples += process(microphone: heard, reference: Array(reference[start..<(start + frame)])).samples
        }
        return Array(samples.dropFirst(Self.latency))
    }
}

/// The power in decibels of a stretch, given in seconds.
func level(_ samples: [Float], _ seconds: ClosedRange<Double>) -> Float {
    let range = Int(seconds.lowerBound * 16000)..<min(samples.count, Int(seconds.upperBound * 16000))
    let power = samples[range].reduce(0) { $0 + $1 * $1 } / Float(range.count)
    return 10 * log10(power + 1e-12)
}
