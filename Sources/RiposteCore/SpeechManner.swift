import Foundation

/// How the assistant is to speak in a conversation, as its user has asked for: what differs from how it was set up.
///
///     var manner = SpeechManner()
///     manner.volume += 2                      // "speak louder"
///     let options = manner.applied(to: configured, voices: synthesizer.voices)
public struct SpeechManner: Sendable, Equatable, Codable {
    /// 1 … 10; 7 is as loud as it was set up. A step is 3 dB, the least that is clearly heard in speech.
    public var volume = Self.usualVolume
    /// A factor on the rate that was set up, 0.5 … 2.
    public var rate = 1.0
    /// How many voices on from the one that was set up; after the last one comes the first.
    public var voice = 0

    public static let usualVolume = 7
    public static let volumes = 1...10
    public static let rates = 0.5...2.0

    public init() {}

    /// What sound is multiplied with: −18 … +9 dB. More than 1 needs ``SoftLimit``.
    public var gain: Float { Float(pow(10, Double(3 * (volume - Self.usualVolume)) / 20)) }

    /// Pitches that stand for other voices where an engine has only one for the language.
    private static let pitches = [1.0, 0.85, 1.15]

    /// The options of an engine that is to speak like this, but for the volume, which is a matter of playback.
    /// - Parameter voices: the engine's. Those of the present voice's language are gone through.
    public func applied(to options: SpeechOptions, voices: [Voice]) -> SpeechOptions {
        var options = options
        options.rate *= min(max(rate, Self.rates.lowerBound), Self.rates.upperBound)
        guard voice != 0 else { return options }
        let present = voices.first { $0.name == options.voice } ?? voices.first
        let choice = voices.filter { $0.language == present?.language }
        if choice.count > 1, let start = choice.firstIndex(where: { $0.name == present?.name }) {
            options.voice = choice[(start + max(0, voice)) % choice.count].name
        } else {
            let pitch = (options.pitch ?? 1) * Self.pitches[max(0, voice) % Self.pitches.count]
            options.pitch = pitch == 1 ? nil : min(max(pitch, 0.5), 2)
        }
        return options
    }
}

/// Keeps sound that is made louder from being clipped.
public enum SoftLimit {
    /// Above this, sound is bent towards full scale instead of cut off.
    public static let knee: Float = 0.8

    /// The sample; what would go beyond the knee approaches full scale without reaching it. What is no number is
    /// silence.
    public static func bent(_ sample: Float) -> Float {
        guard abs(sample) > knee else { return sample.isFinite ? sample : 0 }
        let room = 1 - knee
        let bent = knee + room * tanh((abs(sample) - knee) / room)
        return sample < 0 ? -bent : bent
    }
}
