import RiposteAudio

/// Another pitch for voices that have no control of their own: the sound is made slower or faster and played at another
/// speed, so that its length stays. The whole voice goes with it, as if the speaker were smaller or larger.
enum PitchShift {
    /// How much slower speech is to be made so that it has the right length afterwards; 1 is no change.
    static func factor(_ pitch: Double?) -> Double { min(max(pitch ?? 1, 0.5), 2) }

    /// The sound, higher by the factor and shorter by as much.
    static func apply(_ factor: Double, to samples: [Float], sampleRate: Int) -> [Float] {
        guard factor != 1 else { return samples }
        return Resampler.resample(samples, from: Int((Double(sampleRate) * factor).rounded()), to: sampleRate)
    }
}
