import Foundation

/// Takes away what the echo path filter leaves of the echo: distortion of the loudspeaker, reverberation longer
/// than the model, a path that is still being learnt.
///
/// Each frequency is attenuated by what the residual echo is expected to be there; never below the
/// room's own noise, so that a listener (and a voice detector) hears the room go on and not the echo's holes.
/// Where nothing is played, sound passes unchanged.
///
/// A long analysis window with a short synthesis window (Mauler and Martin, 2007) gives the frequency
/// resolution of 32 ms at the latency of 8 ms.
struct ResidualEchoSuppressor: Sendable {
    /// Samples a hop, and the latency.
    static let hop = 128
    static let size = 512
    static let bins = size / 2 + 1
    /// The misprediction above which the model is taken to be wrong.
    static let lostPath: Float = 0.4

    /// Powers of the last hop, mean square.
    struct Levels: Sendable {
        var echo: Float = 0
        var residual: Float = 0
        var error: Float = 0
        var output: Float = 0
    }
    private(set) var levels = Levels()
    /// The last hop's sound.
    private(set) var output = [Float](repeating: 0, count: hop)

    /// The last hop's sound as the filter left it, as late as `output`.
    private(set) var unsuppressed = [Float](repeating: 0, count: hop)

    private var fft = RealFFT(size: size)
    private let analysis: [Float]
    private let synthesis: [Float]
    private var errorHistory = [Float](repeating: 0, count: size)
    private var echoHistory = [Float](repeating: 0, count: size)
    private var overlap = [Float](repeating: 0, count: hop)
    private var frame = [Float](repeating: 0, count: size)
    private var error = Spectra(count: 1, bins: bins)
    private var echo = Spectra(count: 1, bins: bins)
    private var cross = Spectra(count: 1, bins: bins)
    private var echoPower = [Float](repeating: 0, count: bins)
    private var errorPower = [Float](repeating: 0, count: bins)
    private var envelope = [Float](repeating: 0, count: bins)
    private var residual = [Float](repeating: 0, count: bins)
    private var gains = [Float](repeating: 1, count: bins)
    private var prior = [Float](repeating: 0, count: bins)
    private var noise: NoiseFloor
    private var leakage: EchoLeakage
    private var presence: Float = 0
    /// Smoothed sums over the frequencies of speech: error times echo, echo times echo, error times error.
    private var agreement: (cross: Float, echo: Float, error: Float) = (0, 0, 0)
    /// How much of the prediction is not in the microphone's sound: 0 when the model is
    /// right, whoever speaks; about 1 when the echo path has changed.
    private(set) var misprediction: Float = 0

    init() {
        (analysis, synthesis) = Self.windows()
        noise = NoiseFloor(bins: Self.bins)
        leakage = EchoLeakage(bins: Self.bins)
    }

    /// - Parameters:
    ///   - left: what the filter left of the microphone's sound; `hop` samples from the offset on are taken.
    ///   - predicted: the echo that the filter predicted, likewise.
    ///   - uncertainty: power by which the filter expects to be wrong, for each of `bins` frequencies.
    mutating func process(
        error left: [Float], echo predicted: [Float], from offset: Int, uncertainty: [Float]
    ) {
        let (hop, size) = (Self.hop, Self.size)
        for index in 0..<hop { unsuppressed[index] = errorHistory[size - hop + index] }
        for index in 0..<(size - hop) {
            errorHistory[index] = errorHistory[index + hop]
            echoHistory[index] = echoHistory[index + hop]
        }
        for index in 0..<hop {
            errorHistory[size - hop + index] = left[offset + index]
            echoHistory[size - hop + index] = predicted[offset + index]
        }
        for index in 0..<size { frame[index] = echoHistory[index] * analysis[index] }
        EchoKernels.forward(&fft, frame, &echo.real, &echo.imaginary, at: 0)
        for index in 0..<size { frame[index] = errorHistory[index] * analysis[index] }
        EchoKernels.forward(&fft, frame, &error.real, &error.imaginary, at: 0)

        estimateResidual(uncertainty: uncertainty)
        attenuate()

        EchoKernels.inverse(&fft, error.real, error.imaginary, at: 0, &frame)
        var power: Float = 0
        for index in 0..<hop {
            output[index] = overlap[index] + frame[size - 2 * hop + index] * synthesis[index]
            overlap[index] = frame[size - hop + index] * synthesis[hop + index]
            power += output[index] * output[index]
        }
        levels.output = power / Float(hop)
    }

