import Foundation

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
    /// Sound above this is bent towards full scale instead of clipped.
    private static let knee: Float = 0.8
    /// Seconds in front of the first sound that are kept (faded in), so that its onset is whole.
    private static let leadIn = 0.004
    /// Seconds after the last sound that are kept (faded out).
    private static let tail = 0.03

    private let gain: Float
    private let volume: Float
    private let leadInLength: Int
    private let tailLength: Int
    /// Before the first sound: the last few samples. After it: quiet that may turn out to be the end.
    private var held: [Float] = []
    private var hasBegun = false

    /// - Parameters:
    ///   - gain: brings the engine's voice to the common level.
    ///   - volume: 0 … 1, applied last.
    init(sampleRate: Int, gain: Float, volume: Double) {
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
            shaped = fadedIn((held + shaped[..<onset]).suffix(leadInLength)) + shaped[onset...]
            held = []
        }
        guard let last = shaped.lastIndex(where: { abs($0) > Self.tailThreshold }) else {
            held += shaped
            return []
        }
        let ready = held + shaped[...last]
        held = Array(shaped[(last + 1)...])
        return ready.map { $0 * volume }
    }

    /// Ends the sentence and returns its last samples.
    mutating func finish() -> [Float] {
        defer {
            held = []
            hasBegun = false
        }
        guard hasBegun else { return [] }
        return fadedOut(held.prefix(tailLength)).map { $0 * volume }
    }

    /// Applies the gain; what would go beyond the knee approaches full scale without reaching it.
    private func bent(_ sample: Float) -> Float {
        let value = sample * gain
        guard abs(value) > Self.knee else { return value.isFinite ? value : 0 }
        let room = 1 - Self.knee
        let bent = Self.knee + room * tanh((abs(value) - Self.knee) / room)
        return value < 0 ? -bent : bent
    }

    private func fadedIn(_ samples: ArraySlice<Float>) -> [Float] {
        samples.enumerated().map { $1 * Float($0 + 1) / Float(samples.count + 1) }
    }

    private func fadedOut(_ samples: ArraySlice<Float>) -> [Float] {
        samples.enumerated().map { $1 * Float(samples.count - $0) / Float(samples.count + 1) }
    }
}
