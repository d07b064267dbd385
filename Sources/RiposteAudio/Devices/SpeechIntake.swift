import RiposteCore

/// Brings a speech to a sink's sample rate and counts in the speech's own.
struct SpeechIntake {
    let outputRate: Int
    /// The speech's own rate; known with its first frame.
    private(set) var speechRate: Int?
    /// Samples taken in, at the speech's own rate.
    private(set) var taken = 0
    /// Samples given out, at the sink's rate.
    private(set) var given = 0
    private var resampler: Resampler?

    init(outputRate: Int) { self.outputRate = outputRate }

    /// The sound of the next frame at the sink's rate.
    mutating func take(_ frame: AudioFrame) throws -> [Float] {
        guard WaveFormat.sampleRates.contains(frame.sampleRate) else {
            throw RiposteError(.badInput, .audio, "Speech at \(frame.sampleRate) Hz cannot be played.")
        }
        var output: [Float] = []
        if resampler?.inputRate != frame.sampleRate {
            output = finish()
            resampler = Resampler(from: frame.sampleRate, to: outputRate)
        }
        speechRate = speechRate ?? frame.sampleRate
        taken += frame.samples.count
        output += resampler?.process(frame.samples) ?? []
        given += output.count
        return output
    }

    /// The rest of the sound after the last frame.
    mutating func finish() -> [Float] {
        let rest = resampler?.finish() ?? []
        given += rest.count
        return rest
    }

    /// Samples heard, counted at the sink's rate, as samples of the speech.
    func speechSamples(heard: Int) -> Int {
        guard let speechRate else { return 0 }
        if heard >= given { return taken }
        return min(taken, Int((Double(heard) * Double(speechRate) / Double(outputRate)).rounded()))
    }
}