    private mutating func estimateResidual(uncertainty: [Float]) {
        var total: Float = 0
        measureMisprediction()
        for bin in 0..<Self.bins {
            let (a, b, c, d) = (error.real[bin], error.imaginary[bin], echo.real[bin], echo.imaginary[bin])
            let power = c * c + d * d
            // What the echo still is a moment after it was loud: reverberation past the model's end.
            envelope[bin] = max(power, 0.75 * envelope[bin])
            total += power
            // What is coherent with the prediction is echo, whatever else sounds: a path that has changed.
            echoPower[bin] += 0.06 * (power - echoPower[bin])
            errorPower[bin] += 0.06 * (a * a + b * b - errorPower[bin])
            cross.real[bin] += 0.06 * (a * c + b * d - cross.real[bin])
            cross.imaginary[bin] += 0.06 * (b * c - a * d - cross.imaginary[bin])
        }
        let spread = 0.002 * total / Float(Self.bins)
        noise.update(error)
        leakage.update(error: error, envelope: envelope, spread: spread, noise: noise.power, presence: presence)
        for bin in 0..<Self.bins {
            let smoothed = echoPower[bin] + 1e-9
            let shared = cross.real[bin] * cross.real[bin] + cross.imaginary[bin] * cross.imaginary[bin]
            // Averaged over this few hops, even strangers are coherent by about a seventh.
            let coherent = max(0, shared / smoothed - 0.15 * errorPower[bin]) / smoothed
            residual[bin] =
                leakage.ratio[bin] * (envelope[bin] + spread) + 2 * coherent * envelope[bin] + 0.25 * uncertainty[bin]
        }
    }

    /// A wrong prediction is subtracted from sound that does not hold it, and is then in the error, reversed.
    /// A person's voice is not: it has nothing to do with the prediction.
    private mutating func measureMisprediction() {
        var (cross, echoes, errors): (Float, Float, Float) = (0, 0, 0)
        for bin in 8..<128 {
            let (a, b, c, d) = (error.real[bin], error.imaginary[bin], echo.real[bin], echo.imaginary[bin])
            cross += a * c + b * d
            echoes += c * c + d * d
            errors += a * a + b * b
        }
        agreement.cross += 0.12 * (cross - agreement.cross)
        agreement.echo += 0.12 * (echoes - agreement.echo)
        agreement.error += 0.12 * (errors - agreement.error)
        // Against a voice much louder than the echo chance agreement is large; it has to be large beside that too.
        misprediction = max(0, -agreement.cross) / max(agreement.echo, 0.4 * agreement.error, 1e-6)
    }

    private mutating func attenuate() {
        var (left, expected, played): (Float, Float, Float) = (0, 0, 0)
        for bin in 8..<128 {  // 250 to 4000 Hz, where speech has its power
            let power = error.real[bin] * error.real[bin] + error.imaginary[bin] * error.imaginary[bin]
            left += max(0, power - 2 * noise.power[bin])
            expected += residual[bin]
            played += envelope[bin]
        }
        let scale = 2 / (Float(Self.size) * Float(Self.size) * 0.5)
        levels.echo = played * scale
        levels.residual = expected * scale
        levels.error = left * scale
        // Is there more than the residual echo? If not, be harsh; if so, spare the person who speaks.
        let ratio = left / (expected + 1e-9)
        let hasLostPath = misprediction > Self.lostPath
        let target: Float = hasLostPath ? 0 : min(1, max(0, (ratio - 2) / 6))
        if hasLostPath { presence = min(presence, 0.2) }
        presence += (target > presence ? 0.5 : 0.06) * (target - presence)
        let weight = 8 - 6 * presence
        for bin in 0..<Self.bins {
            let (a, b) = (error.real[bin], error.imaginary[bin])
            let power = a * a + b * b + 1e-12
            let echo = (hasLostPath ? max(weight * residual[bin], 4 * power) : weight * residual[bin]) + 1e-12
            let posterior = max(0, power / echo - 1)
            let estimate = 0.7 * prior[bin] / echo + 0.3 * posterior
            var gain = estimate / (1 + estimate)
            if residual[bin] < 1e-3 * noise.power[bin] || residual[bin] < 1e-10 { gain = 1 }
            gains[bin] = gain
            prior[bin] = gain * gain * power
        }
        for bin in 0..<Self.bins {
            let (a, b) = (error.real[bin], error.imaginary[bin])
            let power = a * a + b * b + 1e-12
            let neighbours = bin > 0 && bin < Self.bins - 1 ? min(gains[bin - 1], gains[bin + 1]) : gains[bin]
            let gain = gains[bin] > 0.5 ? gains[bin] : min(gains[bin], 0.5 * (gains[bin] + neighbours))
            let floor = min(1, (noise.power[bin] / power).squareRoot())
            error.real[bin] *= max(gain, floor)
            error.imaginary[bin] *= max(gain, floor)
        }
    }

    /// Windows whose product is a Hann window of two hops at the end of the analysis window.
    private static func windows() -> (analysis: [Float], synthesis: [Float]) {
        let rise = size - hop
        func hann(_ index: Int, _ length: Int) -> Double {
            let angle = Double.pi * (Double(index) + 0.5) / Double(length)
            return sin(angle) * sin(angle)
        }
        let analysis = (0..<size).map { index in
            index < rise ? hann(index, 2 * rise).squareRoot() : hann(index - rise + hop, 2 * hop).squareRoot()
        }
        let synthesis = (0..<(2 * hop)).map { index in hann(index, 2 * hop) / analysis[size - 2 * hop + index] }
        return (analysis.map { Float($0) }, synthesis.map { Float($0) })
    }
}
