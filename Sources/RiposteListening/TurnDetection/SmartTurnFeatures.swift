import RiposteAudio

/// What the smart-turn network is given: Whisper's features of the last 8 s of a turn.
///
/// Shorter sound has zeros in front. The whole window, zeros included, is brought to a mean of zero and a variance of
/// one first, so loudness does not matter. Only frames that touch sound are computed: the zeros become a constant, and
/// all frames of it are the same.
struct SmartTurnFeatures {
    /// Samples in the window: 8 s at 16 kHz.
    static let length = 128_000
    static let melCount = 80
    static let frameCount = length / LogMelSpectrogram.hop
    /// Added to the variance, so that silence does not become infinitely loud (the Whisper feature extractor's own).
    private static let leastVariance = 1e-7

    /// Without sound; kept because its filters take longer to make than to use.
    private let empty = LogMelSpectrogram(melCount: Self.melCount)

    /// - Parameter audio: mono, 16 kHz; all but the last 8 s is ignored.
    /// - Returns: 80 rows of 800 values.
    func values(of audio: ArraySlice<Float>) -> [Float] {
        let sound = audio.suffix(Self.length)
        let zeros = Self.length - sound.count
        // The first computed frame lies in the zeros as a whole, on the window's own grid of frames.
        let skipped = max(0, zeros - LogMelSpectrogram.window) / LogMelSpectrogram.hop
        var spectrogram = empty
        spectrogram.append(Self.normalized(sound, zeros: zeros - skipped * LogMelSpectrogram.hop))
        let computed = Self.frameCount - skipped
        let features = spectrogram.features(frames: computed, ending: .mirrored)
        guard skipped > 0 else { return features }
        var values: [Float] = []
        values.reserveCapacity(Self.melCount * Self.frameCount)
        for row in stride(from: 0, to: features.count, by: computed) {
            values.append(contentsOf: repeatElement(features[row], count: skipped))
            values.append(contentsOf: features[row..<(row + computed)])
        }
        return values
    }

    /// The sound with zeros in front, scaled by the mean and variance of the whole window.
    private static func normalized(_ sound: ArraySlice<Float>, zeros: Int) -> [Float] {
        var sum = 0.0
        for sample in sound { sum += Double(sample) }
        let mean = sum / Double(length)
        var squares = mean * mean * Double(length - sound.count)
        for sample in sound { squares += (Double(sample) - mean) * (Double(sample) - mean) }
        let scale = 1 / (squares / Double(length) + leastVariance).squareRoot()
        var values = [Float](repeating: Float(-mean * scale), count: zeros)
        values.reserveCapacity(zeros + sound.count)
        for sample in sound { values.append(Float((Double(sample) - mean) * scale)) }
        return values
    }
}
