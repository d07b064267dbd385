/// The power of the background at each frequency: the least of the last seconds.
struct NoiseFloor: Sendable {
    private(set) var power: [Float]
    private var smoothed: [Float]
    private var least: [Float]
    private var count = 0

    init(bins: Int) {
        power = [Float](repeating: 0, count: bins)
        smoothed = power
        least = [Float](repeating: .greatestFiniteMagnitude, count: bins)
    }

    mutating func update(_ spectrum: Spectra) {
        count += 1
        // A new second starts every 125 hops of 8 ms.
        let isNewSecond = count % 125 == 0
        for bin in power.indices {
            let value = spectrum.real[bin] * spectrum.real[bin] + spectrum.imaginary[bin] * spectrum.imaginary[bin]
            smoothed[bin] += 0.1 * (value - smoothed[bin])
            least[bin] = min(least[bin], smoothed[bin])
            // The least of a smoothed power is about half of the mean.
            if smoothed[bin] < power[bin] * 0.5 { power[bin] = 2 * smoothed[bin] }
            if isNewSecond {
                power[bin] = min(2 * least[bin], power[bin] == 0 ? 2 * least[bin] : 1.6 * power[bin])
                least[bin] = smoothed[bin]
            }
        }
    }
}

/// How much of the predicted echo is left by the filter, by frequency: a power ratio that falls quickly and
/// rises slowly, because near speech only ever makes it look larger.
struct EchoLeakage: Sendable {
    private(set) var ratio: [Float]
    private var left: [Float]
    private var played: [Float]

    init(bins: Int) {
        ratio = [Float](repeating: 0.1, count: bins)
        left = [Float](repeating: 0, count: bins)
        played = left
    }

    mutating func update(error: Spectra, envelope: [Float], spread: Float, noise: [Float], presence: Float) {
        let rise: Float = presence > 0.5 ? 1.002 : 1.04
        for bin in ratio.indices {
            let power = error.real[bin] * error.real[bin] + error.imaginary[bin] * error.imaginary[bin]
            left[bin] += 0.1 * (max(0, power - noise[bin]) - left[bin])
            played[bin] += 0.1 * (envelope[bin] + spread - played[bin])
            guard played[bin] > 4 * noise[bin] + 1e-8 else { continue }
            let measured = left[bin] / played[bin]
            if measured < ratio[bin] {
                ratio[bin] += 0.1 * (measured - ratio[bin])
            } else {
                ratio[bin] = min(measured, ratio[bin] * rise, 1)
            }
            ratio[bin] = max(ratio[bin], 1e-4)
        }
    }
}
