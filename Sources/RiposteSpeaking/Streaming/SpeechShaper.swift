import RiposteCore

/// Gives what an engine makes for one sentence its final form: the silence at both ends goes, the level is set,
/// and the ends are faded, so that sentences can be joined without a click.
///
/// Sound passes through as it comes; only quiet stretches are held back until it is known whether they are a pause
/// inside the sentence or its end.
struct SpeechShaper {
    /// A sample counts as sound from here on: 1 % of full scale, before the volume is applied.
    static let soundThreshold: Float = 0.01
    /// Softer than this at the end of a sentence is nothing to wait for: −54 dBFS.
    private static let tailThreshold: Float = 0.002
    /// Seconds in front of the first sound that are kept and faded in, so that its onset is whole.
    private static let leadIn = 0.004
    /// Seconds after the last sound that are kept and faded out.
    private static let tail = 0.03

    private let gain: Float?
    private let volume: Float
    private let leadInLength: Int
    private let tailLength: Int
    /// Before the first sound: the last few samples. After it: the last few that were sound, and the quiet after them
    /// that may turn out to be the end.
    private var held: [Float] = []
    /// How many of `held` come before the quiet.
    private var heldSound = 0
    private var hasBegun = false

    /// - Parameters:
    ///   - gain: brings the engine's voice to the common level; nil if it is there.
    ///   - volume: 0 … 1, applied last.
    init(sampleRate: Int, gain: Float?, volume: Double) {
        self.gain = gain
        self.volume = Float(min(max(volume, 0), 1))
        leadInLength = Int(Self.leadIn * Double(sampleRate))
        tailLength = Int(Self.tail * Double(sampleRate))
    }

    /// Takes the next samples of the sentence and returns those that are ready to be heard.
    mutating func shape(_ samples: [Float]) -> [Float] {
        var shaped = samples.map(bent)
        if !hasBegun {
            guard let onset = shaped.firstIndex(where: { abs($0) >= Self.soundThreshold }) else {
                held = (held + shaped).suffix(leadInLength)
                return []
            }
            hasBegun = true
            shaped = (held + shaped[..<onset]).suffix(leadInLength) + shaped[onset...]
            held = []
            // A sound that begins with the first sample is faded in all the same.
            for index in 0..<min(leadInLength, shaped.count) {
                shaped[index] *= Float(index + 1) / Float(leadInLength + 1)
            }
        }
        guard let last = shaped.lastIndex(where: { abs($0) > Self.tailThreshold }) else {
            held += shaped
            return []
        }
        let sound = held + shaped[...last]
        heldSound = min(leadInLength, sound.count)
        held = sound.suffix(heldSound) + shaped[(last + 1)...]
        return sound.dropLast(heldSound).map { $0 * volume }
    }

    /// Ends the sentence and returns its last samples.
    mutating func finish() -> [Float] {
        defer {
            held = []
            heldSound = 0
            hasBegun = false
        }
        guard hasBegun else { return [] }
        var end = Array(held.prefix(heldSound + tailLength))
        // Over the quiet, or, if there is none, over the last of the sound.
        let fade = min(max(end.count - heldSound, leadInLength), end.count)
        for index in 0..<fade { end[end.count - 1 - index] *= Float(index + 1) / Float(fade + 1) }
        return end.map { $0 * volume }
    }

    /// Applies the gain.
    private func bent(_ sample: Float) -> Float { gain.map { SoftLimit.bent(sample * $0) } ?? sample }
}
