/// Finds how much later than the reference its echo arrives, by correlation.
///
/// The cross-spectrum of microphone and reference is whitened (phase transform), so that a peak of the
/// correlation is an arrival and not the pitch of a voice, and smoothed over segments, so that a person
/// speaking at the same time averages out.
struct EchoDelayEstimator: Sendable {
    /// New microphone samples an estimate: 192 ms.
    static let segment = 3072
    /// The transform's length: a segment and the longest delay before it.
    static let size = 8192
    static var longestDelay: Int { size - segment }

    private var fft = RealFFT(size: size)
    private var microphone = [Float](repeating: 0, count: size)
    private var window = [Float](repeating: 0, count: size)
    private var filled = 0
    private var heard = Spectra(count: 1, bins: size / 2 + 1)
    private var played = Spectra(count: 1, bins: size / 2 + 1)
    private var smoothed = Spectra(count: 1, bins: size / 2 + 1)
    private let range: Int
    private var candidate: Int?
    /// How far above the correlation's own noise a peak is; 8 and more is hardly ever chance.
    private(set) var sharpness: Float = 0

    /// - Parameter longest: the longest delay looked for, in samples; at most `longestDelay`.
    init(longest: Int) {
        range = min(max(longest, 256), Self.longestDelay)
    }

    /// Takes microphone samples that end at a position.
    /// - Returns: the delay in samples, when a segment is full and two in a row agree.
    mutating func process(_ samples: [Float], end: Int, timeline: ReferenceTimeline) -> Int? {
        let base = Self.size - Self.segment + filled
        for index in samples.indices where base + index < Self.size { microphone[base + index] = samples[index] }
        filled += samples.count
        guard filled >= Self.segment else { return nil }
        filled = 0
        timeline.read(from: end - Self.size, count: Self.size, into: &window)
        return correlate()
    }

    private mutating func correlate() -> Int? {
        var energy: Float = 0
        for sample in window { energy += sample * sample }
        // Below −60 dBFS on average nothing is played worth correlating.
        guard energy > Float(Self.size) * 1e-6 else { return nil }
        EchoKernels.forward(&fft, microphone, &heard.real, &heard.imaginary, at: 0)
        EchoKernels.forward(&fft, window, &played.real, &played.imaginary, at: 0)
        // 150 to 5000 Hz: below, loudspeakers are silent; above, speech is.
        let (low, high) = (150 * Self.size / 16000, 5000 * Self.size / 16000)
        for bin in low..<high {
            let (a, b, c, d) = (heard.real[bin], heard.imaginary[bin], played.real[bin], played.imaginary[bin])
            let (real, imaginary) = (a * c + b * d, b * c - a * d)
            let scale = 0.3 / ((real * real + imaginary * imaginary).squareRoot() + 1e-6)
            smoothed.real[bin] = 0.7 * smoothed.real[bin] + scale * real
            smoothed.imaginary[bin] = 0.7 * smoothed.imaginary[bin] + scale * imaginary
        }
        EchoKernels.inverse(&fft, smoothed.real, smoothed.imaginary, at: 0, &window)
        var (power, peak): (Float, Int) = (0, 0)
        for lag in 0..<range {
            power += window[lag] * window[lag]
            if abs(window[lag]) > abs(window[peak]) { peak = lag }
        }
        sharpness = abs(window[peak]) / ((power / Float(range)).squareRoot() + 1e-12)
        guard sharpness > 8 else {
            candidate = nil
            return nil
        }
        defer { candidate = peak }
        guard let candidate, abs(candidate - peak) <= 8 else { return nil }
        return peak
    }
}
