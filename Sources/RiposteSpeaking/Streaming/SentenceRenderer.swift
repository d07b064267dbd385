import RiposteAudio
import RiposteCore

/// An engine as the streaming machinery sees it: it makes the sound of one sentence, raw.
/// Cutting, trimming, levels, pauses and look-ahead are the same for all engines and done elsewhere.
protocol SentenceRenderer: Sendable {
    /// In hertz.
    var sampleRate: Int { get }
    /// What brings the voice to the common level: about −20 dBFS for speech at full volume.
    /// nil: the sound has its level already, and cannot clip.
    var gain: Float? { get }
    /// What becomes of written text before this engine is given it.
    var reading: TextReading { get }
    /// Whether a sentence may say a word's phonemes: `[word](/phonemes/)`.
    var understandsPhonemes: Bool { get }
    /// Tells what this engine makes of a sentence from what any other makes, and from what it makes with another model,
    /// other lexicons or another voice where none is asked for: keys of a cache have it.
    var identity: String { get }

    /// The gain of the voice that the options name, for engines whose voices are not equally loud.
    func gain(for options: SpeechOptions) async throws -> Float?

    /// Makes the sound of one sentence and writes it in as many parts as it likes, as early as it can.
    func render(_ sentence: Sentence, options: SpeechOptions, to writer: SentenceWriter) async throws
}

extension SentenceRenderer {
    var reading: TextReading { TextReading() }
    var understandsPhonemes: Bool { false }
    var identity: String { "" }

    func gain(for options: SpeechOptions) async throws -> Float? { gain }
}

/// Takes the sound of one sentence from its engine, in order, and passes it on to the listener.
actor SentenceWriter {
    private var output: FrameWriter
    private var shaper: SpeechShaper
    /// Silence owed before the next sound, in samples.
    private var gap = 0
    /// Where the engine's rate is not the listener's.
    private var resampler: Resampler?

    /// - Parameters:
    ///   - inputRate: of what is written, in hertz.
    ///   - gain: brings the engine's voice to the common level; nil if it is there.
    ///   - volume: 0 … 1.
    init(_ output: FrameWriter, inputRate: Int, gain: Float?, volume: Double) {
        self.output = output
        if inputRate != output.sampleRate { resampler = Resampler(from: inputRate, to: output.sampleRate) }
        shaper = SpeechShaper(sampleRate: output.sampleRate, gain: gain, volume: volume)
    }

    /// Passes samples on; waits while the listener has enough.
    /// - Throws: `CancellationError` when nobody listens any more.
    func write(_ samples: [Float]) async throws {
        add(shaper.shape(resampler?.process(samples) ?? samples))
        while let frame = output.takeFrame() { try await output.queue.send(frame) }
    }

    /// Ends a part of the sentence that was made on its own: its silence is trimmed and a short pause follows.
    func endClause(pause: Double) async throws {
        endSound()
        gap = Int(pause * Double(output.sampleRate))
        try await write([])
    }

    /// Ends the sentence.
    func finish() async throws -> FrameWriter {
        endSound()
        output.endSentence()
        try await write([])
        return output
    }

    private func endSound() {
        if let rest = resampler?.finish() { add(shaper.shape(rest)) }
        add(shaper.finish())
    }

    private func add(_ samples: [Float]) {
        guard !samples.isEmpty else { return }
        if gap > 0, output.hasSounded { output.add([Float](repeating: 0, count: gap)) }
        gap = 0
        output.add(samples)
    }
}
