import Foundation

/// What the echo canceller made of a frame: evidence for "is what I hear more than my own echo?".
///
/// Levels are in dBFS of the mean square; −120 stands for silence.
public struct EchoReport: Sendable, Equatable {
    /// The microphone's sound as it came.
    public var microphoneLevel: Float = -120
    /// The echo that the model predicts in it, with its reverberation.
    public var echoLevel: Float = -120
    /// The echo that is expected to be left of that before the last suppression.
    public var residualLevel: Float = -120
    /// What is left beside the room's noise before the last suppression, 250 to 4000 Hz.
    public var errorLevel: Float = -120
    /// The sound that was returned.
    public var outputLevel: Float = -120
    /// How much later than the reference its echo arrives, in samples at 16 kHz; nil until it is known.
    public var delay: Int?

    public init() {}

    /// Whether there is an echo to speak of: above −70 dBFS, either predicted or feared.
    public var hasEcho: Bool { max(echoLevel, residualLevel) > -70 }
    /// By how many decibels what is heard exceeds what the echo explains. Around 0 and below it is the
    /// echo alone; above 6 somebody speaks. Without an echo it is large for any sound.
    public var excess: Float { errorLevel - max(residualLevel, -80) }

    static func decibels(_ power: Float) -> Float {
        power > 1e-12 ? 10 * log10(power) : -120
    }
}
