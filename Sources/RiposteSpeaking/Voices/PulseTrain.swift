/// The excitation of a voiced sound: a pulse a period, with every harmonic up to 11 kHz at unit amplitude.
enum PulseTrain {
    /// Below this a frame has no voice, in hertz.
    private static let voiceThreshold: Float = 40
    /// The highest harmonic, in hertz.
    private static let bandwidth: Float = 11_000

    /// The pulses of a pitch curve; 0 where there is no voice.
    ///
    /// Between the frames' centres the pitch is interpolated linearly. The harmonics' sum has the closed form
    /// sin((H + ½) t) / (2 sin(t / 2)) − ½, where H counts the harmonics below the bandwidth.
    /// - Parameters:
    ///   - pitch: hertz, a value a frame.
    ///   - hop: samples a frame.
    ///   - sampleRate: hertz.
    static func samples(pitch: [Float], hop: Int, sampleRate: Int) -> [Float] {
        var pulses = [Float](repeating: 0, count: pitch.count * hop)
        let half = hop / 2
        var turn = 0.0
        var lanes = Lanes()
        pulses.withUnsafeMutableBufferPointer { pulses in
            for frame in pitch.indices {
                let (before, here) = (pitch[max(frame - 1, 0)], pitch[frame])
                let after = pitch[min(frame + 1, pitch.count - 1)]
                for offset in 0..<hop {
                    let place = (Float(offset) + 0.5) / Float(hop)
                    let value =
                        offset < half
                        ? before * (0.5 - place) + here * (place + 0.5)
                        : here * (1.5 - place) + after * (place - 0.5)
                    let isVoiced = value > voiceThreshold
                    let frequency = isVoiced ? value : voiceThreshold
                    // The phase goes on through unvoiced stretches, as the network was trained.
                    turn += Double(frequency) / Double(sampleRate)
                    if turn >= 1 { turn -= turn.rounded(.down) }
                    guard isVoiced else { continue }
                    let harmonics = (bandwidth / frequency).rounded(.down)
                    lanes.add(frame * hop + offset, turn: Float(turn), harmonics: harmonics)
                    if lanes.count == 8 { lanes.write(to: pulses) }
                }
            }
            lanes.write(to: pulses)
        }
        return pulses
    }

    /// Up to eight samples that are computed together.
    private struct Lanes {
        private(set) var count = 0
        private var indices = SIMD8<Int>()
        private var turns = SIMD8<Float>()
        private var harmonics = SIMD8<Float>()

        @inline(__always) mutating func add(_ index: Int, turn: Float, harmonics: Float) {
            indices[count] = index
            turns[count] = turn
            self.harmonics[count] = harmonics + 0.5
            count += 1
        }

        @inline(__always) mutating func write(to pulses: UnsafeMutableBufferPointer<Float>) {
            let divisor = 2 * SIMD8<Float>.cosineAndSine(turns: turns * 0.5).sine
            let isPeak = (divisor .<= 2e-3) .& (divisor .>= -2e-3)
            let sine = SIMD8<Float>.cosineAndSine(turns: turns * harmonics).sine
            let quotient = sine / divisor.replacing(with: 1, where: isPeak)
            let samples = quotient.replacing(with: harmonics, where: isPeak) - 0.5
            for lane in 0..<count { pulses[indices[lane]] = samples[lane] }
            count = 0
        }
    }
}
