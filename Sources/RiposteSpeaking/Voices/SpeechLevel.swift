/// How loud speech is, so that one voice is as loud as another.
enum SpeechLevel {
    /// The common level where there is sound, as a root mean square: −19.6 dBFS, which is hibari's.
    static let common: Float = 0.105
    /// What a voice says so that its level is known.
    static let sample = "The weather is fine today, and I will be there soon."

    /// What brings a voice to the common level, at most to a quarter and four times as loud.
    static func gain(for samples: [Float], sampleRate: Int) -> Float {
        let level = active(samples, sampleRate: sampleRate)
        return level > 1e-5 ? min(max(common / level, 0.25), 4) : 1
    }

    /// The root mean square of those pieces of 20 ms that are at most 25 dB below the loudest one in twenty: pauses do
    /// not count, so that slow speakers are not taken for soft ones.
    static func active(_ samples: [Float], sampleRate: Int) -> Float {
        let length = max(1, sampleRate / 50)
        let powers = stride(from: 0, to: samples.count - samples.count % length, by: length).map { start in
            samples[start..<(start + length)].reduce(0) { $0 + $1 * $1 } / Float(length)
        }
        guard !powers.isEmpty else { return 0 }
        let limit = powers.sorted()[powers.count * 19 / 20] / 316
        let sounding = powers.filter { $0 >= limit }
        return sounding.isEmpty ? 0 : (sounding.reduce(0, +) / Float(sounding.count)).squareRoot()
    }
}
