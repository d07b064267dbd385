import RiposteCore

/// An engine whose network makes the sound of phonemes, a part of a sentence in one go.
protocol PhonemeRenderer: VoiceEngine, Actor {
    /// What brings each voice to the common level, as far as they have spoken; by `speaker(_:)`.
    var gains: [String: Float] { get set }

    /// Phonemes in one go, at most. The memory of a network grows with them, and is kept.
    nonisolated var phonemeLimit: Int { get }

    /// Which of its voices the options name.
    nonisolated func speaker(_ options: SpeechOptions) -> String

    /// The phonemes of a sentence; loads what it needs.
    func phonemes(of text: String) async throws -> String

    /// Their sound, as the network gives it.
    func sound(of phonemes: String, options: SpeechOptions) async throws -> [Float]
}

extension PhonemeRenderer {
    /// A long sentence.
    nonisolated var phonemeLimit: Int { 250 }

    func gain(for options: SpeechOptions) async throws -> Float? {
        try checkVoice(options)
        let speaker = speaker(options)
        if let gain = gains[speaker] { return gain }
        let samples = try await sound(
            of: try await phonemes(of: SpeechLevel.sample), options: SpeechOptions(voice: options.voice))
        let gain = SpeechLevel.gain(for: samples, sampleRate: sampleRate)
        gains[speaker] = gain
        return gain
    }

    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws {
        try checkVoice(options)
        let phonemes = try await phonemes(of: sentence.text)
        for part in PhonemeParts.split(phonemes, limit: phonemeLimit) {
            try Task.checkCancellation()
            try await writer.write(try await sound(of: part, options: options))
            try await writer.endClause(pause: 0.12 * SpeechOptions.normalRate / max(options.rate, 1))
        }
    }

    /// The rate of a network that is played faster afterwards, in words a minute.
    nonisolated func networkRate(_ options: SpeechOptions) -> Double {
        let rates = HibariSynthesizer.rates
        return min(max(options.rate, rates.lowerBound), rates.upperBound) / PitchShift.factor(options.pitch)
    }
}
